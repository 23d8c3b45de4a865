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

JITTER_SHARE = 0.1
"""Part of its interval by which a poll may start earlier or later, so that many vCenters are not asked in one moment."""

DELIVERY_INTERVAL = timedelta(seconds=15)
"""How often the outbox is looked into for what is due to a target."""

MAKE_UP_INTERVAL = timedelta(minutes=5)
"""How often a digest that could not be made in time is looked for."""

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPANS = tuple(timedelta(minutes=minutes) for minutes in (1, 60, 1440, 8 * 1440, 32 * 1440, 367 * 1440, 8 * 367 * 1440))


class Cron:
    """A schedule of five fields as cron reads them: Sunday is 0 and 7, and two restricted kinds of day are alternatives."""

    def __init__(self, text: str, zone: tzinfo | None = None) -> None:
        """Read a valid schedule; ``zone`` is that of the machine by default."""
        minute, hour, day, month, weekday = text.lower().split()
        fields = {
            "minute": _values(minute, 0, 59),
            "hour": _values(hour, 0, 23),
            "month": _values(month, 1, 12, _MONTHS, first=1),
        }
        days = {"day": _values(day, 1, 31)}
        weekdays = {"day_of_week": ",".join(_DAYS[int(number) % 7] for number in _values(weekday, 0, 7, _DAYS).split(","))}
        either = not day.startswith("*") and not weekday.startswith("*")
        choices = (days, weekdays) if either else ({**days, **weekdays},)
        self.trigger = OrTrigger([CronTrigger(**fields, **choice, timezone=zone) for choice in choices])

    def last_due(self, now: datetime) -> datetime | None:
        """The latest time of the schedule that is not after ``now``, in UTC; ``None`` where there was none in eight years."""
        for span in _SPANS:
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


def _values(text: str, low: int, high: int, names: Sequence[str] = (), *, first: int = 0) -> str:
    """Every value that a field of cron allows, one by one: what a step or a name means is then nobody else's to decide."""
    return ",".join(str(value) for value in sorted(set(_each(text, low, high, names, first))))


def _each(text: str, low: int, high: int, names: Sequence[str], first: int) -> Iterable[int]:
    def number(name: str) -> int:
        return names.index(name) + first if name in names else int(name)

    for part in text.split(","):
        span, slash, step = part.partition("/")
        start, dash, end = span.partition("-")
        if span == "*":
            lowest, highest = low, high
        else:
            lowest = number(start)
            highest = number(end) if dash else high if slash else lowest
            if highest < lowest:  # a week that ends with Sunday
                highest += len(names)
        yield from range(lowest, highest + 1, int(step or 1))
