"""One identity for each vCenter, where several answer with one instance UUID."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector.facts import About, Event, Host, Snapshot, VirtualMachine
from collector.vcenter.errors import SameVcenter
from vjourney.identities import Identities

NOW = datetime(2026, 3, 1, tzinfo=UTC)
UUID = "34e60366-9a54-5d91-8301-72556d22df20"


class Stored:
    """What a store knows: names and events by identity."""

    def __init__(self, names: Mapping[str, str] | None = None, events: tuple[Event, ...] = ()) -> None:
        self.names, self.events = dict(names or {}), events

    def holder(self, instance_uuid: str) -> str | None:
        """The name under which it was recorded."""
        return self.names.get(instance_uuid)

    def events_since(self, _instance_uuid: str, _since: datetime) -> tuple[Event, ...]:
        """Every event."""
        return self.events


def shown(name: str, *, made: int = 0, machines: int = 4, uuid: str = UUID, events: tuple[Event, ...] = ()) -> Snapshot:
    """What a vCenter shows whose machines were made ``made`` hours ago."""
    return Snapshot(
        vcenter=name,
        about=About(uuid, "8.0.2", "1", "VirtualCenter", "8.0.2.0"),
        taken_at=NOW,
        vms=tuple(
            VirtualMachine(id=f"vm-{number}", name=f"vm{number}", created=NOW - timedelta(hours=made))
            for number in range(machines)
        ),
        hosts=(Host(id="host-1", name="esx1"),),
        events=events,
    )


def event(key: int, at: datetime) -> Event:
    """An event of this number."""
    return Event(key=key, type="VmPoweredOnEvent", at=at)


def identity(identities: Identities, snapshot: Snapshot) -> str:
    """The identity under which it is known from now on."""
    return identities.settled(snapshot).about.instance_uuid


def test_a_vcenter_of_its_own_keeps_its_instance_uuid() -> None:
    """Nothing changes for those that share nothing."""
    identities = Identities(["a", "b"], Stored())

    assert identity(identities, shown("a")) == UUID
    assert identity(identities, shown("b", uuid="other")) == "other"


def test_one_vcenter_under_two_names_is_refused() -> None:
    """It would be counted twice, also where it changed a little between the two polls or one account sees less of it."""
    identities = Identities(["a", "b"], Stored())
    identities.settled(shown("a"))

    with pytest.raises(SameVcenter, match="the same vCenter as a"):
        identities.settled(shown("b", machines=3))


def test_two_that_share_an_instance_uuid_are_two() -> None:
    """Copies of an appliance and simulators have machines of their own, whatever their object ids."""
    identities = Identities(["a", "b"], Stored())

    first, second = identity(identities, shown("a")), identity(identities, shown("b", made=3))

    assert first == UUID
    assert second not in {"", UUID}
    assert identity(identities, shown("b", made=3)) == second
    assert identities.expected("b", UUID) == second


def test_empty_ones_with_one_uuid_are_told_apart_by_their_hosts() -> None:
    """Without machines there are hosts to compare; without those, nothing says that there are two."""
    identities = Identities(["a", "b", "c"], Stored())
    empty = shown("a", machines=0)
    identities.settled(empty)

    assert identity(identities, replace(empty, vcenter="b", hosts=(Host(id="host-1", name="esx9"),))) != UUID
    with pytest.raises(SameVcenter):
        identities.settled(replace(empty, vcenter="c"))


def test_identities_outlast_a_restart() -> None:
    """Whoever answers first after a restart, each goes on where it was."""
    before = Identities(["a", "b"], Stored())
    before.settled(shown("a"))
    second = identity(before, shown("b", made=3))
    after = Identities(["a", "b"], Stored({UUID: "a", second: "b"}))

    assert after.expected("b", UUID) == second
    assert identity(after, shown("b", made=3)) == second
    assert identity(after, shown("a")) == UUID


def test_a_copy_keeps_its_identity_when_its_original_is_no_longer_configured() -> None:
    """What was declared for the original, and counted there, is not of the copy."""
    before = Identities(["a", "b"], Stored())
    before.settled(shown("a"))
    second = identity(before, shown("b", made=3))
    after = Identities(["b"], Stored({UUID: "a", second: "b"}))

    assert after.expected("b", UUID) == second
    assert identity(after, shown("b", made=3)) == second


def test_a_copy_added_later_gets_none_of_the_past_of_its_original() -> None:
    """Its events have the same numbers at other times."""
    stored = Stored({UUID: "a"}, events=(event(1, NOW), event(2, NOW)))
    identities = Identities(["a", "b"], stored)

    assert identities.expected("b", UUID) != UUID
    assert identity(identities, shown("b", events=(event(1, NOW - timedelta(days=3)),))) != UUID


@pytest.mark.parametrize("events", [(), (event(2, NOW), event(3, NOW))])
def test_a_vcenter_with_the_old_name_of_another_takes_nothing_from_it(events: tuple[Event, ...]) -> None:
    """Names may be swapped in the configuration; the UUID says which is which."""
    stored = Stored({UUID: "a"}, events=(event(1, NOW), event(2, NOW)))
    identities = Identities(["a", "old"], stored)

    assert identity(identities, shown("old", events=events)) == UUID
    assert identity(identities, shown("a", uuid="new")) == "new"


def test_a_renamed_vcenter_keeps_its_identity() -> None:
    """A name that is no longer configured holds nothing."""
    identities = Identities(["new"], Stored({UUID: "old"}))

    assert identity(identities, shown("new")) == UUID
