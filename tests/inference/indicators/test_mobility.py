"""vMotion: ready, used, by how many, and for maintenance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from collector.facts import Datastore, DrsConfig, License
from inference.history import MotionCount
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
    assert (found.state, found.reason) == ("unknown", "vCenter has kept no event that could be read")


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
    assert (found.value, found.evidence) == (0.75, ("3 of 4 connected hosts in clusters have a network for vMotion.",))


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


def test_an_edition_with_vmotion_alone_moves_no_storage(build: EstateBuilder) -> None:
    """Moves between hosts prove no licence for moves between datastores, which one of those does."""
    build.more["licenses"] = (License("VMware vSphere 7 Essentials Plus", "esx.essentialsPlus.cpuPackage"),)
    build.cluster().machines(20).live_move("vm-1")
    assert build.observe("svmotion_rate").state == "not_applicable"
    build.live_move("vm-2", source_datastore="d1", datastore="d2")
    assert build.observe("svmotion_rate").numerator == 1


@pytest.mark.parametrize(("hosts", "state"), [(3, "unknown"), (4, "observed")])
def test_storage_moves_that_may_not_have_been_bought_are_unknown(build: EstateBuilder, hosts: int, state: str) -> None:
    """Essentials Plus moves no storage; where the licences are hidden, a fourth host proves another edition."""
    build.gap("licenses").cluster(hosts=hosts, drs=None).machines(20)
    assert build.observe("svmotion_rate").state == state


def test_drs_in_use_proves_an_edition_that_moves_storage(build: EstateBuilder) -> None:
    """No edition with DRS lacks Storage vMotion, so that none of it is zero."""
    assert build.gap("licenses").cluster().machines(20).observe("svmotion_rate").value == 0.0


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
    assert "could not be told live from cold" in build.observe(indicator).reason
    found = build.live_move("vm-1", source_datastore="d1", datastore="d2").observe(indicator)
    assert (found.numerator, found.seen) == (1, 0.5)
    assert found.evidence[1] == "1 more migrations could not be told live from cold."


def test_moves_that_cannot_be_told_count_in_the_days_that_were_seen(build: EstateBuilder) -> None:
    """One from before a loss of sight says nothing about the days after it."""
    build.seen_days = 6.0
    build.cluster().machines(20).event("VmMigratedEvent", vm="vm-9", source_host="c1-h1", host="c1-h2", days_ago=20)
    build.event("VmPoweredOnEvent", vm="vm-9", host="c1-h2", days_ago=19)
    assert build.observe("vmotion_rate").value == 0.0


def test_rate_without_machines_is_unknown(build: EstateBuilder) -> None:
    """Nobody could have moved."""
    assert build.cluster().observe("vmotion_rate").reason == "no workload virtual machine is powered on"


@pytest.mark.parametrize(
    ("counts", "behavior", "state", "value"),
    [
        ([100, 103], "manual", "observed", 3 / 0.1),
        ([100, 2], "manual", "observed", 2 / 0.1),
        ([100, 100], "fullyAutomated", "observed", 0.0),
        ([100, 103], "fullyAutomated", "unknown", None),
        ([100], "manual", "unknown", None),
    ],
)
def test_counters_of_clusters_witness_where_events_do_not(
    build: EstateBuilder, counts: list[int], behavior: str, state: str, value: float | None
) -> None:
    """Growth is a rate where DRS cannot have caused it; a fall is a reset; one reading is no growth."""
    build.unreadable_events = "no privilege"
    build.cluster(drs=DrsConfig(enabled=True, behavior=behavior, vmotion_rate=3)).machines(20)
    build.motion_counts = [
        MotionCount("c1", build.now - timedelta(days=15 * (len(counts) - 1 - place)), count)
        for place, count in enumerate(counts)
    ]
    found = build.observe("vmotion_rate")
    assert (found.state, found.value) == (state, None if value is None else pytest.approx(value))


def test_counters_witness_where_events_have_only_begun(build: EstateBuilder) -> None:
    """An hour of events shows no habit, which twenty days of counters do."""
    build.seen_days = 1 / 24
    build.cluster(drs=DrsConfig(enabled=True, behavior="manual")).machines(20)
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (20, 0)]
    found = build.observe("vmotion_rate")
    assert (found.state, found.numerator) == ("observed", 20)
    assert found.denominator == pytest.approx(0.2 * 20 / 30)


def test_counters_weigh_each_cluster_by_its_own_days(build: EstateBuilder) -> None:
    """A cluster read for three days exposes its machines for three days; machines outside were not seen at all."""
    build.seen_days = None
    for cluster, days in (("c1", 30), ("c2", 3)):
        build.cluster(cluster, drs=DrsConfig(enabled=True, behavior="manual")).machines(
            50, host=f"{cluster}-h1", prefix=cluster
        )
        build.motion_counts += [MotionCount(cluster, build.now - timedelta(days=ago), 100 - ago) for ago in (days, 0)]
    build.host("lone").machines(100, host="lone", prefix="x")
    found = build.observe("vmotion_rate")
    assert found.numerator == 33
    assert found.denominator == pytest.approx(0.5 + 0.05)
    assert found.seen == pytest.approx((50 * 30 + 50 * 3) / (200 * 30))


@pytest.mark.parametrize("indicator", ["vmotion_rate", "vmotion_breadth", "svmotion_rate", "drs_initiated"])
def test_counters_that_grew_without_an_event_contradict_zero(build: EstateBuilder, indicator: str) -> None:
    """An account that does not see the events of machines sees those of hosts: that nothing moved is not true."""
    build.seen_days = 30.0 if indicator != "vmotion_breadth" else 90.0
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=500).machines(20).event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (20, 0)]
    found = build.observe(indicator)
    assert found.state == "unknown"
    assert "the clusters counted 20 migrations in 20 days and no event tells of one" in found.reason
    assert build.event("VmMigratedEvent", vm="a", vm_name="vCLS-1").observe("vmotion_rate").value == 0.0


def test_counters_that_grew_without_an_event_are_a_rate(build: EstateBuilder) -> None:
    """Where DRS cannot have added to it, the growth is the rate that events do not tell."""
    build.cluster(drs=DrsConfig(enabled=True, behavior="manual")).machines(20)
    build.motion_counts = [MotionCount("c1", build.now - timedelta(days=days), 100 - days) for days in (15, 0)]
    found = build.observe("vmotion_rate")
    assert found.numerator == 15
    assert (found.denominator, found.seen) == pytest.approx((0.1, 0.5))


def test_evacuation_without_entries_is_unknown(build: EstateBuilder) -> None:
    """No maintenance shows neither skill nor the lack of it."""
    found = build.cluster().machines(20).observe("maint_evac")
    assert found.reason == "no host entered maintenance mode in the last 30 days, as far as events reach back"


def test_evacuation_notes_hosts_that_nobody_patches(build: EstateBuilder) -> None:
    """Half a year without maintenance on builds over a year old is told apart from a quiet month."""
    build.seen_days = 200.0
    build.cluster().machines(20)
    build.hosts = [replace(host, build="17630552") for host in build.hosts]
    assert "nobody patches hosts" in build.observe("maint_evac").reason


def test_evacuation_of_empty_hosts_is_unknown(build: EstateBuilder) -> None:
    """Nothing ran there before."""
    build.cluster().machines(2).event("EnteringMaintenanceModeEvent", host="c1-h2").event(
        "EnteredMaintenanceModeEvent", host="c1-h2"
    )
    assert build.observe("maint_evac").reason == "in 1 entries into maintenance mode nothing ran on the hosts before"


def test_evacuation_by_shutdown_is_zero(build: EstateBuilder) -> None:
    """The physical habit: power everything off."""
    build.cluster().machines(2).event("EnteringMaintenanceModeEvent", host="c1-h1")
    build.event("VmPoweredOffEvent", vm="vm-1", host="c1-h1").event("EnteredMaintenanceModeEvent", host="c1-h1")
    found = build.observe("maint_evac")
    assert (found.state, found.value, found.numerator, found.denominator) == ("observed", 0.0, 0, 1)
    assert found.seen == pytest.approx(30 / 90)


def test_evacuation_counts_entries_that_moved_everything(build: EstateBuilder) -> None:
    """One of two entries, an old one left out."""
    build.cluster().machines(4)
    for days, event, vm in ((100, "drs", "vm-1"), (5, "drs", "vm-2"), (3, "off", "vm-3")):
        build.event("EnteringMaintenanceModeEvent", host="c1-h1", days_ago=days)
        if event == "drs":
            build.drs_move(vm, days_ago=days)
        else:
            build.event("VmPoweredOffEvent", vm=vm, host="c1-h1", days_ago=days)
        build.event("EnteredMaintenanceModeEvent", host="c1-h1", days_ago=days)
    build.seen_days = 120.0
    found = build.observe("maint_evac")
    assert (found.numerator, found.denominator, found.seen) == (1, 2, 1.0)
    assert "In 1 of them machines were powered off or suspended instead." in found.evidence


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


def test_storage_moves_are_counted_for_running_machines(build: EstateBuilder) -> None:
    """Live storage moves of people and of storage DRS, each machine once a day."""
    build.cluster().machines(50).machine("off", power="poweredOff")
    build.live_move("vm-1", "c1-h1", "c1-h1", source_datastore="d1", datastore="d2")
    build.event("com.vmware.vc.sdrs.StorageDrsStorageMigrationEvent", vm="vm-2", host="c1-h1")
    build.event("VmRelocatedEvent", vm="off", host="c1-h1")
    found = build.observe("svmotion_rate")
    assert (found.numerator, found.denominator) == (2, 0.5)


def test_storage_moves_of_a_quiet_month_are_zero(build: EstateBuilder) -> None:
    """Moves between hosts do not count as storage moves."""
    assert build.cluster().machines(50).live_move("vm-1").observe("svmotion_rate").value == 0.0


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


def test_storage_moves_on_vsan_alone_do_not_apply(build: EstateBuilder) -> None:
    """Where there is no second datastore nothing can move to one; a move that was seen counts all the same."""
    build.more["datastores"] = (Datastore(id="ds", type="vsan"),)
    build.cluster().machines(20)
    assert build.observe("svmotion_rate").state == "not_applicable"
    build.live_move("vm-1", source_datastore="d1", datastore="d2")
    assert build.observe("svmotion_rate").numerator == 1


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


def test_evacuation_says_nothing_of_builds_newer_than_the_table(build: EstateBuilder) -> None:
    """Nobody is blamed for the age of a build that the program does not know."""
    build.seen_days = 200.0
    build.cluster().machines(20)
    build.hosts = [replace(host, build="99999999") for host in build.hosts]
    assert "nobody patches hosts" not in build.observe("maint_evac").reason
