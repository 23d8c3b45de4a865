"""The order of events: by their keys, whatever clocks say, and run by run where a restored vCenter numbers them again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.facts import Event
from inference.events.numbering import LATE, in_order

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

TO_TEMPLATE, TO_MACHINE = (f"com.vmware.vc.vm.{kind}" for kind in ("VmConvertedToTemplateEvent", "TemplateConvertedToVmEvent"))
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def event(key: int, minutes: float) -> Event:
    """An event that long after noon."""
    return Event(key=key, type="VmPoweredOnEvent", at=NOON + timedelta(minutes=minutes))


def keys(*events: Event) -> list[int]:
    """The keys in the order of the events."""
    return [each.key for each in in_order(events)]


@given(st.permutations([event(key, minutes) for key, minutes in [(1, 0), (2, -700), (3, 5), (4, 4)]]))
def test_keys_order_what_clocks_do_not(events: list[Event]) -> None:
    """A clock that was set back does not turn events around."""
    assert keys(*events, *events) == [1, 2, 3, 4]


@given(st.permutations([event(key, minutes) for key, minutes in [(8, 0), (9, 9), (10, 8), (9, 90), (10, 95), (12, 94)]]))
def test_what_is_numbered_again_comes_after_all_before(events: list[Event]) -> None:
    """Each run is in the order of its keys, also where an event of it is dated a little late."""
    assert [(each.key, each.at) for each in in_order(events)] == [
        (each.key, each.at) for each in (event(8, 0), event(9, 9), event(10, 8), event(9, 90), event(10, 95), event(12, 94))
    ]


def test_a_vcenter_may_be_restored_more_than_once() -> None:
    """Every run stands for itself."""
    assert keys(event(5, 0), event(6, 10), event(5, 60), event(7, 70), event(6, 200), event(7, 201)) == [5, 6, 5, 7, 6, 7]


def test_what_is_late_is_in_the_run_of_its_key() -> None:
    """An event that was stored late, next to a key that was used twice."""
    late = LATE / timedelta(minutes=1)
    assert keys(event(3, 0), event(2, late), event(2, late + 60)) == [2, 3, 2]


def test_events_with_one_key_both_count(build: EstateBuilder) -> None:
    """Before and after a restore a machine moved, and each time its begin told how."""
    build.cluster(hosts=3).machine("a").live_move("a", days_ago=3).live_move("a", days_ago=2)
    build.events += [
        Event(key=old.key, type=old.type, at=old.at + timedelta(days=1, hours=2), vm=old.vm, host=old.host)
        for old in tuple(build.events)
    ]
    moves = build.estate().moves
    assert [(move.manner, move.at) for move in moves] == [
        ("live", build.now - timedelta(days=days)) for days in (3, 2, 2 - 1 / 12, 1 - 1 / 12)
    ]
    assert [move.at for move in moves] == sorted(move.at for move in moves)


@pytest.mark.parametrize(
    ("before", "last", "was_template"), [(TO_MACHINE, TO_TEMPLATE, True), (TO_TEMPLATE, TO_MACHINE, False)]
)
def test_the_last_word_on_a_machine_is_that_of_the_last_run(
    build: EstateBuilder, before: str, last: str, was_template: bool
) -> None:
    """Although its number is an earlier one than that of the word before."""
    told = [(7, 9, before), (8, 8, before), (7, 2, last)]
    build.events = [
        Event(key=key, type=kind, at=build.now - timedelta(days=days_ago), vm="gone") for key, days_ago, kind in told
    ]
    assert ("gone" in build.estate().base.departed.templates) is was_template


def test_a_first_start_is_one_of_the_same_run(build: EstateBuilder) -> None:
    """A start before the restore, by a higher key, is not the first of a machine that was made afterwards."""
    told = [("VmPoweredOnEvent", 9, 9), ("VmDeployedEvent", 5, 6), ("VmPoweredOnEvent", 9, 5)]
    build.cluster()
    build.events = [Event(key=key, type=kind, at=build.now - timedelta(days=ago), vm="new") for kind, key, ago in told]
    assert build.estate().base.first_runs == {"new": build.now - timedelta(days=5)}
