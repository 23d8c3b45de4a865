"""Facts: what a vCenter says, as frozen dataclasses that need nothing but the standard library.

Three cases are told apart everywhere. A property that was read has its value. One that vCenter leaves unset is ``None`` or an
empty tuple. One that could not be read, because the account lacks a privilege or the release does not offer it, is named in
``unreadable``, and its value has no meaning: ask ``knows`` before counting.

References to objects are managed object ids (``vm-42``). Strings such as ``power`` or ``behavior`` are values of enumerations
of the vSphere API, unless it is said otherwise.
"""

from collector.facts.clusters import (
    Cluster,
    ClusterGroup,
    ClusterRule,
    DrsConfig,
    DrsOverride,
    HaConfig,
    HaOverride,
    ResourcePool,
)
from collector.facts.fact import Allocation, Fact, Tag
from collector.facts.hosts import DistributedSwitch, Host, HostProfile
from collector.facts.machines import ManagedBy, SnapshotEntry, VirtualMachine
from collector.facts.snapshot import OPTIONAL_TOPICS, TOPICS, Gap, Ruling, Snapshot
from collector.facts.storage import Datastore, StoragePod
from collector.facts.vcenter import About, CustomField, Datacenter, Event, EventId, Extension, Folder, License

__all__ = [
    "OPTIONAL_TOPICS",
    "TOPICS",
    "About",
    "Allocation",
    "Cluster",
    "ClusterGroup",
    "ClusterRule",
    "CustomField",
    "Datacenter",
    "Datastore",
    "DistributedSwitch",
    "DrsConfig",
    "DrsOverride",
    "Event",
    "EventId",
    "Extension",
    "Fact",
    "Folder",
    "Gap",
    "HaConfig",
    "HaOverride",
    "Host",
    "HostProfile",
    "License",
    "ManagedBy",
    "ResourcePool",
    "Ruling",
    "Snapshot",
    "SnapshotEntry",
    "StoragePod",
    "Tag",
    "VirtualMachine",
]
