"""On whose account machines move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


@pytest.mark.parametrize(
    ("before", "manner"), [("VmPoweredOffEvent", "cold"), ("com.vmware.vc.ha.VmRestartedByHAEvent", "live")]
)
def test_a_stop_and_a_restart_by_ha_tell_too(build: EstateBuilder, before: str, manner: str) -> None:
    """A machine that was stopped moves cold, and one that HA started again runs, whatever it does today."""
    build.cluster().machine("a", power="poweredOn" if manner == "cold" else "poweredOff").event(before, vm="a", host="c1-h1")
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2")
    assert [move.manner for move in build.estate().moves] == [manner]


def test_a_move_off_a_host_entering_maintenance_is_an_evacuation(build: EstateBuilder) -> None:
    """DRS and people empty hosts for maintenance; after the entry, or on other hosts, they do not."""
    build.cluster(hosts=3).machines(4)
    build.drs_move("vm-1").event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.drs_move("vm-2").live_move("vm-3").drs_move("vm-4", "c1-h2", "c1-h3")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1").drs_move("vm-4", "c1-h1", "c1-h2")
    causes = [(move.vm, move.cause) for move in build.estate().moves]
    assert causes == [("vm-1", "drs"), ("vm-2", "evacuation"), ("vm-3", "evacuation"), ("vm-4", "drs"), ("vm-4", "drs")]


def test_disks_that_move_while_their_host_is_emptied_are_no_evacuation(build: EstateBuilder) -> None:
    """Their machine stays where it is, whoever moves them."""
    build.cluster().machines(2).event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.live_move("vm-1", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2")
    build.event("com.vmware.vc.sdrs.StorageDrsStorageMigrationEvent", vm="vm-2", host="c1-h1", source_host="c1-h1")
    assert [(move.cause, move.host_changed) for move in build.estate().moves] == [("user", False), ("storage_drs", False)]


@pytest.mark.parametrize("end", ["ExitMaintenanceModeEvent", "CanceledHostOperationEvent", "TimedOutHostOperationEvent"])
def test_an_abandoned_maintenance_evacuates_no_more(build: EstateBuilder, end: str) -> None:
    """After maintenance was given up or ended, moves off the host are balancing again."""
    build.cluster().machine("a").event("EnteringMaintenanceModeEvent", host="c1-h1").event(end, host="c1-h1").drs_move("a")
    assert [move.cause for move in build.estate().moves] == ["drs"]


@pytest.mark.parametrize(("days", "cause"), [(0.9, "evacuation"), (1.1, "drs")])
def test_a_maintenance_that_hangs_for_a_day_evacuates_no_more(build: EstateBuilder, days: float, cause: str) -> None:
    """Large machines take hours to leave; a host that has been entering maintenance mode for over a day has given up."""
    build.cluster().machine("a").event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=3)
    build.drs_move("a", days_ago=3 - days)
    assert [move.cause for move in build.estate().moves] == [cause]


def test_a_maintenance_that_comes_about_after_days_evacuates_all_the_while(build: EstateBuilder) -> None:
    """One machine held it up; what left the host until it was empty left for the maintenance, and nothing else did."""
    build.cluster(hosts=3).machines(5).drs_move("vm-1", days_ago=5).live_move("vm-1", "c1-h2", "c1-h1", days_ago=5)
    build.event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=4).drs_move("vm-1", days_ago=3.9)
    build.drs_move("vm-2", days_ago=2).live_move("vm-3", days_ago=2).drs_move("vm-4", "c1-h2", "c1-h3", days_ago=2)
    build.live_move("vm-5", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2", days_ago=2)
    build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=1.5).drs_move("vm-5", days_ago=1)
    causes = [move.cause for move in build.estate().moves]
    assert causes == ["drs", "user", "evacuation", "evacuation", "evacuation", "drs", "user", "drs"]


def test_a_machine_named_by_a_maintenance_event_has_not_moved_there(build: EstateBuilder) -> None:
    """Some senders put any machine on an event of a host; it says nothing about where that machine is."""
    build.cluster(hosts=3).machine("a").event("VmPoweredOnEvent", vm="a", host="c1-h2")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1", vm="a")
    build.event("com.vmware.vcDr.PlanExecTestBegin", host="c1-h1", vm="a").event("VmMigratedEvent", vm="a", host="c1-h3")
    assert [(move.source, move.cause) for move in build.estate().moves] == [("c1-h2", "user")]


def test_a_machine_put_elsewhere_by_ha_was_not_migrated_live(build: EstateBuilder) -> None:
    """A change of host in the chain of a restart by HA is the restart and no skill of the team."""
    build.cluster().machine("a").event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="a", host="c1-h2", chain=7)
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2", chain=7)
    assert [(move.cause, move.manner) for move in build.estate().moves] == [("ha", "cold")]


def test_a_move_in_a_chain_of_its_own_is_by_somebody(build: EstateBuilder) -> None:
    """Every task of vCenter is a chain: that HA restarted the machine once explains no later move."""
    build.cluster().machine("a").event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="a", host="c1-h1", chain=7)
    build.live_move("a", chain=9).event("VmPoweredOnEvent", vm="a", host="c1-h2", chain=11).live_move("a", chain=11)
    assert [(move.cause, move.manner) for move in build.estate().moves] == [("user", "live")] * 2
