"""Consolidation: how many workloads share how many hosts, cores and how much memory."""

from __future__ import annotations

from inference.estate.estate import Estate
from inference.results import Consolidation

MEBIBYTE = 1024 * 1024


def consolidation(estate: Estate) -> Consolidation:
    """The counts of a scope: connected hosts, workloads and their ratios; ``None`` where unreadable."""
    hosts, workloads, running = estate.hosts, estate.workloads, estate.powered_on
    uncounted = hosts.missing or estate.hosts_out_of_sight
    host_count = None if uncounted else len(hosts.items)
    running_count = None if running.missing else len(running.items)
    of_tests = estate.base.running_residents.count("of_tests", lambda vm: estate.workload_of(vm).is_of_tests)
    return Consolidation(
        hosts=host_count,
        hosts_listed=None if uncounted else len(estate.hosts_listed),
        production_vms=None if running_count is None else running_count - of_tests.of(estate.cluster_id).yes,
        workload_vms=None if workloads.missing else len(workloads.items),
        powered_on_vms=running_count,
        vms_per_host=running_count / host_count if running_count is not None and host_count else None,
        vcpus_per_core=ratio(vcpus_and_cores(estate)),
        vram_per_ram=ratio(vram_and_ram(estate)),
    )


def vcpus_and_cores(estate: Estate) -> tuple[int, int] | None:
    """Virtual processors of powered-on workloads and cores of connected hosts; ``None`` where one could not be read."""
    hosts = estate.hosts
    vcpus = estate.base.running_residents.sum("vcpus", lambda vm: vm.vcpus if vm.knows("vcpus") else None)
    cores = [host.cores for host in hosts.items if host.knows("cores") and host.cores and host.cores > 0]
    return _sums(estate, vcpus.of(estate.cluster_id), cores)


def vram_and_ram(estate: Estate) -> tuple[int, int] | None:
    """Memory of powered-on workloads and of connected hosts in MB; ``None`` where one of them could not be read."""
    hosts = estate.hosts
    vram = estate.base.running_residents.sum("memory", lambda vm: vm.memory_mb if vm.knows("memory_mb") else None)
    ram = [
        host.memory_bytes // MEBIBYTE
        for host in hosts.items
        if host.knows("memory_bytes") and host.memory_bytes and host.memory_bytes > 0
    ]
    return _sums(estate, vram.of(estate.cluster_id), ram)


def ratio(pair: tuple[int, int] | None) -> float | None:
    """One number for another, ``None`` without a denominator."""
    return pair[0] / pair[1] if pair and pair[1] else None


def _sums(estate: Estate, wanted: int | None, given: list[int]) -> tuple[int, int] | None:
    """Sums over complete and possible answers only: a ratio of what happened to be readable would be none of this estate's."""
    hosts = len(estate.hosts.items)
    if wanted is None or len(given) < hosts or not hosts or estate.hosts_out_of_sight:
        return None
    return wanted, sum(given)
