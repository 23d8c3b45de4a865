"""The schedule: polls start at once, never twice at the same time, deliveries apart from them; cron means what cron means."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vjourney.schedule import Cron, Schedule, Sending

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


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    """Whatever waits for a time that is far off again is started; an interval is waited for as ever."""
    polls, looked, sent = Polls(), threading.Semaphore(0), threading.Semaphore(0)
    polls.go.set()
    sending = Sending(["t"], lambda _: sent.release(), lambda _: looked.release(), Cron("* * * * *", UTC))
    schedule = Schedule({"a": timedelta(hours=1)}, polls, sending)
    schedule.start()
    try:
        started = (polls.started, looked, sent)
        assert all(each.acquire(timeout=PATIENCE) for each in started)
        schedule.keep_up(datetime.now(UTC))
        assert not polls.started.acquire(timeout=0.2)
        schedule.keep_up(datetime.now(UTC) - timedelta(hours=3))
        assert all(each.acquire(timeout=PATIENCE) for each in started)
    finally:
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


def test_a_hanging_delivery_delays_no_poll_and_no_other_target() -> None:
    """Each target has a thread of its own, and polls have theirs."""
    go, polled, delivered = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)

    def deliver(target: str) -> None:
        if target == "dead":
            go.wait(PATIENCE)
        else:
            delivered.release()

    sending = Sending(("dead", "living"), deliver, lambda _due: None)
    schedule = Schedule({"a": timedelta(milliseconds=50)}, lambda _name: polled.release(), sending)
    schedule.start()
    try:
        assert delivered.acquire(timeout=PATIENCE)
        assert all(polled.acquire(timeout=PATIENCE) for _ in range(3))
    finally:
        go.set()
        schedule.stop()


def test_a_hanging_poll_delays_no_delivery() -> None:
    """What is to be told is told while every vCenter hangs."""
    polls, delivered = Polls(), threading.Semaphore(0)
    schedule = Schedule(
        {"a": timedelta(hours=1)}, polls, Sending(("x",), lambda _target: delivered.release(), lambda _due: None)
    )
    schedule.start()
    try:
        assert polls.started.acquire(timeout=PATIENCE)
        assert delivered.acquire(timeout=PATIENCE)
    finally:
        polls.go.set()
        schedule.stop()


def fires(text: str, since: datetime, times: int) -> list[str]:
    """The first times of a schedule after a moment in UTC."""
    trigger = Cron(text, UTC).trigger
    found: list[str] = []
    while len(found) < times:
        since = trigger.get_next_fire_time(None, since + timedelta(seconds=1))
        found.append(f"{since:%a %m-%d %H:%M}")
    return found


NEW_YEAR = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
"""The first of January 2026 is a Thursday."""


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        ("MON", ["Mon 01-05", "Mon 01-12", "Mon 01-19"]),
        ("1", ["Mon 01-05", "Mon 01-12", "Mon 01-19"]),
        ("0", ["Sun 01-04", "Sun 01-11", "Sun 01-18"]),
        ("7", ["Sun 01-04", "Sun 01-11", "Sun 01-18"]),
        ("6", ["Sat 01-03", "Sat 01-10", "Sat 01-17"]),
        ("5-7", ["Fri 01-02", "Sat 01-03", "Sun 01-04", "Fri 01-09"]),
        ("sat-sun", ["Sat 01-03", "Sun 01-04", "Sat 01-10"]),
        ("sun-tue", ["Sun 01-04", "Mon 01-05", "Tue 01-06", "Sun 01-11"]),
        ("mon,3", ["Mon 01-05", "Wed 01-07", "Mon 01-12"]),
        ("1-5/2", ["Fri 01-02", "Mon 01-05", "Wed 01-07", "Fri 01-09"]),
        ("*/3", ["Sat 01-03", "Sun 01-04", "Wed 01-07", "Sat 01-10"]),
        ("*", ["Thu 01-01", "Fri 01-02", "Sat 01-03"]),
    ],
)
def test_weekdays_are_those_of_cron(weekday: str, days: list[str]) -> None:
    """Sunday is 0 and 7, Monday is 1; steps count from Sunday."""
    assert fires(f"0 8 * * {weekday}", NEW_YEAR, len(days)) == [f"{day} 08:00" for day in days]


def test_either_kind_of_day_is_enough() -> None:
    """A day of the month beside a weekday is an alternative to it, not one more condition."""
    assert fires("30 6 13 * FRI", NEW_YEAR, 4) == ["Fri 01-02 06:30", "Fri 01-09 06:30", "Tue 01-13 06:30", "Fri 01-16 06:30"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/20 9-10 * * *", ["Thu 01-01 09:00", "Thu 01-01 09:20", "Thu 01-01 09:40", "Thu 01-01 10:00"]),
        ("0 0 1 feb,4 *", ["Sun 02-01 00:00", "Wed 04-01 00:00", "Mon 02-01 00:00"]),
        ("15 10/6 31 * *", ["Sat 01-31 10:15", "Sat 01-31 16:15", "Sat 01-31 22:15", "Tue 03-31 10:15"]),
    ],
)
def test_the_other_fields_are_those_of_cron(text: str, expected: list[str]) -> None:
    """Steps, ranges, lists and names of months."""
    assert fires(text, NEW_YEAR, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "now", "due"),
    [
        ("0 8 * * MON", datetime(2026, 1, 5, 8, tzinfo=UTC), datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ("0 8 * * MON", datetime(2026, 1, 5, 7, 59, 59, tzinfo=UTC), datetime(2025, 12, 29, 8, tzinfo=UTC)),
        ("* * * * *", datetime(2026, 1, 5, 8, 3, 7, 9, tzinfo=UTC), datetime(2026, 1, 5, 8, 3, tzinfo=UTC)),
        ("*/5 8 * * *", datetime(2026, 1, 5, 7, tzinfo=UTC), datetime(2026, 1, 4, 8, 55, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2026, 1, 5, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC)),
        ("0 0 30 2 *", datetime(2026, 1, 5, tzinfo=UTC), None),
    ],
)
def test_what_was_due_last(text: str, now: datetime, due: datetime | None) -> None:
    """The latest time that has come, whoever asks late; a day that no year has never comes."""
    assert Cron(text, UTC).last_due(now) == due


def test_a_schedule_is_read_in_its_zone() -> None:
    """Eight in the morning is eight where the machine is, in summer and in winter."""
    cron = Cron("0 8 * * *", ZoneInfo("Europe/Vienna"))
    assert cron.last_due(datetime(2026, 1, 5, 12, tzinfo=UTC)) == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert cron.last_due(datetime(2026, 7, 6, 12, tzinfo=UTC)) == datetime(2026, 7, 6, 6, tzinfo=UTC)


def test_a_digest_is_asked_for_when_it_is_due() -> None:
    """The job of the digest hands on the time that its schedule says, not the time at which it runs."""
    asked: list[datetime] = []
    heard = threading.Event()

    def digest(due: datetime) -> None:
        asked.append(due)
        heard.set()

    schedule = Schedule({}, lambda _name: None, Sending((), lambda _target: None, digest, Cron("0 * * * *", UTC)))
    schedule.start()
    try:
        assert heard.wait(PATIENCE)
        assert (asked[0].minute, asked[0].second, asked[0].tzinfo) == (0, 0, UTC)
    finally:
        schedule.stop()
