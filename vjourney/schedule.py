"""When things happen: one job per vCenter, one per target of deliveries and one for the digest.

No job ever runs twice at once, missed runs are folded into one, and polls start spread out. Deliveries have threads of their
own, one for each target, so that none waits for another and no poll for any.
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
"""Part of its interval by which a poll may start earlier or later, so that many vCenters are not asked in one moment."""

DELIVERY_INTERVAL = timedelta(seconds=15)
"""How often the outbox is looked into for what is due to a target."""

MAKE_UP_INTERVAL = timedelta(minutes=5)
"""How often a digest that could not be made in time is looked for."""

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""Days of the week as APScheduler names them: it counts them from Monday, and cron from Sunday."""

_LOOK_BACK = tuple(timedelta(minutes=minutes) for minutes in (1, 60, 1440, 8 * 1440, 32 * 1440, 367 * 1440, 8 * 367 * 1440))
"""Spans of time in which the last due time is looked for, shortest first: the longest finds 29 February."""


class Cron:
    """When a cron schedule is due: Sunday is 0 and 7, and if both kinds of day are restricted, one that fits is enough."""

    def __init__(self, text: str, zone: tzinfo | None = None) -> None:
        """Read a schedule; times are in ``zone``, by default that of the machine.

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
        """The latest time of the schedule that is not after ``now``, in UTC; ``None`` where there was none in eight years."""
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
    """What is to be delivered: ``deliver(target)`` for each of ``targets``, and ``digest(due)`` after each time of ``cron``."""

    targets: Sequence[str]
    deliver: Callable[[str], object]
    digest: Callable[[datetime], object]
    cron: Cron | None = None


class Schedule:
    """Runs ``poll(name)`` for every vCenter at its interval, each on a thread of its own; the first time at once."""

    def __init__(
        self, intervals: Mapping[str, timedelta], poll: Callable[[str], object], sending: Sending | None = None
    ) -> None:
        """Plan without starting: ``intervals`` by vCenter name, and what is delivered, if anything is."""
        # a poll that is still running when the next is due is no news
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
        """Start what is due much later than in its interval: the clock was set back, and everything waits for the old time."""
        for job in self._scheduler.get_jobs():
            if job.next_run_time - now > 2 * self._intervals[job.id]:
                job.modify(next_run_time=now)

    def stop(self) -> None:
        """Start no further poll; return at once, without waiting for one in flight."""
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
    """Values as APScheduler reads a list of them; it is not asked to understand steps, ranges or names of months."""
    return ",".join(map(str, values))
