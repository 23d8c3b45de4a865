"""Virtual machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.facts.fact import Allocation, Fact


@dataclass(frozen=True, slots=True)
class ManagedBy:
    """The key of the extension that manages a virtual machine, and the role of the machine there (``placeholderVm``)."""

    extension: str
    type: str


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """A snapshot of a virtual machine, wherever it is in the tree of its snapshots."""

    name: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualMachine(Fact):
    """A virtual machine or template.

    ``vapp`` is the vApp that contains it, ``parent`` its folder. ``ft_role`` is its role in Fault Tolerance: 1 is the primary,
    above 1 is a secondary. ``tools_version`` is the status of the version of VMware Tools; ``hardware_version`` is such as
    ``vmx-19``. ``custom_values`` are the keys and values of custom attributes (see ``CustomField``). ``storage_bytes`` is the
    space that it occupies on datastores.
    """

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
