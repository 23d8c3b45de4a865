"""Since when events are known, and from where reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.facts import Event
from vjourney.store import next_mark, still_seen_since

DAY = timedelta(days=1)


def test_nothing_kept_is_nothing_seen(noon: datetime) -> None:
    """A vCenter that keeps no event has shown nothing, whatever was seen before."""
    assert still_seen_since(None, None, None) is None
    assert still_seen_since(noon - DAY, noon, None) is None


def test_a_gap_starts_the_stretch_anew(noon: datetime) -> None:
    """When vCenter's memory begins after the last read, what lies between is lost."""
    oldest = noon + DAY
    assert still_seen_since(noon - 90 * DAY, noon, oldest) == oldest


def test_the_first_read_sees_what_vcenter_still_keeps(noon: datetime) -> None:
    """Events from before the first poll count as seen."""
    assert still_seen_since(None, None, noon - 30 * DAY) == noon - 30 * DAY


def test_the_stretch_outlives_the_memory_of_vcenter(noon: datetime) -> None:
    """As long as reads follow each other closely, what vCenter forgets stays seen here."""
    assert still_seen_since(noon - 200 * DAY, noon, noon - 30 * DAY) == noon - 200 * DAY
    assert still_seen_since(noon - 200 * DAY, noon, noon) == noon - 200 * DAY


def test_a_stretch_that_begins_in_the_future_begins_anew(noon: datetime) -> None:
    """A clock ran a year ahead until only an event of that time was kept; set right, what is remembered now counts."""
    ahead = noon + 400 * DAY
    assert still_seen_since(ahead, ahead + DAY, noon - DAY) == noon - DAY


@settings(deadline=None)
@given(steps=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 40)), min_size=1, max_size=20))
def test_a_stretch_never_reaches_over_a_gap(steps: list[tuple[int, int]]) -> None:
    """Whatever the pauses and the retention, every day in the stretch was in vCenter's memory at some read."""
    now, seen_since, read_until, read = 0, None, None, set[int]()
    start = datetime.fromisoformat("2026-01-01T00:00+00:00")
    for pause, retention in steps:
        now += pause
        read |= set(range(now - retention, now + 1))
        oldest = start + (now - retention) * DAY
        seen_since = still_seen_since(seen_since, read_until, oldest)
        read_until = start + now * DAY
        assert seen_since is not None
        assert set(range((seen_since - start).days, now + 1)) <= read


def test_no_event_leaves_no_mark(noon: datetime) -> None:
    """Before the first event there is no mark."""
    assert next_mark(None, (), noon) is None


def test_the_mark_is_the_latest_event(noon: datetime, event: Callable[..., Event]) -> None:
    """Order of arrival does not matter, and an overlap does not set the mark back."""
    newest = event(9, 9)
    hour_later = noon + timedelta(hours=1)
    assert next_mark(None, (event(7, 7), newest, event(8, 8)), hour_later) == (9, newest.at)
    assert next_mark((9, newest.at), (event(7, 7),), hour_later) == (9, newest.at)


def test_a_restored_vcenter_is_followed(noon: datetime, event: Callable[..., Event]) -> None:
    """After a restore numbers start lower; the mark follows time."""
    assert next_mark((1000, noon), (event(5, 30),), noon + timedelta(hours=1)) == (5, event(5, 30).at)


@pytest.mark.parametrize("known", [True, False])
def test_a_mark_after_now_is_dropped(noon: datetime, event: Callable[..., Event], known: bool) -> None:
    """A clock that was set back must not hide the events that follow."""
    events = (event(3, -30),) if known else ()
    mark = next_mark((1000, noon + DAY), events, noon)
    assert mark == ((3, event(3, -30).at) if known else None)
