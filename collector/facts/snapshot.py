"""A snapshot: the facts of one vCenter at one time, and what could not be read."""

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
    """A topic that could not be read completely; ``reason`` is a sentence that says why and what to do."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The result of the operator's rules for one machine, which a recording keeps in place of the machine's name.

    ``app`` is the id of a class of applications; ``nothing`` says that the machine is no application. What the rule leaves open
    is ``None``.
    """

    machine: str
    app: str | None = None
    environment: str | None = None
    nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The facts of one vCenter at one time, and the events since the snapshot before.

    ``vcenter`` is its configured name, ``taken_at`` the time by its clock. ``clock_skew`` is its clock minus ours, in seconds.
    ``changed`` is false if there is neither another value nor another event than in the snapshot before.

    The facts of a topic that is named in ``gaps`` are missing or incomplete. ``scheduled_tasks`` is their number.
    ``oldest_event`` is the time of the oldest event of any type that vCenter still has; ``None`` means that it has none, unless
    ``events`` is a gap. ``event_retention_days`` is the setting of vCenter, where it could be read. ``tags`` are those in use
    that the account may see; ``None`` where tags were not read, which is by choice unless ``tags`` is a gap. ``rulings`` are
    the results of the operator's rules that a recording contains.
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
        """Every topic that was asked for, whether it could be read or not."""
        asked = (topic for topic in OPTIONAL_TOPICS if getattr(self, topic) is not None or self.missed(topic))
        return (*TOPICS, *asked)

    def missed(self, topic: str) -> str | None:
        """Why this topic could not be read completely; ``None`` where it was."""
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
"""The topics that every poll reads. Each is the name of a field of ``Snapshot``, of a gatherer, and of a label of metrics."""

OPTIONAL_TOPICS = ("tags",)
"""Topics that are read of some vCenters only."""
