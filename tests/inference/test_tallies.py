"""Lifetime counters from newly seen events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.tallies import tally

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def counts(build: EstateBuilder, new: set[int] | None = None) -> dict[tuple[str, str], int]:
    """The increments by counter and label; all events are new unless the keys of those that are say otherwise."""
    known = {event.identity for event in build.events if new is None or event.key in new}
    return {(found.name, found.label): found.count for found in tally(build.estate(), known)}


def test_nothing_new_adds_nothing(build: EstateBuilder) -> None:
    """The events of the window alone count nothing again."""
    build.cluster().machines(3).live_move("vm-1").drs_move("vm-2")
    assert counts(build, set()) == {}


def test_migrations_are_counted_by_cause(build: EstateBuilder) -> None:
    """Each completed migration once, by who caused it, and entries into maintenance mode by what became of the machines."""
    build.cluster(hosts=3).machines(5).machine("off", power="poweredOff")
    build.live_move("vm-1").drs_move("vm-2").live_move("vm-3", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2")
    build.event("com.vmware.vc.sdrs.StorageDrsStorageMigrationEvent", vm="vm-4")
    build.event("VmMigratedEvent", vm="off", source_host="c1-h1", host="c1-h2")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-5").event(
        "EnteredMaintenanceModeEvent", host="c1-h1"
    )
    assert counts(build) == {
        ("migrations", "user"): 1,
        ("migrations", "drs"): 1,
        ("migrations", "storage"): 1,
        ("migrations", "storage_drs"): 1,
        ("migrations", "cold"): 1,
        ("migrations", "evacuation"): 1,
        ("maintenance_entries", "evacuated"): 1,
    }


def test_a_chain_over_two_polls_counts_once_and_knows_its_beginning(build: EstateBuilder) -> None:
    """A migration that began in the poll before counts when it ends, with the manner of its begin."""
    build.cluster().machine("a", power="poweredOff").event("VmBeingHotMigratedEvent", vm="a", host="c1-h1")
    first = counts(build)
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2")
    assert first == {}
    assert counts(build, {2}) == {("migrations", "user"): 1}


def test_restarts_and_tests_are_counted(build: EstateBuilder) -> None:
    """Both spellings of each."""
    build.cluster().machines(2).event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="vm-1")
    build.event("VmRestartedOnAlternateHostEvent", vm="vm-2").event("com.vmware.vcDr.RecoveryPlanExecuteTestEnd")
    assert counts(build) == {("ha_restarts", "host_failure"): 2, ("recovery_tests", "plan"): 1}


def test_a_restart_on_another_host_is_a_migration_by_ha(build: EstateBuilder) -> None:
    """The machine was down and nobody moved it cold."""
    build.cluster().machine("a").event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="a", host="c1-h2", chain=7)
    build.event("VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2", chain=7)
    assert counts(build) == {("ha_restarts", "host_failure"): 1, ("migrations", "ha"): 1}


def test_a_clone_that_was_also_created_counts_once(build: EstateBuilder) -> None:
    """The telling event of a machine decides its method; a clone of a template is one from a template."""
    build.cluster().machines(6).machine("t", template=True)
    build.event("VmCreatedEvent", vm="vm-1").event("VmClonedEvent", vm="vm-1", source_vm="vm-6")
    build.event("VmClonedEvent", vm="vm-2", source_vm="t").event("VmDeployedEvent", vm="vm-3").event(
        "VmCreatedEvent", vm="vm-4"
    )
    build.event("VmRegisteredEvent", vm="vm-5").event("com.vmware.vc.VmInstantClonedEvent", vm="vm-6")
    assert counts(build) == {
        ("provisioned_vms", "clone"): 1,
        ("provisioned_vms", "template"): 2,
        ("provisioned_vms", "blank"): 1,
        ("provisioned_vms", "registered"): 1,
        ("provisioned_vms", "instant_clone"): 1,
    }


def test_a_clone_that_ends_in_a_later_poll_counts_once(build: EstateBuilder) -> None:
    """A long clone is created in one poll and cloned in the next; a counter cannot take back what it said first."""
    build.cluster().machines(2).event("VmCreatedEvent", vm="vm-1")
    assert counts(build) == {("provisioned_vms", "blank"): 1}
    build.event("VmClonedEvent", vm="vm-1", source_vm="vm-2").event("VmCreatedEvent", vm="vm-2")
    assert counts(build, {2, 3}) == {("provisioned_vms", "blank"): 1}
    assert counts(build, set()) == {}


def test_what_is_dated_ahead_counts_when_it_is_first_read(build: EstateBuilder) -> None:
    """A clock that ran ahead dated it: windows wait for that day, a counter cannot, as nothing is new then."""
    build.cluster(hosts=3).machines(5).live_move("vm-1").live_move("vm-2", days_ago=-9)
    build.event("VmDeployedEvent", vm="vm-3", days_ago=-9)
    build.event("com.vmware.vc.ha.VmRestartedByHAEvent", vm="vm-4", days_ago=-9)
    build.event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=-9)
    build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=-9)
    assert [move.vm for move in build.estate().moves] == ["vm-1"]
    assert counts(build) == {
        ("migrations", "user"): 2,
        ("provisioned_vms", "template"): 1,
        ("ha_restarts", "host_failure"): 1,
        ("maintenance_entries", "empty"): 1,
    }
    assert counts(build, set()) == {}
