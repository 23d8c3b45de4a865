"""vMotion: ready, used, by how many, and for maintenance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import License
from inference.indicators.mobility import vmotion_breadth

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

FROM_EVENTS = ("vmotion_rate", "maint_evac", "vmotion_breadth", "svmotion_rate")
ESSENTIALS = License("VMware vSphere 7 Essentials", "esx.essentials.cpuPackage")


@pytest.mark.parametrize("indicator", FROM_EVENTS)
def test_no_event_ever_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """A vCenter that returns no event has shown nothing."""
    build.seen_days = None
    found = build.cluster().machines(20).observe(indicator)
    assert (found.state, found.reason) == ("unknown", "vCenter returned no events")


@pytest.mark.parametrize("indicator", FROM_EVENTS)
def test_unreadable_events_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """The reason says why."""
    build.unreadable_events = "the account may not read events; grant it Read-only."
    found = build.cluster().machines(20).live_move("vm-1").observe(indicator)
    assert (found.state, found.reason) == (
        "unknown",
        "events could not be read: the account may not read events; grant it Read-only",
    )


@pytest.mark.parametrize("indicator", ["vmotion_rate", "vmotion_breadth", "svmotion_rate"])
def test_minutes_of_events_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """A window seen for ten minutes shows no habit, whatever happened in them; the reason says how much was seen."""
    build.seen_days = 10 / 1440
    found = build.cluster().machines(20).live_move("vm-1", days_ago=0.001).observe(indicator)
    assert found.state == "unknown"
    assert "events reach back 10 minutes" in found.reason


def test_readiness_is_silent_outside_clusters(build: EstateBuilder) -> None:
    """Hosts without a cluster have nowhere to move machines to."""
    assert build.host("h1").observe("vmotion_ready").state == "not_applicable"


def test_readiness_counts_hosts_in_clusters(build: EstateBuilder) -> None:
    """Three of four clustered hosts have the network; the lone one is not asked."""
    build.cluster(hosts=4).host("lone")
    build.hosts[0] = replace(build.hosts[0], vmotion_enabled=False)
    found = build.observe("vmotion_ready")
    assert (found.value, found.evidence) == (0.75, ("3 of 4 connected hosts in clusters have a vMotion network.",))


def test_readiness_unset_is_zero(build: EstateBuilder) -> None:
    """A host that was read and has no such network is not ready."""
    build.cluster()
    build.hosts = [replace(host, vmotion_enabled=None) for host in build.hosts]
    assert build.observe("vmotion_ready").value == 0.0


def test_readiness_unreadable_is_unknown(build: EstateBuilder) -> None:
    """Hosts that hide their networks are not unready."""
    build.cluster()
    build.hosts = [replace(host, vmotion_enabled=None, unreadable=frozenset({"vmotion_enabled"})) for host in build.hosts]
    assert build.observe("vmotion_ready").state == "unknown"


@pytest.mark.parametrize("indicator", ["vmotion_ready", "vmotion_rate", "maint_evac", "vmotion_breadth", "svmotion_rate"])
def test_an_edition_without_vmotion_does_not_apply(build: EstateBuilder, indicator: str) -> None:
    """Not licensed is not the same as not adopted; but what is seen at work is believed before the licence."""
    build.more["licenses"] = (ESSENTIALS,)
    build.cluster().machines(20)
    build.hosts = [replace(host, vmotion_enabled=False) for host in build.hosts]
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").event("VmPoweredOffEvent", vm="vm-2", host="c1-h1")
    build.event("EnteredMaintenanceModeEvent", host="c1-h1")
    assert build.observe(indicator).state == "not_applicable"
    if indicator != "vmotion_ready":
        assert build.live_move("vm-1", source_datastore="d1", datastore="d2").observe(indicator).state == "observed"


def test_rate_of_a_quiet_month_is_zero(build: EstateBuilder) -> None:
    """Seen and nothing happened is zero."""
    found = build.cluster().machines(50).observe("vmotion_rate")
    assert (found.state, found.value, found.numerator, found.denominator, found.seen) == ("observed", 0.0, 0, 0.5, 1.0)


def test_rate_counts_people_and_maintenance_once_a_day(build: EstateBuilder) -> None:
    """Balancing, cold, storage-only and repeated moves of a day are left out."""
    build.cluster(hosts=3).machines(49).machine("cold", power="poweredOff")
    build.live_move("vm-1", days_ago=3).live_move("vm-1", days_ago=3).live_move("vm-1", days_ago=5).live_move(
        "vm-2", days_ago=40
    )
    build.drs_move("vm-3").event("VmMigratedEvent", vm="cold", source_host="c1-h1", host="c1-h2")
    build.live_move("vm-4", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-5").event(
        "EnteredMaintenanceModeEvent", host="c1-h1"
    )
    found = build.observe("vmotion_rate")
    assert (found.numerator, found.denominator) == (3, 0.49)
    assert found.value == pytest.approx(3 / 0.49)
    assert found.evidence[1:] == ("1 more moved a VM again on the same day and is not counted.",)


def test_rate_of_a_part_of_the_month_is_scaled(build: EstateBuilder) -> None:
    """Six days seen of thirty: the exposure shrinks, and so does the part seen."""
    build.seen_days = 6.0
    found = build.cluster().machines(50).live_move("vm-1").observe("vmotion_rate")
    assert found.numerator == 1
    assert (found.denominator, found.seen) == pytest.approx((0.1, 0.2))


@pytest.mark.parametrize("indicator", ["vmotion_rate", "svmotion_rate"])
def test_rate_of_moves_that_cannot_be_told_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """Moves that may have been cold are no zero; beside live ones they lower the part seen."""
    build.cluster().machines(20)
    build.event("VmMigratedEvent", vm="vm-9", source_host="c1-h1", host="c1-h2", source_datastore="d1", datastore="d2")
    build.event("VmPoweredOnEvent", vm="vm-9", host="c1-h2")
    assert "could not be classified as live or cold" in build.observe(indicator).reason
    found = build.live_move("vm-1", source_datastore="d1", datastore="d2").observe(indicator)
    assert (found.numerator, found.seen) == (1, 0.5)
    assert found.evidence[1] == "1 more migration could not be classified as live or cold."


def test_moves_that_cannot_be_told_count_in_the_days_that_were_seen(build: EstateBuilder) -> None:
    """One from before a loss of sight says nothing about the days after it."""
    build.seen_days = 6.0
    build.cluster().machines(20).event("VmMigratedEvent", vm="vm-9", source_host="c1-h1", host="c1-h2", days_ago=20)
    build.event("VmPoweredOnEvent", vm="vm-9", host="c1-h2", days_ago=19)
    assert build.observe("vmotion_rate").value == 0.0


def test_rate_without_machines_is_unknown(build: EstateBuilder) -> None:
    """Nobody could have moved."""
    assert build.cluster().observe("vmotion_rate").reason == "no workload VM is powered on"


def test_breadth_of_a_quiet_quarter_is_zero(build: EstateBuilder) -> None:
    """Seen and nobody moved."""
    build.seen_days = 90.0
    found = build.cluster().machines(20).observe("vmotion_breadth")
    assert (found.value, found.seen) == (0.0, 1.0)


def test_breadth_counts_machines_and_not_moves(build: EstateBuilder) -> None:
    """A machine that moved twice counts once; balancing counts; storage-only does not."""
    build.seen_days = 45.0
    build.cluster().machines(20).live_move("vm-1").live_move("vm-1", days_ago=2).drs_move("vm-2")
    build.event("com.vmware.vc.sdrs.StorageDrsStorageMigrationEvent", vm="vm-3", host="c1-h1")
    found = build.observe("vmotion_breadth")
    assert (found.numerator, found.denominator, found.seen) == (2, 20, 0.5)


def test_breadth_is_of_live_moves_of_a_quarter(build: EstateBuilder) -> None:
    """Cold and older moves do not count; one that cannot be told leaves its machine out, unless that moved live too."""
    build.seen_days = 120.0
    build.cluster().machines(20).live_move("vm-1", days_ago=100).live_move("vm-2")
    for vm, days in (("vm-2", 1), ("vm-3", 1), ("vm-7", 1), ("vm-4", 100)):
        build.event("VmMigratedEvent", vm=vm, source_host="c1-h1", host="c1-h2", days_ago=days)
        build.event("VmPoweredOnEvent", vm=vm, host="c1-h2", days_ago=days)
    build.event("VmPoweredOffEvent", vm="vm-5", host="c1-h1").event(
        "VmMigratedEvent", vm="vm-5", source_host="c1-h1", host="c1-h2"
    )
    build.event("VmRelocatedEvent", vm="vm-6", host="c1-h1").event("VmPoweredOnEvent", vm="vm-6", host="c1-h1")
    found = build.observe("vmotion_breadth")
    assert (found.numerator, found.denominator, found.seen) == (1, 18, 0.9)


def test_a_machine_that_is_here_again_under_another_id_has_moved(build: EstateBuilder) -> None:
    """As after its host was taken out and added again; not one of a name that two have, or that was made since."""
    build.seen_days = 90.0
    build.cluster().machine("app1").machine("app2").machine("twin1", name="twin").machine("twin2", name="twin")
    for name in ("app1", "app2", "twin"):
        build.live_move(f"old-{name}", vm_name=name)
    build.event("VmDeployedEvent", vm="app2", vm_name="app2")
    found = build.observe("vmotion_breadth")
    assert (found.numerator, found.denominator) == (1, 4)


@pytest.mark.parametrize("indicator", ["vmotion_rate", "vmotion_breadth", "svmotion_rate", "drs_initiated"])
def test_migrations_of_machines_that_no_event_names_are_not_none(build: EstateBuilder, indicator: str) -> None:
    """Something moved; beside migrations of machines that are named they say nothing."""
    build.seen_days = 90.0
    build.cluster().machines(20).event("DrsVmMigratedEvent", source_host="c1-h1", host="c1-h2")
    assert build.observe(indicator).reason == "events tell of migrations, and of none which machine it was"
    assert build.live_move("vm-1").observe(indicator).state == "observed"


def test_readiness_of_a_host_alone_in_its_cluster_does_not_apply(build: EstateBuilder) -> None:
    """A cluster of one host has nowhere to move machines to, whatever its network."""
    assert build.cluster(hosts=1).observe("vmotion_ready").state == "not_applicable"
    found = build.cluster("c2", hosts=2).observe("vmotion_ready")
    assert (found.numerator, found.denominator) == (2, 2)


def test_readiness_counts_hosts_whose_neighbour_is_away(build: EstateBuilder) -> None:
    """A cluster of two hosts is one, also while one of them is out of reach."""
    build.cluster(hosts=2)
    build.hosts[1] = replace(build.hosts[1], connection="notResponding")
    found = build.observe("vmotion_ready")
    assert (found.numerator, found.denominator) == (1, 1)


@pytest.mark.parametrize("indicator", ["vmotion_rate", "svmotion_rate", "churn"])
def test_rates_leave_out_what_happened_before_events_broke_off(build: EstateBuilder, indicator: str) -> None:
    """Moves that are stored from before a loss of sight are in no day that the rate divides by."""
    build.seen_days = 6.0
    build.cluster().machines(50)
    for n in range(5):
        build.live_move(f"vm-{n + 1}", source_datastore="d1", datastore="d2", days_ago=20)
        build.event("VmCreatedEvent", vm=f"new-{n}", vm_name=f"new-{n}", host="c1-h1", user="D\\kim", days_ago=20)
        build.event("VmRemovedEvent", vm=f"new-{n}", vm_name=f"new-{n}", host="c1-h1", user="D\\kim", days_ago=19)
    found = build.observe(indicator)
    assert (found.state, found.numerator) == ("observed", 0)


def test_a_machine_that_changed_its_cluster_was_moved_before(build: EstateBuilder) -> None:
    """Whether a machine was ever moved live is asked of the machine, whichever cluster it was in then."""
    build.seen_days = 90.0
    build.cluster().cluster("c2").machines(3).machine("a", host="c2-h1").live_move("a", "c1-h1", "c1-h2")
    whole = build.observe("vmotion_breadth")
    parts = [vmotion_breadth(part).numerator for part in build.estate().parts()]
    assert (whole.numerator, parts) == (1, [0, 1])


def test_no_storage_move_says_nothing_where_datastores_are_hidden(build: EstateBuilder) -> None:
    """There may be vSAN alone; a move that was seen needs no datastore to be read."""
    build.cluster().machines(20).gap("datastores").more["datastores"] = ()
    found = build.observe("svmotion_rate")
    assert (found.state, found.reason[:32]) == ("unknown", "datastores could not be read: th")
    build.live_move("vm-1", source_datastore="d1", datastore="d2")
    assert build.observe("svmotion_rate").numerator == 1


@pytest.mark.parametrize("topic", ["clusters", "hosts"])
def test_readiness_of_hidden_clusters_and_hosts_is_unknown(build: EstateBuilder, topic: str) -> None:
    """Hosts without a cluster that can be seen are not alone, and no host that can be seen is not none."""
    if topic == "clusters":
        build.host("h1").host("h2")
    assert build.gap(topic).observe("vmotion_ready").state == "unknown"


def test_a_network_for_vmotion_is_believed_before_the_licence(build: EstateBuilder) -> None:
    """What is set up is there, whatever the licences are called."""
    build.more["licenses"] = (ESSENTIALS,)
    build.cluster()
    build.hosts[0] = replace(build.hosts[0], vmotion_enabled=False)
    assert build.observe("vmotion_ready").value == 0.5


@pytest.mark.parametrize("indicator", ["vmotion_rate", "vmotion_breadth", "svmotion_rate"])
@pytest.mark.parametrize(
    "move",
    [
        {"vm": "off", "source_host": "c1-h1", "host": "c1-h2", "source_datastore": "d1", "datastore": "d2"},
        {"vm": "off", "source_host": "c1-h1", "host": "c1-h1", "source_datastore": "d1", "datastore": "d2"},
    ],
)
def test_cold_moves_prove_no_licence(build: EstateBuilder, indicator: str, move: dict[str, Any]) -> None:
    """Every edition moves machines that are off, between hosts and between datastores."""
    build.more["licenses"] = (ESSENTIALS,)
    build.cluster().machines(20).machine("off", power="poweredOff").event("VmMigratedEvent", **move)
    assert build.observe(indicator).state == "not_applicable"


@pytest.mark.parametrize(("days", "state"), [(22.0, "observed"), (21.9, "unknown")])
def test_breadth_needs_three_weeks(build: EstateBuilder, days: float, state: str) -> None:
    """Less would show few of the machines that ever move."""
    build.seen_days = days
    assert build.cluster().machines(20).live_move("vm-1").observe("vmotion_breadth").state == state


def test_rates_of_machines_that_may_not_run_are_not_wholly_seen(build: EstateBuilder) -> None:
    """They are taken to run as often as the others, since their moves count too, and lower what was seen.

    Where that is so of most machines, or there are none, there is no rate.
    """
    build.cluster().machines(5).machine_gap("power").machines(12, prefix="on").machines(3, prefix="off", power="poweredOff")
    found = build.live_move("vm-1").live_move("on-1").observe("vmotion_rate")
    assert (found.numerator, found.denominator, found.seen) == (2, 0.16, 0.75)
    assert "with about 16 powered-on VMs, or 12.5 per 100" in found.evidence[0]
    assert build.machine_gap("power").machines(5, prefix="x").observe("vmotion_rate").reason.endswith("(20 of 25 missing)")
    build.vms.clear()
    assert build.gap("vms").observe("vmotion_rate").reason.startswith("vms could not be read")


def test_moves_of_storage_prove_no_licence_for_moves_between_hosts(build: EstateBuilder) -> None:
    """Without a network for vMotion a machine can change its datastore alone."""
    build.more["licenses"] = (ESSENTIALS,)
    build.cluster().machines(20).live_move("vm-1", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2")
    assert build.observe("vmotion_rate").state == "not_applicable"
