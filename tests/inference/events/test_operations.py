"""What counts as an operation on a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def users(build: EstateBuilder) -> list[str]:
    """The accounts behind all operations."""
    return [done.user for done in build.estate().base.operations]


@pytest.mark.parametrize(
    "type_",
    [
        "VmCreatedEvent",
        "VmClonedEvent",
        "VmDeployedEvent",
        "com.vmware.vc.VmInstantClonedEvent",
        "VmRegisteredEvent",
        "VmRemovedEvent",
        "VmPoweredOnEvent",
        "VmPoweredOffEvent",
    ],
)
def test_machines_made_powered_and_deleted_are_operations(build: EstateBuilder, type_: str) -> None:
    """Each of them, once."""
    assert users(build.cluster().machine("a").event(type_, vm="a", user="ann")) == ["ann"]


def test_moves_and_restarts_are_no_operations(build: EstateBuilder) -> None:
    """They change where a machine runs and not what there is."""
    build.cluster().machine("a").live_move("a", user="ann").drs_move("a", user="ann")
    assert users(build.event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="a", user="ann")) == []


@pytest.mark.parametrize("chains", [(None, None, None), (1, 2, 2), (1, 1, 1)])
@pytest.mark.parametrize("telling", ["VmClonedEvent", "VmDeployedEvent", "VmRegisteredEvent"])
def test_a_machine_is_made_once(build: EstateBuilder, telling: str, chains: tuple[int | None, ...]) -> None:
    """By whichever events tell of it, also where those are in no chain or in several; its first start is another operation."""
    build.cluster().machine("a")
    for type_, chain in zip(("VmCreatedEvent", telling, "VmPoweredOnEvent"), chains, strict=True):
        build.event(type_, vm="a", user="ann", chain=chain)
    assert users(build) == ["ann"] * (1 if chains[-1] else 2)


def test_machines_without_an_id_are_told_apart_by_their_names(build: EstateBuilder) -> None:
    """In one chain of events too; where nothing is named each event is its own."""
    build.cluster()
    for name in ("x", "x", "y"):
        build.event("VmCreatedEvent", vm_name=name, user="ann", chain=7)
    build.event("VmCreatedEvent", user="ann", chain=8).event("VmCreatedEvent", user="ann", chain=8)
    assert [done.vm for done in build.estate().base.operations] == ["x", "y", "4", "5"]


@pytest.mark.parametrize(
    "end", ["com.vmware.vcDr.PlanExecTestEnd", "com.vmware.vcDr.PlanExecEnd", "com.vmware.vcDr.RecoveryPlanExecuteCleanupEnd"]
)
def test_a_recovery_plan_explains_its_account_until_it_ends(build: EstateBuilder, end: str) -> None:
    """By a test, a recovery or a clean-up."""
    build.cluster().machines(2).event("com.vmware.vcDr.PlanExecTestBegin", user="ops", days_ago=2)
    build.event("VmPoweredOnEvent", vm="vm-1", user="ops", days_ago=1.9).event(end, user="ops", days_ago=1.8)
    assert users(build.event("VmPoweredOnEvent", vm="vm-2", user="ops", days_ago=1.7)) == ["ops"]


@pytest.mark.parametrize(("days", "expected"), [(0.9, []), (1.1, ["ops"])])
def test_a_recovery_plan_that_never_ends_explains_a_day(build: EstateBuilder, days: float, expected: list[str]) -> None:
    """Its end may be lost, and what its account does later is its own work."""
    build.cluster().machine("a").event("com.vmware.vcDr.PlanExecTestBegin", user="ops", days_ago=5)
    assert users(build.event("VmPoweredOnEvent", vm="a", user="ops", days_ago=5 - days)) == expected
