"""Migrations between two vCenters: neither makes nor deletes a machine, and the one where it arrives counts the move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference.tallies import tally

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

ARRIVED, LEFT = "com.vmware.vc.vm.DstVmMigratedEvent", "com.vmware.vc.vm.SrcVmMigratedEvent"


@pytest.mark.parametrize(
    ("power", "later", "manner"),
    [("poweredOn", None, "live"), ("poweredOff", None, "cold"), ("poweredOn", "VmPoweredOnEvent", "unknown")],
)
def test_a_machine_that_arrives_running_was_moved_live(
    build: EstateBuilder, power: str, later: str | None, manner: str
) -> None:
    """Its power tells, as of any other move whose begin was not seen; its host changed, its former one is not of here."""
    build.cluster().machine("a", power=power).event(ARRIVED, vm="a", host="c1-h1")
    if later:
        build.event(later, vm="a", host="c1-h1")
    (move,) = build.estate().moves
    assert (move.manner, move.cause, move.host_changed, move.storage_changed) == (manner, "user", True, False)
    assert (move.source, move.dest) == (None, "c1-h1")


@pytest.mark.parametrize("types", [(ARRIVED, "VmMigratedEvent"), ("VmMigratedEvent", ARRIVED)])
def test_an_arrival_that_is_told_twice_is_one_move(build: EstateBuilder, types: tuple[str, str]) -> None:
    """In one chain of events it is the same; what comes later is another one."""
    build.cluster().machine("a")
    for type_ in types:
        build.event(type_, vm="a", host="c1-h1", chain=7)
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2", chain=9)
    assert [move.dest for move in build.estate().moves] == ["c1-h1", "c1-h2"]


@pytest.mark.parametrize("told_as", ["VmRegisteredEvent", "VmCreatedEvent", "VmClonedEvent", "VmDeployedEvent"])
def test_a_machine_that_arrives_was_not_made_here(build: EstateBuilder, told_as: str) -> None:
    """Whatever else its new vCenter says of it: it is an import to whom asks how machines are made, and no work of anybody."""
    build.cluster().machines(30).event(told_as, vm="vm-1", user="ann").event(ARRIVED, vm="vm-1", user="ann", host="c1-h1")
    estate = build.estate()
    assert [(new.machine, new.is_import, new.is_standard) for new in estate.base.made] == [("vm-1", True, False)]
    assert (estate.base.operations, build.observe("churn").value) == ((), 0)
    assert [(each.name, each.label) for each in tally(estate, {event.identity for event in build.events})] == [
        ("migrations", "user")
    ]


def test_a_machine_that_leaves_was_not_deleted(build: EstateBuilder) -> None:
    """Its removal from the inventory is the other end of the move, which counts there."""
    build.cluster().machines(30).event(LEFT, vm="gone", user="ann", host="c1-h1").event("VmRemovedEvent", vm="gone", user="ann")
    estate = build.estate()
    assert (estate.moves, estate.base.operations, build.observe("churn").value) == ((), (), 0)
    assert [event.vm for event in build.event("VmRemovedEvent", vm="dead", user="ann").estate().base.removed_in[None]] == [
        "dead"
    ]
    assert build.observe("churn").value != 0
