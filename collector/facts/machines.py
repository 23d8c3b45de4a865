"""Machines: virtual machines and what hangs on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.facts.fact import Allocation, Fact


@dataclass(frozen=True, slots=True)
class ManagedBy:
    """The extension that owns a virtual machine, and the role it gave it (``placeholderVm``, ``cluster-agent``)."""

    extension: str
    type: str


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """One virtual machine snapshot of a tree, flattened."""

    name: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualMachine(Fact):
    """A virtual machine or template."""

    resource_pool: str | None = None
    vapp: str | None = None
    datastores: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    host: str | None = None
    power: str | None = None
    connection: str | None = None
    ft_state: str | None = None
    ha_protected: bool | None = None
    template: bool | None = None
    guest_id: str | None = None
    guest_name: str | None = None
    hardware_version: str | None = None
    created: datetime | None = None
    vcpus: int | None = None
    memory_mb: int | None = None
    ft_role: int | None = None
    managed_by: ManagedBy | None = None
    annotation: str | None = None
    from_content_library: bool = False
    cpu: Allocation | None = None
    memory: Allocation | None = None
    tools_version: str | None = None
    tools_running: str | None = None
    custom_values: tuple[tuple[int, str], ...] = ()
    snapshots: tuple[SnapshotEntry, ...] = ()
    storage_bytes: int | None = None
