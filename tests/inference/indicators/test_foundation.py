"""Clusters, shared storage, size and density."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collector.facts import Datastore, Tag

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

DENSITY = ("vm_per_host", "vcpus_per_core", "vram_per_ram")


def test_cluster_share_is_silent_without_hosts(build: EstateBuilder) -> None:
    """No host, or none that is connected, is unknown and not zero."""
    build.host("h1", connection="notResponding")
    found = build.observe("cluster_share")
    assert (found.state, found.reason) == ("unknown", "no host is connected")


@pytest.mark.parametrize("topic", ["clusters", "hosts"])
def test_cluster_share_is_unknown_when_unreadable(build: EstateBuilder, topic: str) -> None:
    """A topic that could not be read names itself."""
    if topic == "clusters":
        build.host("h1")
    found = build.gap(topic).observe("cluster_share")
    assert found.state == "unknown"
    assert f"{topic} could not be read" in found.reason


def test_cluster_share_of_lone_hosts_is_zero(build: EstateBuilder) -> None:
    """Hosts outside any cluster, and a cluster of one, share nothing."""
    build.host("h1", parent="domain-s1").cluster("c1", hosts=1)
    found = build.observe("cluster_share")
    assert (found.state, found.value, found.numerator, found.denominator) == ("observed", 0.0, 0, 2)


@pytest.mark.parametrize(
    ("tag", "is_left_out"),
    [
        (Tag("Site type", "Edge"), True),
        (Tag("ROBO", "yes"), True),
        (Tag("Branch Office", "Zug"), True),
        (Tag("Standort", "Zweigstelle"), True),
        (Tag("Edge", "no"), False),
        (Tag("Site type", "Core"), False),
        (Tag("Vendor", "PowerEdge"), False),
    ],
)
def test_lone_hosts_that_are_tagged_as_edge_are_not_counted(build: EstateBuilder, tag: Tag, is_left_out: bool) -> None:
    """In a branch one host is a design; the tag of a cluster speaks for its only host, and one of many stays."""
    build.cluster().host("lone").host("branch", tags=(tag,)).cluster("small", hosts=1, tags=(tag,))
    build.hosts[0] = replace(build.hosts[0], tags=(tag,))
    found = build.observe("cluster_share")
    assert (found.numerator, found.denominator) == (2, 3 if is_left_out else 5)
    told = "Tagged as edge or branch sites, and not counted: 2 lone hosts."
    assert (told in found.evidence) is is_left_out


def test_cluster_share_does_not_apply_where_every_host_is_at_the_edge(build: EstateBuilder) -> None:
    """Nothing is left that could have been put together."""
    found = build.host("h1", tags=(Tag("Site", "edge"),)).observe("cluster_share")
    assert (found.state, found.reason) == (
        "not_applicable",
        "every connected host stands alone and is tagged as an edge or branch site",
    )


def test_cluster_share_counts_hosts_in_clusters_of_two(build: EstateBuilder) -> None:
    """A disconnected member still makes a cluster of two, and is not counted itself."""
    build.cluster("c1", hosts=2).cluster("c2", hosts=1).host("h1")
    build.hosts[0] = replace(build.hosts[0], connection="disconnected")
    found = build.observe("cluster_share")
    assert (found.numerator, found.denominator) == (1, 3)
    assert found.evidence == ("1 of 3 connected hosts are in clusters of two or more hosts.",)


def test_hosts_whose_cluster_is_hidden_lower_what_was_seen(build: EstateBuilder) -> None:
    """They are not known to be alone, unless the clusters list their hosts."""
    build.cluster().host("h1", parent=None, unreadable=frozenset({"parent"})).host("h2", parent="domain-s1")
    assert (build.observe("cluster_share").numerator, build.observe("cluster_share").denominator) == (2, 4)
    found = build.cluster_gap("hosts").observe("cluster_share")
    assert (found.numerator, found.denominator, found.seen) == (2, 3, 0.75)


def test_clusters_that_list_their_hosts_do_not_make_all_hosts_clustered(build: EstateBuilder) -> None:
    """Where every host hides its cluster, one list that could be read shows those alone that are in it."""
    build.cluster().cluster("c2", unreadable=frozenset({"hosts"})).host("h1", parent="domain-s1")
    build.hosts = [replace(host, parent=None, unreadable=frozenset({"parent"})) for host in build.hosts]
    build.clusters[1] = replace(build.clusters[1], hosts=())
    assert build.observe("cluster_share").state == "unknown"


def test_cluster_share_of_one_cluster_does_not_apply(build: EstateBuilder) -> None:
    """Inside one cluster every host is in a cluster."""
    from inference.indicators.foundation import cluster_share  # noqa: PLC0415 - this test alone asks about a part

    (part,) = build.cluster().estate().parts()
    assert cluster_share(part).state == "not_applicable"


def test_shared_storage_is_silent_without_running_machines(build: EstateBuilder) -> None:
    """Powered-off machines and templates leave nothing to ask."""
    build.cluster().machine("a", power="poweredOff").machine("t", template=True)
    found = build.observe("shared_storage_share")
    assert (found.state, found.reason) == ("unknown", "no workload VM is powered on")


def test_shared_storage_counts_machines_wholly_on_it(build: EstateBuilder) -> None:
    """One disk on a local datastore spoils it; vSAN is shared by design; mounts tell where nothing else does."""
    build.more["datastores"] = (
        Datastore(id="shared", multiple_host_access=True),
        Datastore(id="local", multiple_host_access=False),
        Datastore(id="vsan", type="vsan", multiple_host_access=False),
        Datastore(id="mounted", hosts=("h1", "h2")),
    )
    build.cluster().machine("a", datastores=("shared", "mounted")).machine("b", datastores=("shared", "local"))
    build.machine("c", datastores=("vsan",)).machine("d", datastores=("local",))
    found = build.observe("shared_storage_share")
    assert (found.numerator, found.denominator, found.seen) == (2, 4, 1.0)


def test_shared_storage_of_local_disks_is_zero(build: EstateBuilder) -> None:
    """All on local disks is an observation."""
    build.shared = False
    found = build.cluster().machines(3).observe("shared_storage_share")
    assert (found.state, found.value) == ("observed", 0.0)


def test_shared_storage_unreadable_for_some_lowers_what_was_seen(build: EstateBuilder) -> None:
    """A machine whose datastores could not be read, or are not in the inventory, is left out and lowers the part seen."""
    build.cluster().machines(2).machine("x", unreadable=frozenset({"datastores"}), datastores=()).machine(
        "y", datastores=("lost",)
    )
    found = build.observe("shared_storage_share")
    assert (found.numerator, found.denominator, found.seen) == (2, 2, 0.5)
    assert "Excluded because not readable: 2 of 4." in found.evidence


def test_shared_storage_unreadable_for_all_is_unknown(build: EstateBuilder) -> None:
    """Nothing readable is unknown; a machine that is on no datastore is on no shared one either."""
    assert build.cluster().machines(2).machine_gap("datastores").observe("shared_storage_share").state == "unknown"
    build.vms.clear()
    assert build.machines(2, datastores=()).observe("shared_storage_share").state == "unknown"
    assert build.gap("datastores").observe("shared_storage_share").reason.startswith("datastores could not be read")


def test_scale_of_nothing_is_zero(build: EstateBuilder) -> None:
    """A vCenter without machines has been read, and is empty."""
    found = build.cluster().observe("scale")
    assert (found.state, found.value) == ("observed", 0)


def test_scale_is_unknown_when_machines_are_unreadable(build: EstateBuilder) -> None:
    """A lost topic and a hidden power state are no zeros."""
    assert build.cluster().gap("vms").observe("scale").state == "unknown"


def test_scale_with_hidden_power_state_is_unknown(build: EstateBuilder) -> None:
    """Machines that may or may not run cannot be counted."""
    found = build.cluster().machines(3).machine_gap("power").observe("scale")
    assert (found.state, found.reason) == ("unknown", "the power states of the VMs could not be read")


def test_scale_counts_running_workloads_and_says_what_is_apart(build: EstateBuilder) -> None:
    """Templates, agents and powered-off machines are not counted; one unreadable machine lowers the part seen."""
    build.cluster().machines(3).machine("off", power="poweredOff").machine("t", template=True).machine("vCLS-1")
    build.machine("x", unreadable=frozenset({"power"}), power=None)
    found = build.observe("scale")
    assert (found.value, found.seen) == (3, 0.8)
    assert found.evidence[1] == "Not counted as workloads: 1 platform agent, 1 template."


def test_density_is_silent_without_hosts(build: EstateBuilder) -> None:
    """Machines without a connected host have no density, nor do they use any of it."""
    for indicator in DENSITY:
        build.host("away", connection="notResponding").machines(3, host="away")
        assert build.observe(indicator).reason == "no host is connected"


@pytest.mark.parametrize("indicator", DENSITY)
@pytest.mark.parametrize("topic", ["hosts", "vms"])
def test_density_is_unknown_when_unreadable(build: EstateBuilder, indicator: str, topic: str) -> None:
    """Hosts or machines that could not be read; of both in part each takes its part."""
    if topic == "vms":
        build.cluster()
    assert build.gap(topic).observe(indicator).reason.startswith(f"{topic} could not be read")
    build.cluster("c2").machines(3, host="c2-h1").machine("dark", power=None, unreadable=frozenset({"power"}))
    assert build.observe(indicator).seen == 0.5 * 0.75


def test_density_is_running_workloads_per_connected_host(build: EstateBuilder) -> None:
    """Seven machines on two connected hosts of three."""
    build.cluster(hosts=3).machines(7)
    build.hosts[2] = replace(build.hosts[2], connection="disconnected")
    found = build.observe("vm_per_host")
    assert (found.value, found.numerator, found.denominator) == (3.5, 7, 2)


def test_hosts_in_standby_carry_their_part(build: EstateBuilder) -> None:
    """Power management puts them to sleep and wakes them; nothing was consolidated by that."""
    build.cluster(hosts=4).machines(8)
    build.hosts[2:] = [replace(host, connection="notResponding", power="standBy") for host in build.hosts[2:]]
    assert build.observe("vm_per_host").value == 2.0
    build.hosts[2:] = [replace(host, power="unknown") for host in build.hosts[2:]]
    assert build.observe("vm_per_host").value == 4.0


def test_density_of_idle_hosts_is_zero(build: EstateBuilder) -> None:
    """Hosts without running machines are counted."""
    assert build.cluster().observe("vm_per_host").value == 0.0


@pytest.mark.parametrize(("indicator", "value"), [("vcpus_per_core", 10 * 2 / 32), ("vram_per_ram", 10 * 4 / 256)])
def test_overcommitment_is_shown(build: EstateBuilder, indicator: str, value: float) -> None:
    """Ten machines of two processors and 4 GB on two hosts of sixteen cores and 128 GB."""
    found = build.cluster().machines(10).observe(indicator)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize("indicator", ["vcpus_per_core", "vram_per_ram"])
def test_overcommitment_needs_complete_numbers(build: EstateBuilder, indicator: str) -> None:
    """One machine that could not be read makes the ratio unknown."""
    build.cluster().machines(9).machine("x", vcpus=None, memory_mb=None, unreadable=frozenset({"vcpus", "memory_mb"}))
    assert build.observe(indicator).state == "unknown"
