"""The schedule of polls and deliveries: a job for each vCenter, one for each target of deliveries, and one for the digest.

A job never runs twice at the same time, and missed runs are made up for by a single one. Deliveries have threads of their own,
one for each target, so that no target waits for another and no poll for a target.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from vjourney.settings.cron import cron_fields

JITTER_SHARE = 0.1
"""The share of its interval by which a poll may start later or earlier, so that vCenters are not all polled at once."""

DELIVERY_INTERVAL = timedelta(seconds=15)
"""How often the outbox is searched for what is due for a target."""

MAKE_UP_INTERVAL = timedelta(minutes=5)
"""How often a digest that could not be written in time is attempted again."""

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""Days of the week as APScheduler names them: it counts them from Monday, and cron from Sunday."""

_LOOK_BACK = tuple(timedelta(minutes=minutes) for minutes in (1, 60, 1440, 8 * 1440, 32 * 1440, 367 * 1440, 8 * 367 * 1440))
"""Time spans in which the last due time is searched, shortest first; the longest has a 29 February."""


class Cron:
    """The times of a cron schedule. Sunday is 0 and 7; a day fits if either kind of day does, where both are restricted."""

    def __init__(self, text: str, zone: tzinfo | None = None) -> None:
        """Parse a schedule of five fields; its times are in ``zone``, by default that of the machine.

        Raises:
            ValueError: it is not a schedule of five fields.
        """
        fields = cron_fields(text)
        time = {"minute": _listed(fields.minutes), "hour": _listed(fields.hours), "month": _listed(fields.months)}
        day = {"day": _listed(fields.days)}
        weekday = {"day_of_week": _listed(_WEEKDAYS[number] for number in fields.weekdays)}
        choices = (day, weekday) if fields.either_day else (day | weekday,)
        self.trigger = OrTrigger([CronTrigger(**time, **choice, timezone=zone) for choice in choices])

    def last_due(self, now: datetime) -> datetime | None:
        """The last time of the schedule up to ``now``, in UTC; ``None`` where there was none in eight years."""
        for span in _LOOK_BACK:
            due: datetime | None = None
            later = self._next(now - span)
            while later is not None and later <= now:
                due, later = later, self._next(later + timedelta(microseconds=1))
            if due is not None:
                return due.astimezone(UTC)
        return None

    def next_due(self, now: datetime) -> datetime | None:
        """The first time of the schedule after ``now``, in its zone; ``None`` where there is none, as on 30 February."""
        return self._next(now)

    def _next(self, since: datetime) -> datetime | None:
        due: datetime | None = self.trigger.get_next_fire_time(None, since)
        return due


@dataclass(frozen=True, slots=True)
class Sending:
    """What to call for deliveries: ``deliver(target)`` for each of ``targets``, ``digest(due)`` at each time of ``cron``."""

    targets: Sequence[str]
    deliver: Callable[[str], object]
    digest: Callable[[datetime], object]
    cron: Cron | None = None


class Schedule:
    """Calls ``poll(name)`` for each vCenter at its interval, beginning at once, each in a thread of its own."""

    def __init__(
        self, intervals: Mapping[str, timedelta], poll: Callable[[str], object], sending: Sending | None = None
    ) -> None:
        """Plan the jobs without starting them: ``intervals`` by the name of the vCenter, and ``sending``, if there is any."""
        # no warning where a poll still runs when the next one is due
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        deliveries = 1 + len(sending.targets) if sending else 1
        self._intervals: dict[str, timedelta] = {}
        self._scheduler = BackgroundScheduler(
            executors={
                "default": ThreadPoolExecutor(max_workers=max(1, len(intervals))),
                "deliveries": ThreadPoolExecutor(max_workers=deliveries),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for name, interval in intervals.items():
            seconds = interval.total_seconds()
            self._intervals[job := f"poll {name}"] = interval
            self._scheduler.add_job(
                poll,
                "interval",
                args=(name,),
                id=job,
                seconds=seconds,
                jitter=seconds * JITTER_SHARE,
                next_run_time=datetime.now(UTC),
            )
        if sending:
            self._plan(sending)

    def start(self) -> None:
        """Start polling in the background."""
        self._scheduler.start()

    def keep_up(self, now: datetime) -> None:
        """Start jobs whose next run is more than two intervals ahead, as it is after the clock was set back."""
        for job in self._scheduler.get_jobs():
            if job.next_run_time - now > 2 * self._intervals[job.id]:
                job.modify(next_run_time=now)

    def stop(self) -> None:
        """Start no further job; return at once, without waiting for those that run."""
        self._scheduler.shutdown(wait=False)

    def _plan(self, sending: Sending) -> None:
        often = IntervalTrigger(seconds=round(DELIVERY_INTERVAL.total_seconds()), timezone=UTC)
        for target in sending.targets:
            self._intervals[job := f"deliver {target}"] = DELIVERY_INTERVAL
            self._scheduler.add_job(
                sending.deliver,
                often,
                args=(target,),
                id=job,
                executor="deliveries",
                next_run_time=datetime.now(UTC),
            )
        if sending.cron:
            cron = sending.cron
            self._intervals["digest"] = MAKE_UP_INTERVAL
            make_up = IntervalTrigger(seconds=round(MAKE_UP_INTERVAL.total_seconds()), timezone=UTC)
            self._scheduler.add_job(
                lambda: _digest(sending, cron),
                OrTrigger([cron.trigger, make_up]),
                id="digest",
                executor="deliveries",
                next_run_time=datetime.now(UTC),
            )


def _digest(sending: Sending, cron: Cron) -> None:
    due = cron.last_due(datetime.now(UTC))
    if due is not None:
        sending.digest(due)


def _listed(values: Iterable[object]) -> str:
    """Values as a list for APScheduler, which does not get to see steps, ranges and names of months."""
    return ",".join(map(str, values))
