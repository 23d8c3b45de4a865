"""Events and counts of moves that a poll leaves behind: each once, whoever reads it again, and for so long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from collector.facts import Event, EventId
from inference.estate.history import MotionCount
from inference.publication import Tally
from vjourney.store import KEPT, PollRecord, Store

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Events = Callable[..., Event]
Polls = Callable[..., PollRecord]


def by_cause(new: frozenset[EventId]) -> dict[tuple[str, str], int]:
    """Increments as a service makes them: one migration for each new event."""
    return {("migrations", "user"): len(new)} if new else {}


def test_a_time_without_a_zone_is_refused(store: Store, poll: Polls, noon: datetime) -> None:
    """Nobody could say what a time without a zone means, so none is stored."""
    with pytest.raises(Exception, match="has no time zone"):
        store.record(poll(noon, motion_counts=(MotionCount("c", noon.replace(tzinfo=None), 1),)))
    assert store.history("5", noon).motion_counts == ()


def test_events_come_back_as_they_were(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Every field of a full and of a bare event, to the microsecond, oldest first."""
    bare = Event(key=2**40, type="UserLoginSessionEvent", at=noon - MINUTE)
    store.record(poll(noon, events=(event(1), bare, event(-3, -5))))
    assert store.events_since(uuid, noon - DAY) == (event(-3, -5), bare, event(1))
    assert store.events_since(uuid, event(1).at) == (event(1),)
    assert store.events_since("another", noon - DAY) == ()


def test_times_of_any_zone_come_back_in_utc(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """A moment stays the same moment, wherever it was read."""
    elsewhere = replace(event(1), at=event(1).at.astimezone(timezone(timedelta(hours=-9, minutes=-30))))
    store.record(poll(noon, events=(elsewhere,)))
    (stored,) = store.events_since(uuid, noon - DAY)
    assert stored.at == event(1).at
    assert stored.at.utcoffset() == timedelta(0)


def test_repeated_events_count_once(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Overlapping reads, and the same event twice in one read, add each event and each count once."""
    assert store.record(poll(noon, events=(event(1), event(2), event(2)), count=by_cause)) == {
        event(1).identity,
        event(2).identity,
    }
    assert store.record(poll(noon, events=(event(2), event(3)), count=by_cause)) == {event(3).identity}
    assert store.record(poll(noon, events=(event(1), event(2), event(3)), count=by_cause)) == frozenset()
    assert len(store.events_since(uuid, noon - DAY)) == 3
    assert store.tallies() == (Tally("prod", "migrations", "user", 3),)


def test_a_number_used_again_is_another_event(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """After a restore the same key with another time is a new event, and takes the place of none."""
    store.record(poll(noon, events=(event(1), event(2)), count=by_cause))
    assert store.record(poll(noon + DAY, events=(event(2, 60),), count=by_cause)) == {event(2, 60).identity}
    assert store.events_since(uuid, noon - DAY) == (event(1), event(2), event(2, 60))
    assert store.record(poll(noon + DAY, events=(event(2), event(2, 60)), count=by_cause)) == frozenset()
    assert store.tallies()[0].count == 3


def test_events_too_old_to_keep_are_never_counted(store: Store, event: Events, poll: Polls, noon: datetime) -> None:
    """What would be dropped at the next pruning must not count again with every read."""
    old = replace(event(1), at=noon - KEPT)
    assert store.record(poll(noon, events=(old, event(2)), count=by_cause)) == {event(2).identity}


def test_vcenters_are_apart(store: Store, event: Events, poll: Polls, noon: datetime) -> None:
    """The same key in two vCenters is two events; a rebuilt vCenter goes on counting under its name."""
    store.record(poll(noon, events=(event(1),), count=by_cause))
    store.record(poll(noon, events=(event(1),), count=by_cause, instance_uuid="two", vcenter="branch"))
    store.record(poll(noon, events=(event(1),), count=by_cause, instance_uuid="three", vcenter="branch"))
    assert [(tally.vcenter, tally.count) for tally in store.tallies()] == [("branch", 2), ("prod", 1)]


def test_a_failed_read_of_events_leaves_marks_alone(
    store: Store, event: Events, poll: Polls, uuid: str, noon: datetime
) -> None:
    """Where events could not be read, reading later goes on from where it was."""
    store.record(poll(noon, events=(event(1, -1),), oldest_event=noon - DAY))
    store.record(poll(noon + 9 * DAY, events_read=False))
    assert store.high_water(uuid) == (1, event(1, -1).at)
    assert store.seen_since(uuid) == noon - DAY
    store.record(poll(noon + 10 * DAY, oldest_event=noon + DAY))
    assert store.seen_since(uuid) == noon + DAY


def test_history_holds_the_poll_at_hand(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Before a poll is recorded its events are already in the history, each once, with the stretch as it will be."""
    store.record(poll(noon, events=(event(1, -9), event(2, -8)), oldest_event=noon - DAY))
    now = noon + MINUTE
    counts = (MotionCount("domain-c1", now, 7),)
    fresh = (event(3, -7), event(2, -8))
    history = store.history(uuid, now, events=fresh, oldest_event=noon, motion_counts=counts)
    assert history.events == (event(1, -9), event(2, -8), event(3, -7))
    assert (history.seen_since, history.motion_counts) == (noon - DAY, counts)
    store.record(poll(now, events=fresh, oldest_event=noon, motion_counts=counts))
    assert store.history(uuid, now, oldest_event=noon) == history


def test_history_sees_what_another_process_recorded(
    store: Store, url: str, event: Events, poll: Polls, uuid: str, noon: datetime
) -> None:
    """Events kept in memory are read again once somebody else has added some."""
    store.record(poll(noon, events=(event(1, -9),), oldest_event=noon - DAY))
    assert store.history(uuid, noon, oldest_event=noon - DAY).events == (event(1, -9),)
    with Store.open(url) as other:
        other.record(poll(noon + MINUTE, events=(event(2, -8),), oldest_event=noon - DAY))
    store.record(poll(noon + 3 * MINUTE, events=(event(3, -7),), oldest_event=noon - DAY))
    history = store.history(uuid, noon + 3 * MINUTE, oldest_event=noon - DAY)
    assert history.events == (event(1, -9), event(2, -8), event(3, -7))


def test_history_says_why_events_are_unreadable(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Stored events remain, and the reason is handed on."""
    store.record(poll(noon, events=(event(1, -9),), oldest_event=noon - DAY))
    history = store.history(uuid, noon, events_unreadable="no permission")
    assert (history.events, history.seen_since) == ((event(1, -9),), noon - DAY)
    assert history.events_unreadable == "no permission"


def test_history_ends_after_400_days(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Older events, stored or just read, are not looked at."""
    store.record(poll(noon, events=(event(1, -9),)))
    assert store.history(uuid, noon + KEPT, events=(event(2, -9),)).events == ()


def test_motion_counts_are_kept_daily_and_when_they_fell(store: Store, poll: Polls, uuid: str, noon: datetime) -> None:
    """A count that changes at every poll is kept once a day, so that months of polls stay small; one that fell began anew."""
    for hours, number in ((0, 5), (1, 5), (2, 6), (3, 7), (24, 9), (25, 11), (26, 2), (27, 3), (50, 3)):
        at = noon + hours * timedelta(hours=1)
        store.record(poll(at, motion_counts=(MotionCount("domain-c1", at, number),)))
    kept = [(reading.at - noon, reading.count) for reading in store.history(uuid, noon + 9 * DAY).motion_counts]
    assert kept == [(timedelta(hours=hours), number) for hours, number in ((0, 5), (24, 9), (26, 2), (50, 3))]


def test_motion_counts_are_kept_beside_one_of_a_wrong_clock(store: Store, poll: Polls, uuid: str, noon: datetime) -> None:
    """A reading of while vCenter's clock ran ahead does not take the place of those that come once it is set right."""
    for days, number in ((300, 5), (0, 5), (1, 6)):
        at = noon + days * DAY
        store.record(poll(at, motion_counts=(MotionCount("domain-c1", at, number),)))
    kept = [((reading.at - noon).days, reading.count) for reading in store.history(uuid, noon + 2 * DAY).motion_counts]
    assert kept == [(0, 5), (1, 6), (300, 5)]


def test_a_failing_count_writes_nothing(store: Store, event: Events, poll: Polls, uuid: str, noon: datetime) -> None:
    """Whatever goes wrong inside a poll, none of it is stored and the next one can be."""

    def fail(_new: frozenset[EventId]) -> dict[tuple[str, str], int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.record(poll(noon, events=(event(1),), oldest_event=noon, count=fail))
    assert (store.events_since(uuid, noon - DAY), store.high_water(uuid), store.seen_since(uuid)) == ((), None, None)
    assert store.record(poll(noon, events=(event(1),))) == {event(1).identity}


def test_threads_may_record_and_read_at_once(store: Store, event: Events, poll: Polls, noon: datetime) -> None:
    """Polls of several vCenters, and readers between them, neither fail nor lose a count."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for key in range(10):
                store.record(poll(noon, events=(event(key),), count=by_cause, instance_uuid=str(number)))
                store.tallies()
        except BaseException as error:  # noqa: BLE001  # shown by the main thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.tallies() == (Tally("prod", "migrations", "user", 40),)
