"""Hardware: how new the virtual hardware of machines is, and how new it could be where they run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from collector.facts import Snapshot, VirtualMachine
from inference.products import newest_hardware

_VERSION = re.compile(r"vmx-(\d+)")


def hardware_of(vm: VirtualMachine) -> int | None:
    """The number of a machine's hardware version; ``None`` where it could not be read."""
    return _number(vm.hardware_version or "")


@lru_cache(maxsize=256)
def _number(version: str) -> int | None:
    found = _VERSION.fullmatch(version)
    return int(found[1]) if found else None


def newest_by_place(snapshot: Snapshot, cluster_of_host: Mapping[str, str], cluster_of_vm: Mapping[str, str]) -> dict[str, int]:
    """The newest hardware version that each cluster and each lone host runs, by id.

    The oldest host of a cluster decides, since every machine must run on it; where a release is not in the table, the newest
    version in use.
    """
    able: dict[str, list[int | None]] = {}
    for host in snapshot.hosts:
        able.setdefault(cluster_of_host.get(host.id, host.id), []).append(newest_hardware(host.version))
    found: dict[str, int] = {}
    for vm in snapshot.vms:
        place, own = cluster_of_vm.get(vm.id) or vm.host or "", hardware_of(vm)
        if own is not None:
            found[place] = max(own, found.get(place, 0))
    for place, versions in able.items():
        known = [version for version in versions if version is not None]
        if len(known) == len(versions):
            found[place] = min(known)
    return found
