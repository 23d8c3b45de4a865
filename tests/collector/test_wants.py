"""How wanted properties become the fields of a fact."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pyVmomi import vim

from collector.facts import Allocation, Fact
from collector.wants import Topic, allocation, api_name, api_type, entity_name, moid, moment, split, text, want, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing(Fact):
    """A fact with a field of each kind."""

    size: int | None = None
    low: int | None = None
    high: int | None = None
    special: bool = False


TOPIC = Topic(
    name="things",
    types=("Thing", "SpecialThing"),
    fact=Thing,
    wants=(
        want("name", "name", entity_name),
        want("config.size", "size", int),
        split("range", {"low": lambda value: value[0], "high": lambda value: value[1]}, every_poll=True),
    ),
    by_type={"SpecialThing": {"special": True}},
    stamps=("config.version",),
)


def test_value_that_makes_no_sense_is_unreadable() -> None:
    """An odd value costs its own field and no other."""
    thing = TOPIC.parse("t-1", "Thing", {"name": "one", "config.size": "large"})
    assert (thing.name, thing.size, set(thing.unreadable)) == ("one", None, {"size"})


def test_missing_property_names_all_its_fields() -> None:
    """A property without permission leaves each of its fields unreadable and at its default."""
    known = TOPIC.parse("t-1", "Thing", {"range": (1, 2)})
    thing = TOPIC.parse("t-1", "Thing", {}, ["range"], known=known)
    assert (thing.low, thing.high) == (None, None)
    assert thing.unreadable == {"low", "high"}
    assert not thing.knows("size", "low")


def test_property_read_later_is_readable_again() -> None:
    """A value that arrives takes its fields off the list of the unreadable, even where it is unset."""
    before = TOPIC.parse("t-1", "Thing", {"name": "one"}, ["range", "config.size"])
    after = TOPIC.parse("t-1", "Thing", {"range": None}, known=before)
    assert after.unreadable == {"size"}
    assert after.name == "one"


def test_facts_stay_frozen_where_something_was_unreadable() -> None:
    """Nobody can add to what is named unreadable, and equal facts have equal hashes."""
    lost = TOPIC.parse("t-1", "Thing", {"name": "one"}, ["range", "config.size"])
    found = TOPIC.parse("t-1", "Thing", {"range": (1, 2)}, known=lost)
    assert [type(thing.unreadable) for thing in (lost, found)] == [frozenset, frozenset]
    assert hash(found) == hash(TOPIC.parse("t-1", "Thing", {"name": "one", "range": (1, 2)}, ["config.size"]))


def test_unset_property_returns_to_the_default() -> None:
    """A property that vCenter removed leaves no old value behind."""
    before = TOPIC.parse("t-1", "Thing", {"config.size": 5})
    assert TOPIC.parse("t-1", "Thing", {"config.size": None}, known=before).size is None


def test_type_alone_fills_fields() -> None:
    """What follows from the type needs no property."""
    assert TOPIC.parse("t-1", "SpecialThing", {}).special
    assert not TOPIC.parse("t-1", "Thing", {}).special


def test_paths_are_watched_or_asked_for_again() -> None:
    """Each path is in exactly one of the two lists, and a stamp is in neither."""
    assert TOPIC.paths(every_poll=False) == ("name", "config.size")
    assert TOPIC.paths(every_poll=True) == ("range",)


@pytest.mark.parametrize(
    ("path", "around"),
    [("config.size.unit", True), ("config", True), ('range["a"]', True), ("configuration", False), ("config.version", False)],
)
def test_paths_around_a_wanted_one(path: str, around: bool) -> None:
    """Parts and wholes of a wanted property concern it, names that merely begin alike do not."""
    assert TOPIC.wants_around(path) is around


def test_missing_subtree_covers_what_is_inside() -> None:
    """A fault for a whole structure is a fault for every wanted path in it."""
    assert TOPIC.under("config") == {"config.size"}
    assert TOPIC.under("range") == {"range"}
    assert TOPIC.under("other") == set()


def test_names_are_unescaped_once() -> None:
    """The three escapes of vCenter go, whatever their case, and what they yield is not read again."""
    assert entity_name("web%2Fdb%5c1 100%25") == "web/db\\1 100%"
    assert entity_name("%252f") == "%2f"


def test_allocation_without_shares_is_unknown() -> None:
    """An allocation that names no shares says nothing about shares."""
    assert allocation(vim.ResourceAllocationInfo(reservation=5)) is None


def test_allocation_without_limit_has_none() -> None:
    """An unset limit and reservation are no limit and nothing reserved."""
    shares = vim.SharesInfo(shares=4000, level="normal")
    assert allocation(vim.ResourceAllocationInfo(shares=shares)) == Allocation("normal", 4000, 0, -1)


def test_times_become_utc() -> None:
    """Any zone, and none, ends in UTC."""
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert moment(noon) == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert moment(datetime(2026, 1, 1, 10)) == datetime(2026, 1, 1, 10, tzinfo=UTC)  # noqa: DTZ001 - the case at hand
    assert moment(None) is None


def test_library_types_become_plain_ones() -> None:
    """What ends up in facts is free of the library: enumerations, integers, references and type names."""
    power = text(vim.VirtualMachine.PowerState.poweredOn)
    assert (power, type(power)) == ("poweredOn", str)
    assert text("") is None
    assert whole(None) is None
    assert moid(vim.HostSystem("host-1", None)) == "host-1"
    assert api_name(vim.HostSystem) == "HostSystem"
    assert api_name(None) is None
    assert api_type(vim.cluster.AntiAffinityRuleSpec()) == "ClusterAntiAffinityRuleSpec"
