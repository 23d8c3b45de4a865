"""Foundation: clusters, shared storage, size and density. Separates experimentation from IT production."""

from __future__ import annotations

from dataclasses import replace

from collector.facts import Host, VirtualMachine
from inference.consolidation import vcpus_and_cores, vram_and_ram
from inference.counting import NO_HOSTS, NO_RUNNING, share_counted, share_of
from inference.declared import pct_virtualized as declared_share
from inference.estate.estate import Estate
from inference.estate.verdicts import LEAST_CLUSTER
from inference.observations import Observation, amount, not_applicable, rate, unknown, unreadable
from inference.wording import counted


def cluster_share(estate: Estate) -> Observation:
    """The share of connected hosts, lone ones tagged as edge sites left out, that are in clusters of two or more hosts."""
    name = "cluster_share"
    if estate.is_cluster:
        return not_applicable(name, "within a cluster, every host is in a cluster")
    if gap := estate.gap("clusters"):
        return unknown(name, gap)
    members, every = estate.base.members, estate.hosts
    central = tuple(host for host in every.items if host.id not in estate.base.edge)
    apart = len(every.items) - len(central)
    if apart and not central:
        return not_applicable(name, "every connected host stands alone and is tagged as an edge or branch site")
    listed = all(cluster.knows("hosts") for cluster in estate.snapshot.clusters)

    def clustered(host: Host) -> bool | None:
        cluster = estate.base.cluster_of_host.get(host.id)
        if cluster is None and not (host.knows("parent") or listed):
            return None
        return cluster is not None and members[cluster] >= LEAST_CLUSTER

    return share_of(
        name,
        replace(every, items=central),
        clustered,
        nothing=NO_HOSTS,
        unread=unreadable("the clusters of the hosts could not be read"),
        wholly_read=lambda host: listed or host.knows("parent"),
        says=lambda yes, of: [
            f"{yes} of {of} connected hosts are in clusters of two or more hosts.",
            *([f"Tagged as edge or branch sites, and not counted: {counted(apart, 'lone host')}."] if apart else ()),
        ],
    )


def shared_storage_share(estate: Estate) -> Observation:
    """The share of powered-on workloads that use only datastores which several hosts can reach, as on vSAN and vVols."""
    name = "shared_storage_share"
    if gap := estate.gap("datastores"):
        return unknown(name, gap)
    shared = estate.base.shared

    def on_shared(vm: VirtualMachine) -> bool | None:
        if not vm.datastores or not vm.knows("datastores"):
            return None
        answers = [shared.get(datastore) for datastore in vm.datastores]
        if False in answers:
            return False
        return None if None in answers else True

    return share_counted(
        name,
        estate.powered_on,
        estate.base.running_residents.count(name, on_shared).of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=unreadable("the datastores of the VMs could not be read"),
        says=lambda yes, of: [f"{yes} of {of} powered-on VMs use only datastores that more than one host can reach."],
    )


def scale(estate: Estate) -> Observation:
    """The number of powered-on workloads."""
    running = estate.powered_on
    if running.missing:
        return unknown("scale", running.missing)
    evidence = f"{len(running.items)} of {counted(len(estate.workloads.items), 'workload VM')} powered on."
    return amount("scale", len(running.items), seen=running.seen, evidence=(evidence, *estate.counted_apart))


def vm_per_host(estate: Estate) -> Observation:
    """Powered-on workloads per connected host."""
    name, running, hosts = "vm_per_host", estate.powered_on, estate.hosts
    if reason := running.missing or hosts.missing or estate.hosts_out_of_sight:
        return unknown(name, reason)
    if not hosts.items:
        return unknown(name, NO_HOSTS)
    evidence = f"{counted(len(running.items), 'powered-on VM')} on {counted(len(hosts.items), 'connected host')}."
    return rate(name, len(running.items), len(hosts.items), seen=running.seen * hosts.seen, evidence=(evidence,))


def pct_virtualized(estate: Estate) -> Observation:
    """The share of servers that are virtual. vCenter sees no physical ones, so this applies only where they are declared."""
    machines, servers = estate.workloads, estate.servers
    if servers is None or servers.physical is None:
        return not_applicable("pct_virtualized", "the number of physical servers is not declared")
    if machines.missing:
        return unknown("pct_virtualized", machines.missing)
    return replace(declared_share(servers, len(machines.items)), seen=machines.seen)


def vcpus_per_core(estate: Estate) -> Observation:
    """Virtual CPUs of powered-on workloads per physical core of connected hosts. Shown, not scored."""
    return _ratio("vcpus_per_core", estate, vcpus_and_cores(estate), "vCPUs", "physical cores")


def vram_per_ram(estate: Estate) -> Observation:
    """Memory of powered-on workloads per memory of connected hosts. Shown, not scored."""
    return _ratio("vram_per_ram", estate, vram_and_ram(estate), "MB of vRAM", "MB of host RAM")


def _ratio(name: str, estate: Estate, pair: tuple[int, int] | None, wanted: str, given: str) -> Observation:
    if reason := estate.powered_on.missing or estate.hosts.missing or estate.hosts_out_of_sight:
        return unknown(name, reason)
    if not estate.hosts.items:
        return unknown(name, NO_HOSTS)
    if pair is None or not pair[1]:
        return unknown(name, unreadable(f"the {wanted} or the {given} could not be read completely"))
    seen = estate.powered_on.seen * estate.hosts.seen
    return rate(name, *pair, seen=seen, evidence=(f"{pair[0]:,} {wanted} of powered-on VMs on {pair[1]:,} {given}.",))
