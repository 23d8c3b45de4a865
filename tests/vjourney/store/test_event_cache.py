"""Events in memory: always those of the database, whoever recorded them and however late, and seldom read whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from collector.facts import Event
from vjourney.store import KEPT, PollRecord, Store
from vjourney.store.events import events_since

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

Events = Callable[..., Event]
Polls = Callable[..., PollRecord]


def keys(store: Store, uuid: str, now: datetime) -> list[int]:
    """The keys of the events of the past 400 days."""
    return [event.key for event in store.history(uuid, now).events]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """From when on events were read from the database, each time."""
    starts: list[datetime] = []

    def spy(connection: Any, uuid: str, since: datetime) -> tuple[Event, ...]:  # noqa: ANN401  # handed on as it is
        starts.append(since)
        return events_since(connection, uuid, since)

    monkeypatch.setattr("vjourney.store.event_cache.events_since", spy)
    return starts


def test_a_poll_that_nobody_came_before_reads_nothing_again(
    store: Store, event: Events, poll: Polls, uuid: str, noon: datetime, reads: list[datetime]
) -> None:
    """The first time all is read, later what was recorded is known; also when the window has moved on by days."""
    store.record(poll(noon, events=[event(key, 1440 * key) for key in range(1, 9)]))
    for days in range(12):
        assert keys(store, uuid, noon + days * DAY)[:8] == list(range(1, 9))
        fresh = event(100 + days, 1440 * (9 + days))
        store.record(poll(noon + days * DAY + HOUR, events=(fresh,)))
    assert len(reads) == 1


def test_what_others_recorded_is_read_alone(
    store: Store, url: str, event: Events, poll: Polls, uuid: str, noon: datetime, reads: list[datetime]
) -> None:
    """Of a long past only the end is read again."""
    store.record(poll(noon, events=[event(key, 1440 * (key - 100)) for key in range(1, 100)]))
    assert len(keys(store, uuid, noon)) == 99
    with Store.open(url) as other:
        for hours in range(1, 4):
            other.record(poll(noon + hours * HOUR, events=(event(200 + hours, 60 * hours - 1),)))
            assert keys(store, uuid, noon + hours * HOUR)[98:] == list(range(99, 100)) + list(range(201, 201 + hours))
    assert all(since > noon - 3 * DAY for since in reads[1:])
    assert len(reads) == 4


def test_late_and_renumbered_events_of_others_are_seen(
    store: Store, url: str, event: Events, poll: Polls, uuid: str, noon: datetime
) -> None:
    """What does not add up is read whole: an event of last month, and one that has the key of another."""
    store.record(poll(noon, events=(event(1, -90000), event(2, -50000), event(3, -9))))
    assert keys(store, uuid, noon) == [1, 2, 3]
    with Store.open(url) as other:
        other.record(poll(noon + HOUR, events=(event(4, -60000),)))
        assert keys(store, uuid, noon + HOUR) == [1, 4, 2, 3]
        other.record(poll(noon + 2 * HOUR, events=(event(1, 70),)))
        assert keys(store, uuid, noon + 2 * HOUR) == [1, 4, 2, 3, 1]


def test_a_clock_that_is_set_right_brings_the_past_back(
    store: Store, event: Events, poll: Polls, uuid: str, noon: datetime
) -> None:
    """While vCenter's clock runs a year and more ahead, nothing lies in its window; afterwards everything does again."""
    store.record(poll(noon, events=(event(1, -9), event(2, -8))))
    assert keys(store, uuid, noon) == [1, 2]
    ahead = noon + KEPT + 2 * DAY
    assert keys(store, uuid, ahead) == []
    store.record(poll(ahead, events=()))
    assert keys(store, uuid, ahead) == []
    store.record(poll(noon + HOUR, events=(event(3, 50),)))
    assert keys(store, uuid, noon + HOUR) == [1, 2, 3]
