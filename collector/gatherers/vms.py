"""Virtual machines and templates: where they run, how they are protected, made and described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from collector.facts import ManagedBy, SnapshotEntry, VirtualMachine
from collector.wants import Topic, Vim, allocation, entity_name, moid, moids, moment, want


def managed_by(value: Vim) -> ManagedBy:
    """The extension that owns the machine."""
    return ManagedBy(extension=str(value.extensionKey or ""), type=str(value.type or ""))


def snapshots(value: Vim) -> tuple[SnapshotEntry, ...]:
    """Every snapshot of the tree, parents before children."""
    return tuple(_flatten(value.rootSnapshotList or ()))


def _flatten(trees: Iterable[Any]) -> Iterator[SnapshotEntry]:
    pending = list(trees)[::-1]
    while pending:
        tree = pending.pop()
        yield SnapshotEntry(name=entity_name(tree.name or ""), created=tree.createTime.astimezone(UTC))
        pending.extend(list(tree.childSnapshotList or ())[::-1])


def custom_values(value: Iterable[Any]) -> tuple[tuple[int, str], ...]:
    """Custom attributes by key; only string values exist."""
    return tuple((int(entry.key), str(entry.value)) for entry in value if getattr(entry, "value", None) is not None)


TOPIC = Topic(
    name="vms",
    types=("VirtualMachine",),
    fact=VirtualMachine,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
        want("parentVApp", "vapp", moid),
        want("resourcePool", "resource_pool", moid),
        want("datastore", "datastores", moids),
        want("network", "networks", moids),
        want("runtime.host", "host", moid),
        want("runtime.powerState", "power", str),
        want("runtime.connectionState", "connection", str),
        want("runtime.faultToleranceState", "ft_state", str),
        want("runtime.dasVmProtection", "ha_protected", lambda value: value.dasProtected),
        want("config.template", "template", bool),
        want("config.guestId", "guest_id", str),
        want("config.guestFullName", "guest_name", str),
        want("config.version", "hardware_version", str),
        want("config.createDate", "created", moment),
        want("config.hardware.numCPU", "vcpus", int),
        want("config.hardware.memoryMB", "memory_mb", int),
        want("config.ftInfo.role", "ft_role", int),
        want("config.managedBy", "managed_by", managed_by),
        want("config.annotation", "annotation", str),
        want("config.contentLibItemInfo", "from_content_library", lambda value: bool(value.contentLibraryItemUuid)),
        want("config.cpuAllocation", "cpu", allocation),
        want("config.memoryAllocation", "memory", allocation),
        want("guest.toolsVersionStatus2", "tools_version", str),
        want("guest.toolsRunningStatus", "tools_running", str),
        want("customValue", "custom_values", custom_values),
        want("snapshot", "snapshots", snapshots),
        # Not all of summary.storage: its timestamp moves although nothing does.
        want("summary.storage.committed", "storage_bytes", int),
    ),
    stamps=("config.changeVersion",),
)
