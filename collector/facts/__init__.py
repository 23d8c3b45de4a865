"""The vocabulary of facts: what one vCenter said, as frozen dataclasses that need nothing but the standard library.

Three answers are kept apart everywhere. A property that was read has its value. A property that vCenter left unset is
``None`` (or the empty tuple). A property that could not be read, because the account may not or the release does not offer
it, is named in ``unreadable`` and its value means nothing: ask ``knows`` before counting.
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
