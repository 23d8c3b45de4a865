"""What became of running machines when a host entered maintenance mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def enter(build: EstateBuilder, *left: str, stopped: tuple[str, ...] = ()) -> None:
    """One entry of the first host, with machines that leave live and machines that are powered off."""
    build.event("EnteringMaintenanceModeEvent", host="c1-h1")
    for vm in left:
        build.drs_move(vm)
    for vm in stopped:
        build.event("VmPoweredOffEvent", vm=vm, host="c1-h1")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")


def outcomes(build: EstateBuilder) -> list[str]:
    """The outcomes of all entries."""
    return [entry.outcome for entry in build.estate().entries]


def test_an_entry_without_its_beginning_does_not_count(build: EstateBuilder) -> None:
    """What happened before events begin is not known."""
    build.cluster().machine("a").event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == []


def test_an_abandoned_entry_does_not_count(build: EstateBuilder) -> None:
    """Entering that ends in an exit or a cancellation is no maintenance."""
    build.cluster().machine("a").event("EnteringMaintenanceModeEvent", host="c1-h1").event(
        "ExitMaintenanceModeEvent", host="c1-h1"
    )
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == []


def test_an_empty_host_enters_without_evacuation(build: EstateBuilder) -> None:
    """A host on which nothing ran shows no skill."""
    build.cluster().machine("a")
    enter(build)
    assert outcomes(build) == ["empty"]


def test_all_machines_leaving_live_is_an_evacuation(build: EstateBuilder) -> None:
    """Every running machine moved away."""
    build.cluster().machines(3)
    enter(build, "vm-1", "vm-2", "vm-3")
    (entry,) = build.estate().entries
    assert (entry.outcome, len(entry.live), entry.host) == ("evacuated", 3, "c1-h1")


def test_one_machine_powered_off_spoils_the_evacuation(build: EstateBuilder) -> None:
    """Nine of ten leaving live is still a shutdown when the tenth was powered off."""
    build.cluster().machines(10)
    enter(build, *(f"vm-{n}" for n in range(1, 10)), stopped=("vm-10",))
    assert outcomes(build) == ["shutdown"]


def test_machines_moved_cold_do_not_count_as_running(build: EstateBuilder) -> None:
    """Powered-off machines that move along change nothing."""
    build.cluster().machine("on").machine("off", power="poweredOff")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("on")
    build.event("VmMigratedEvent", vm="off", source_host="c1-h1", host="c1-h2").event(
        "EnteredMaintenanceModeEvent", host="c1-h1"
    )
    assert outcomes(build) == ["evacuated"]


def test_a_host_with_stopped_machines_alone_is_empty(build: EstateBuilder) -> None:
    """Where asked to, DRS registers what is powered off elsewhere too; nothing ran there to be moved live."""
    build.cluster().machine("off", power="poweredOff").event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.event("VmBeingMigratedEvent", vm="off", host="c1-h1", dest_host="c1-h2").drs_move("off")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == ["empty"]


def test_moves_that_cannot_be_told_leave_it_unclear(build: EstateBuilder) -> None:
    """A machine whose manner of leaving is unknown is neither evacuated nor shut down."""
    build.cluster().machine("a")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").event(
        "VmMigratedEvent", vm="a", source_host="c1-h1", host="c1-h2"
    )
    build.event("EnteredMaintenanceModeEvent", host="c1-h1").event("VmPoweredOnEvent", vm="a", host="c1-h2")
    assert outcomes(build) == ["unclear"]


def test_agents_that_the_platform_stops_do_not_count(build: EstateBuilder) -> None:
    """Every maintenance powers vCLS off; that is no shutdown of workloads."""
    build.cluster().machine("a").machine("vCLS-1")
    enter(build, "a", stopped=("vCLS-1",))
    assert outcomes(build) == ["evacuated"]


@pytest.mark.parametrize("name", ["cp-parent-3f", "vdi-017", "veeam-proxy-02", "vCLS-9", "W10-POOL-31"])
def test_deleted_machines_that_were_no_workloads_do_not_count(build: EstateBuilder, name: str) -> None:
    """A desktop thrown away after its session, its parent or a proxy that was powered off is known by its name alone."""
    build.cluster().machine("a").machines(10, prefix="W10-POOL", guest_id="windows9_64Guest")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("a")
    build.drs_move("vm-99", vm_name=name).event("VmPoweredOffEvent", vm="vm-98", vm_name=name, host="c1-h1")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == ["evacuated"]
    assert [move.vm for move in build.estate().moves] == ["a"]


def test_machines_on_other_hosts_have_no_part(build: EstateBuilder) -> None:
    """Only what leaves this host in between counts."""
    build.cluster(hosts=3).machines(2)
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-1").drs_move("vm-2", "c1-h2", "c1-h3")
    build.event("VmPoweredOffEvent", vm="vm-2", host="c1-h3").event("EnteredMaintenanceModeEvent", host="c1-h1")
    (entry,) = build.estate().entries
    assert (entry.outcome, sorted(entry.live)) == ("evacuated", ["vm-1"])


@pytest.mark.parametrize(("live", "outcome"), [(9, "evacuated"), (8, "unclear")])
def test_nine_of_ten_leaving_live_is_an_evacuation(build: EstateBuilder, live: int, outcome: str) -> None:
    """Though of the others nobody can say how they left."""
    build.cluster().machines(10)
    build.event("EnteringMaintenanceModeEvent", host="c1-h1")
    for n in range(1, 11):
        if n <= live:
            build.live_move(f"vm-{n}")
        else:
            build.event("VmMigratedEvent", vm=f"vm-{n}", source_host="c1-h1", host="c1-h2")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    for n in range(live + 1, 11):
        build.event("VmPoweredOnEvent", vm=f"vm-{n}", host="c1-h2")
    assert outcomes(build) == [outcome]


def test_machines_that_people_move_were_not_stopped(build: EstateBuilder) -> None:
    """The event that begins a live migration names the host that empties, and stops nothing."""
    build.cluster().machine("a").event("EnteringMaintenanceModeEvent", host="c1-h1").live_move("a")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == ["evacuated"]


def test_a_stop_that_names_no_host_is_where_the_machine_was_seen(build: EstateBuilder) -> None:
    """By its own events, and not by one of a host that happens to name it."""
    build.cluster(hosts=3).machines(2).event("VmPoweredOnEvent", vm="vm-1", host="c1-h1").event("VmPoweredOnEvent", vm="vm-1")
    build.event("VmPoweredOnEvent", vm="vm-2", host="c1-h3")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1", vm="vm-2").event("VmPoweredOffEvent", vm="vm-2")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").event("VmPoweredOffEvent", vm="vm-1")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == ["empty", "shutdown"]


def test_a_stop_of_which_nobody_knows_where_leaves_it_unclear(build: EstateBuilder) -> None:
    """The machine may have been on the host that was emptied: no evacuation is proven, and no shutdown either."""
    build.cluster().machines(2).event("EnteringMaintenanceModeEvent", host="c1-h1").live_move("vm-1")
    build.event("VmPoweredOffEvent", vm="vm-2").event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == ["unclear"]


def test_a_machine_that_only_changes_its_datastore_has_not_left(build: EstateBuilder) -> None:
    """Storage vMotion empties no host."""
    build.cluster().machine("a").event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.live_move("a", dest="c1-h1", source_datastore="d1", datastore="d2").event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert outcomes(build) == ["empty"]


def test_an_entry_that_names_an_agent_is_one_of_its_host(build: EstateBuilder) -> None:
    """A machine on an event of a host means nothing, whatever it is."""
    build.cluster().machine("a").machine("vCLS-1").event("EnteringMaintenanceModeEvent", host="c1-h1", vm="vCLS-1").drs_move(
        "a"
    )
    build.event("EnteredMaintenanceModeEvent", host="c1-h1", vm="vCLS-1")
    assert outcomes(build) == ["evacuated"]
