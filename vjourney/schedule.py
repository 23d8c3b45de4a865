"""When polls happen: one job per vCenter, never two at once, missed ones folded into one, starts spread out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

JITTER_SHARE = 0.1
"""Part of its interval by which a poll may start earlier or later, so that many vCenters are not asked in one moment."""


class Schedule:
    """Runs ``poll(name)`` for every vCenter at its interval, each on a thread of its own; the first time at once."""

    def __init__(self, intervals: Mapping[str, timedelta], poll: Callable[[str], object]) -> None:
        """Plan without starting: ``intervals`` by vCenter name."""
        # a poll that is still running when the next is due is no news
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(max_workers=max(1, len(intervals)))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for name, interval in intervals.items():
            seconds = interval.total_seconds()
            self._scheduler.add_job(
                poll,
                "interval",
                args=(name,),
                id=name,
                seconds=seconds,
                jitter=seconds * JITTER_SHARE,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Start polling in the background."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start no further poll; return at once, without waiting for one in flight."""
        self._scheduler.shutdown(wait=False)
