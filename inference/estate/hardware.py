"""Hardware: how new the virtual hardware of machines is, and how new it could be where they run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from collector.facts import Snapshot, VirtualMachine
from inference.estate.places import is_away
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

    The oldest connected host of a cluster decides, since every machine must run on it; where a release is not in the table, the
    newest version in use.
    """
    able: dict[str, list[int | None]] = {}
    for host in snapshot.hosts:
        if not is_away(host):
            able.setdefault(cluster_of_host.get(host.id, host.id), []).append(newest_hardware(host.version))
    told = {
        place: versions
        for place, all_of in able.items()
        if (versions := [v for v in all_of if v]) and len(versions) == len(all_of)
    }
    found = {place: min(versions) for place, versions in told.items()}
    for vm in snapshot.vms:
        place = cluster_of_vm.get(vm.id) or vm.host or ""
        if place not in told and (own := hardware_of(vm)) is not None:
            found[place] = max(own, found.get(place, 0))
    return found
