"""The vocabulary of facts: what one vCenter said, as frozen dataclasses that need nothing but the standard library.

Three answers are kept apart everywhere. A property that was read has its value. A property that vCenter left unset is
``None`` (or the empty tuple). A property that could not be read, because the account may not or the release does not offer
it, is named in ``unreadable`` and its value means nothing: ask ``knows`` before counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A vSphere tag by the names of its category and its own: ``Environment``, ``Production``."""

    category: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One managed object, named by its managed object id (``vm-42``), unique inside one vCenter.

    ``tags`` is ``None`` where tags were not read, which for kinds of objects that nobody asks the tags of is always.
    """

    id: str
    name: str = ""
    parent: str | None = None
    unreadable: frozenset[str] = frozenset()
    tags: tuple[Tag, ...] | None = None

    def knows(self, *fields: str) -> bool:
        """Whether every one of these fields could be read."""
        return not self.unreadable or self.unreadable.isdisjoint(fields)


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


@dataclass(frozen=True, slots=True)
class Allocation:
    """Shares, reservation and limit of one resource; reservation and limit in MHz (CPU) or MB (memory), limit -1 is none."""

    level: str
    shares: int
    reservation: int
    limit: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Fact):
    """An ESXi host; ``parent`` is its cluster, or the lone compute resource around a host outside any cluster."""

    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    cpu_model: str | None = None
    vendor: str | None = None
    model: str | None = None
    vmotion_enabled: bool | None = None
    ft_enabled: bool | None = None
    version: str | None = None
    build: str | None = None
    connection: str | None = None
    power: str | None = None
    in_maintenance: bool | None = None
    ha_state: str | None = None


@dataclass(frozen=True, slots=True)
class HaConfig:
    """Cluster settings of vSphere HA. ``restart_priority`` is the default of the cluster's virtual machines."""

    enabled: bool | None
    host_monitoring: str | None = None
    vm_monitoring: str | None = None
    component_protection: str | None = None
    admission_control: bool | None = None
    admission_policy: str | None = None
    restart_priority: str | None = None


@dataclass(frozen=True, slots=True)
class HaOverride:
    """HA settings of one virtual machine that differ from its cluster's; ``None`` is the cluster's own."""

    vm: str
    restart_priority: str | None = None
    vm_monitoring: str | None = None


@dataclass(frozen=True, slots=True)
class DrsConfig:
    """Cluster settings of DRS; ``vmotion_rate`` runs from 1, aggressive, to 5, conservative."""

    enabled: bool | None
    behavior: str | None = None
    vmotion_rate: int | None = None
    overrides_allowed: bool | None = None


@dataclass(frozen=True, slots=True)
class DrsOverride:
    """DRS automation of one virtual machine."""

    vm: str
    enabled: bool | None = None
    behavior: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """An affinity, anti-affinity or VM-to-host rule; ``kind`` is the API type, ``vms`` empty for group rules."""

    name: str
    kind: str
    enabled: bool | None
    vms: tuple[str, ...] = ()
    vm_group: str | None = None
    host_group: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterGroup:
    """A group of virtual machines or of hosts that rules refer to."""

    name: str
    vms: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Fact):
    """A cluster. ``num_vmotions`` counts migrations inside it since it was made; a drop means that it was reset.

    ``failover_level`` hosts, or ``failover_cpu_percent`` and ``failover_memory_percent`` of its resources, are what HA
    admission control finds free for a failover right now. ``drs_actions`` and ``drs_migrations`` are vCenter's short
    memory of what DRS did; ``ha_data_version`` is the version of the host list that HA distributed.
    """

    hosts: tuple[str, ...] = ()
    datastores: tuple[str, ...] = ()
    ha: HaConfig | None = None
    ha_overrides: tuple[HaOverride, ...] = ()
    drs: DrsConfig | None = None
    drs_overrides: tuple[DrsOverride, ...] = ()
    rules: tuple[ClusterRule, ...] = ()
    groups: tuple[ClusterGroup, ...] = ()
    dpm_enabled: bool | None = None
    proactive_drs: bool | None = None
    proactive_ha: bool | None = None
    vsan_enabled: bool | None = None
    num_vmotions: int | None = None
    drs_score: int | None = None
    current_balance: int | None = None
    target_balance: int | None = None
    evc_mode: str | None = None
    recommendations: int | None = None
    drs_migrations: int | None = None
    total_cpu_mhz: int | None = None
    cpu_demand_mhz: int | None = None
    lifecycle_managed: bool | None = None
    drs_actions: int | None = None
    failover_level: int | None = None
    failover_cpu_percent: int | None = None
    failover_memory_percent: int | None = None
    ha_data_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore(Fact):
    """A datastore; ``parent`` is its datastore cluster where it has one, ``hosts`` the hosts that mount it."""

    type: str | None = None
    capacity: int | None = None
    free: int | None = None
    multiple_host_access: bool | None = None
    accessible: bool | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePod(Fact):
    """A datastore cluster with its storage DRS settings."""

    sdrs_enabled: bool | None = None
    sdrs_behavior: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePool(Fact):
    """A resource pool or vApp; ``owner`` is the compute resource it divides."""

    owner: str | None = None
    is_vapp: bool = False
    cpu: Allocation | None = None
    memory: Allocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(Fact):
    """An inventory folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datacenter(Fact):
    """A datacenter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedSwitch(Fact):
    """A distributed virtual switch and the hosts that are members of it."""

    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """A product registered with vCenter. Reading the list needs System.View only, so an absent extension is an observation."""

    key: str
    version: str = ""
    company: str = ""
    last_heartbeat: datetime | None = None
    managed_types: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomField:
    """The definition behind the keys of ``VirtualMachine.custom_values``."""

    key: int
    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class HostProfile:
    """A host profile and the objects attached to it."""

    name: str
    attached: tuple[str, ...] = ()
    compliance: str | None = None


@dataclass(frozen=True, slots=True)
class License:
    """An installed licence by name and edition; its key is never read into a fact."""

    name: str
    edition: str
    total: int | None = None
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One vCenter event.

    ``type`` is the short API type (``VmMigratedEvent``) or, for an EventEx or ExtendedEvent, its event type id
    (``com.vmware.vc.ha.VmRestartedByHAEvent``). ``key`` rises with time inside one vCenter. References are managed
    object ids. ``source_*`` is where the object came from, ``dest_host`` where a starting migration is headed.
    """

    key: int
    type: str
    at: datetime
    chain: int | None = None
    user: str = ""
    vm: str | None = None
    vm_name: str | None = None
    host: str | None = None
    cluster: str | None = None
    datacenter: str | None = None
    datastore: str | None = None
    source_host: str | None = None
    source_datastore: str | None = None
    dest_host: str | None = None
    source_vm: str | None = None
    object_id: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that could not be read, and why, in one sentence that says what to do."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class About:
    """Identity of the server: ``api_type`` is ``VirtualCenter``, or ``HostAgent`` for a lone ESXi host."""

    instance_uuid: str
    version: str
    build: str
    api_type: str
    api_version: str
    full_name: str = ""


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
