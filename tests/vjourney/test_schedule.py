"""The schedule: polls start at once, never twice at the same time, and stopping waits for none."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from vjourney.schedule import Schedule

PATIENCE = 30.0
"""Seconds a busy machine may take to start a thread."""


class Polls:
    """Polls that last until they are let go, counted by vCenter."""

    def __init__(self) -> None:
        self.started = threading.Semaphore(0)
        self.go = threading.Event()
        self.count: Counter[str] = Counter()
        self.together: Counter[str] = Counter()
        self.most_together = 0

    def __call__(self, name: str) -> None:
        """One poll."""
        self.count[name] += 1
        self.together[name] += 1
        self.most_together = max(self.most_together, *self.together.values())
        self.started.release()
        self.go.wait(PATIENCE)
        self.together[name] -= 1


def test_every_vcenter_is_polled_at_once() -> None:
    """The first poll does not wait for an interval to pass, nor one vCenter for another."""
    polls = Polls()
    schedule = Schedule({"a": timedelta(hours=1), "b": timedelta(hours=1)}, polls)
    schedule.start()
    try:
        assert polls.started.acquire(timeout=PATIENCE)
        assert polls.started.acquire(timeout=PATIENCE)
        assert polls.count == {"a": 1, "b": 1}
    finally:
        polls.go.set()
        schedule.stop()


@pytest.mark.parametrize("slow", ["a", "b"])
def test_a_slow_poll_is_not_started_again_and_delays_no_other(slow: str) -> None:
    """While one vCenter's poll hangs, the other goes on and the slow one has one poll in flight."""
    polls, others = Polls(), threading.Semaphore(0)

    def poll(name: str) -> None:
        if name == slow:
            polls(name)
        else:
            others.release()

    schedule = Schedule({"a": timedelta(milliseconds=50), "b": timedelta(milliseconds=50)}, poll)
    schedule.start()
    try:
        for _ in range(5):
            assert others.acquire(timeout=PATIENCE)
        assert polls.count == {slow: 1}
        assert polls.most_together == 1
    finally:
        polls.go.set()
        schedule.stop()


def test_stopping_does_not_wait_for_a_poll_in_flight() -> None:
    """Whoever stops the service ends polls in another way."""
    polls = Polls()
    schedule = Schedule({"a": timedelta(hours=1)}, polls)
    schedule.start()
    assert polls.started.acquire(timeout=PATIENCE)

    schedule.stop()

    assert polls.together["a"] == 1
    polls.go.set()
