"""Which of all scopes that were ever assessed are those of now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inference.results import Assessment, Scope
from vjourney.store import PollRecord, Store

Recorded = Callable[[datetime, str, str, str], None]


@pytest.fixture
def recorded(store: Store, poll: Callable[..., PollRecord], assessment: Callable[..., Assessment]) -> Recorded:
    """``recorded(at, uuid, name, clusters)``: a poll of a vCenter, with a cluster for each letter."""

    def record(at: datetime, uuid: str, name: str, clusters: str) -> None:
        found = (Scope("vcenter", uuid, name, name), *(Scope("cluster", f"{uuid}/{each}", each, name) for each in clusters))
        made = tuple(assessment(at, scope) for scope in found)
        store.record(poll(at, instance_uuid=uuid, vcenter=name, assessments=made))

    return record


def current(store: Store) -> list[str]:
    """The ids of the scopes of now, which are those of the latest documents."""
    found = [scope.id for scope in store.scopes()]
    assert [document["scope"] for document in store.latest()] == found
    return found


def test_a_cluster_that_left_before_the_clock_was_set_back_is_gone(store: Store, recorded: Recorded, noon: datetime) -> None:
    """Its time is the latest of all, and is of before."""
    recorded(noon + timedelta(minutes=10), "one", "prod", "ab")
    recorded(noon, "one", "prod", "a")
    assert current(store) == ["one", "one/a"]


def test_a_rebuilt_vcenter_takes_the_place_of_the_one_before(store: Store, recorded: Recorded, noon: datetime) -> None:
    """Of two that had one name the one that was read last has it; the other can still be asked for by id."""
    recorded(noon, "old", "prod", "a")
    recorded(noon, "branch", "branch", "a")
    recorded(noon + timedelta(days=1), "new", "prod", "a")
    assert current(store) == ["branch", "new", "branch/a", "new/a"]
    assert [document["scope"] for document in store.latest("old/a")] == ["old/a"]


def test_vcenters_that_swap_their_names_are_both_there(store: Store, recorded: Recorded, noon: datetime) -> None:
    """Once both were read under their new names."""
    for minutes, uuid, name in ((0, "one", "east"), (1, "two", "west"), (2, "one", "west"), (3, "two", "east")):
        recorded(noon + timedelta(minutes=minutes), uuid, name, "")
    assert current(store) == ["two", "one"]
