"""Snapshot: what one vCenter said at one moment, and what it would not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.facts.clusters import Cluster, ResourcePool
from collector.facts.fact import Tag
from collector.facts.hosts import DistributedSwitch, Host, HostProfile
from collector.facts.machines import VirtualMachine
from collector.facts.storage import Datastore, StoragePod
from collector.facts.vcenter import About, CustomField, Datacenter, Event, Extension, Folder, License


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that could not be read, and why, in one sentence that says what to do."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule of the operator made of a machine while its name was known, which a recording keeps instead of the name.

    ``app`` is the id of a class and ``nothing`` that the machine is no application; ``None`` was left open.
    """

    machine: str
    app: str | None = None
    environment: str | None = None
    nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one vCenter said at one moment, plus the events since the last one.

    ``taken_at`` is the vCenter's clock. ``oldest_event`` is the time of the oldest event vCenter still keeps, of any type;
    ``None`` with ``events`` read means that it keeps none. ``event_retention_days`` is its setting, where readable.
    ``clock_skew`` is vCenter's clock minus ours, in seconds. A topic named in ``gaps`` has an empty or partial answer here.
    ``tags`` are those in use that the account may see; ``None`` where tags were not read, by choice if there is no gap.
    ``rulings`` are what a recording brings along of the rules that its operator had.
    """

    vcenter: str
    about: About
    taken_at: datetime
    clusters: tuple[Cluster, ...] = ()
    hosts: tuple[Host, ...] = ()
    vms: tuple[VirtualMachine, ...] = ()
    datastores: tuple[Datastore, ...] = ()
    storage_pods: tuple[StoragePod, ...] = ()
    resource_pools: tuple[ResourcePool, ...] = ()
    folders: tuple[Folder, ...] = ()
    datacenters: tuple[Datacenter, ...] = ()
    switches: tuple[DistributedSwitch, ...] = ()
    extensions: tuple[Extension, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    host_profiles: tuple[HostProfile, ...] = ()
    licenses: tuple[License, ...] = ()
    scheduled_tasks: int | None = None
    events: tuple[Event, ...] = ()
    oldest_event: datetime | None = None
    event_retention_days: int | None = None
    gaps: tuple[Gap, ...] = ()
    clock_skew: float = 0.0
    changed: bool = True
    tags: tuple[Tag, ...] | None = None
    rulings: tuple[Ruling, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic that was asked for, read or not."""
        asked = (topic for topic in OPTIONAL_TOPICS if getattr(self, topic) is not None or self.missed(topic))
        return (*TOPICS, *asked)

    def missed(self, topic: str) -> str | None:
        """Why this topic could not be read, or ``None`` where it was."""
        return next((gap.reason for gap in self.gaps if gap.topic == topic), None)


TOPICS = (
    "clusters",
    "hosts",
    "vms",
    "datastores",
    "storage_pods",
    "resource_pools",
    "folders",
    "datacenters",
    "switches",
    "extensions",
    "custom_fields",
    "host_profiles",
    "licenses",
    "scheduled_tasks",
    "events",
)
"""Every topic a poll reads: the field of ``Snapshot`` it fills, the gatherer that reads it and the label of its metric."""

OPTIONAL_TOPICS = ("tags",)
"""Topics that only some vCenters are asked for."""
