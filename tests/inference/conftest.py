"""Builders of facts: a test states what matters to it, and everything else is a plain, healthy estate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.facts import (
    About,
    Cluster,
    Datastore,
    DrsConfig,
    Event,
    Extension,
    Gap,
    HaConfig,
    Host,
    License,
    ManagedBy,
    Snapshot,
    VirtualMachine,
)
from inference.estate.estate import Estate
from inference.estate.history import History, MotionCount
from inference.indicators import INDICATORS
from inference.judging.judge import Case, judge
from inference.judging.model import load
from inference.judging.reading import read
from inference.judging.scenarios import Scenarios, consider
from inference.observations import Observation, amount, not_applicable, rate, share
from inference.results import Assessment, Scope

Answers = dict[str, Observation]
Judged = Callable[..., Assessment]
Considered = Callable[..., Scenarios]

ENTERPRISE_PLUS = License("VMware vSphere 8 Enterprise Plus", "esx.enterprisePlus.cpuPackage")
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass
class EstateBuilder:
    """A vCenter in the making: one cluster ``c1`` with shared storage unless told otherwise, thirty days of events seen.

    Every feature is licensed.
    """

    clusters: list[Cluster] = field(default_factory=list)
    hosts: list[Host] = field(default_factory=list)
    vms: list[VirtualMachine] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    motion_counts: list[MotionCount] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    seen_days: float | None = 30.0
    unreadable_events: str | None = None
    shared: bool | None = True
    now: datetime = NOW

    def cluster(self, id_: str = "c1", hosts: int = 2, **changes: Any) -> EstateBuilder:  # noqa: ANN401 - any field
        """Add a cluster with HA and fully automated DRS, and connected hosts ready for vMotion."""
        ids = tuple(f"{id_}-h{n}" for n in range(1, hosts + 1))
        base = Cluster(
            id=id_,
            name=id_,
            hosts=ids,
            ha=HaConfig(enabled=True, admission_control=True, restart_priority="medium", vm_monitoring="vmMonitoringDisabled"),
            drs=DrsConfig(enabled=True, behavior="fullyAutomated", vmotion_rate=3, overrides_allowed=True),
        )
        self.clusters.append(replace(base, **changes))
        for host in ids:
            self.host(host, parent=id_)
        return self

    def host(self, id_: str, **changes: Any) -> EstateBuilder:  # noqa: ANN401 - any field
        """Add a connected host with 16 cores and 128 GB."""
        base = Host(id=id_, name=id_, cores=16, memory_bytes=128 * 2**30, vmotion_enabled=True, connection="connected")
        self.hosts.append(replace(base, **changes))
        return self

    def machines(self, count: int, *, host: str = "c1-h1", prefix: str = "vm", **changes: Any) -> EstateBuilder:  # noqa: ANN401
        """Add powered-on machines ``vm-1``, ``vm-2`` ... with names that say nothing."""
        for n in range(1, count + 1):
            base = VirtualMachine(
                id=f"{prefix}-{n}",
                name=f"{prefix}-{n}",
                host=host,
                power="poweredOn",
                connection="connected",
                template=False,
                datastores=("ds",),
                vcpus=2,
                memory_mb=4096,
                created=NOW - timedelta(days=10),
            )
            self.vms.append(replace(base, **changes))
        return self

    def machine(self, id_: str, **changes: Any) -> EstateBuilder:  # noqa: ANN401 - any field
        """Add one powered-on machine."""
        self.machines(1, prefix=id_, **changes)
        last = self.vms[-1]
        self.vms[-1] = replace(last, id=id_, name=changes.get("name", id_))
        return self

    def placeholders(self, count: int) -> EstateBuilder:
        """Add placeholders of Site Recovery Manager."""
        return self.machines(
            count, prefix="ph", power="poweredOff", managed_by=ManagedBy("com.vmware.vcDr-site2", "placeholderVm")
        )

    def event(self, type_: str, *, days_ago: float = 1.0, **fields: Any) -> EstateBuilder:  # noqa: ANN401 - any field
        """Add an event; keys rise in the order of the calls."""
        self.events.append(Event(key=len(self.events) + 1, type=type_, at=NOW - timedelta(days=days_ago), **fields))
        return self

    def drs_move(self, vm: str, source: str | None = "c1-h1", dest: str | None = "c1-h2", **fields: Any) -> EstateBuilder:  # noqa: ANN401
        """Add a move that DRS recommended."""
        return self.event("DrsVmMigratedEvent", vm=vm, source_host=source, host=dest, **fields)

    def live_move(self, vm: str, source: str = "c1-h1", dest: str = "c1-h2", **fields: Any) -> EstateBuilder:  # noqa: ANN401
        """Add the two ends of a live migration by somebody."""
        self.event("VmBeingHotMigratedEvent", vm=vm, host=source, dest_host=dest, **fields)
        return self.event("VmMigratedEvent", vm=vm, source_host=source, host=dest, **fields)

    def tagged(self) -> EstateBuilder:
        """Let tags be read: those that machines have by now, and none on the others."""
        self.vms = [replace(vm, tags=vm.tags or ()) for vm in self.vms]
        self.more["tags"] = tuple(sorted({tag for vm in self.vms for tag in vm.tags or ()}))
        return self

    def snapshot(self) -> Snapshot:
        """The snapshot as it stands."""
        hosts = tuple(host.id for host in self.hosts)
        store = Datastore(id="ds", name="ds", type="VMFS", multiple_host_access=self.shared, hosts=hosts)
        facts: dict[str, Any] = {"datastores": (store,), "licenses": (ENTERPRISE_PLUS,)} | self.more
        return Snapshot(
            vcenter="prod",
            about=About("uuid", "8.0.2", "1", "VirtualCenter", "8.0.2.0"),
            taken_at=NOW,
            clusters=tuple(self.clusters),
            hosts=tuple(self.hosts),
            vms=tuple(self.vms),
            extensions=tuple(self.extensions),
            gaps=tuple(self.gaps),
            **facts,
        )

    def history(self) -> History:
        """The history as it stands."""
        since = None if self.seen_days is None else NOW - timedelta(days=self.seen_days)
        return History(tuple(self.events), since, self.unreadable_events, tuple(self.motion_counts))

    def estate(self) -> Estate:
        """The estate of the whole vCenter."""
        return Estate.of(self.snapshot(), self.history())

    def machine_gap(self, *fields: str) -> EstateBuilder:
        """Make these fields of every machine unreadable."""
        self.vms = [replace(vm, unreadable=frozenset(fields)) for vm in self.vms]
        return self

    def cluster_gap(self, *fields: str) -> EstateBuilder:
        """Make these fields of every cluster unreadable."""
        self.clusters = [replace(cluster, unreadable=frozenset(fields)) for cluster in self.clusters]
        return self

    def gap(self, topic: str) -> EstateBuilder:
        """Make a topic unreadable."""
        self.gaps.append(Gap(topic, "the account may not read it; grant it Read-only"))
        return self

    def observe(self, indicator: str) -> Observation:
        """The answer of one indicator about the whole vCenter."""
        return {found.__name__: found for found in INDICATORS}[indicator](self.estate())


@pytest.fixture
def build() -> EstateBuilder:
    """An empty vCenter to build on."""
    return EstateBuilder()


@pytest.fixture(scope="session")
def new() -> Callable[[], EstateBuilder]:
    """As many empty vCenters as a test needs."""
    return EstateBuilder


MODEL = load("journey-1")
JUDGED_AT = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("vcenter", "uuid", "prod", "prod")
PRODUCTION: Answers = {
    o.indicator: o
    for o in (
        share("cluster_share", 12, 12),
        share("shared_storage_share", 190, 200),
        amount("scale", 200),
        amount("vm_per_host", 17),
        share("vmotion_ready", 12, 12),
        rate("vmotion_rate", 20, 2.0),
        share("maint_evac", 7, 10),
        share("vmotion_breadth", 120, 200),
        rate("svmotion_rate", 3, 2.0),
        share("drs_auto", 120, 200),
        share("drs_initiated", 36, 60),
        not_applicable("sdrs", "vSAN"),
        share("rules_pools", 0, 2),
        share("ha_share", 180, 200),
        share("ha_admission", 2, 2),
        share("ha_vm_monitoring", 5, 200),
        amount("dr_registered", 0),
        share("dr_protected", 0, 200),
        amount("dr_tests", 0),
        share("biz_share", 28, 200),
        amount("biz_div", 3),
        share("big_vm", 6, 200),
        share("biz_protected", 14, 28),
        not_applicable("vdi_share", "no virtual desktop"),
        share("template_share", 26, 30),
        share("size_std", 22, 30),
        share("hw_version", 160, 200),
        share("tools_current", 160, 200),
        share("dvs_share", 120, 200),
        share("host_baseline", 3, 12),
        share("build_homogeneity", 11, 12),
        share("snapshot_hygiene", 192, 200),
        share("auto_ops", 6, 90),
        amount("self_service", 0),
        amount("tenants", 2),
        rate("churn", 6, 2.0),
        amount("prov_gap", 3),
        share("owner_tags", 90, 200),
        not_applicable("pct_virtualized", "not declared"),
        amount("business_in_ha", 6),
    )
}


@pytest.fixture
def production() -> Answers:
    """The answers of a plain estate of business production, by indicator."""
    return dict(PRODUCTION)


@pytest.fixture(scope="session")
def assessed() -> Judged:
    """Assesses some observations."""

    def of(*observations: Observation, **more: Any) -> Assessment:  # noqa: ANN401 - any field of a case
        return judge(Case(SCOPE, JUDGED_AT, observations, **more), MODEL)

    return of


@pytest.fixture(scope="session")
def judged() -> Judged:
    """Assesses the production estate with some answers changed or left out."""

    def of(*changes: Observation, without: tuple[str, ...] = (), declared: int | None = None) -> Assessment:
        answers = PRODUCTION | {change.indicator: change for change in changes}
        kept = [o for name, o in answers.items() if name not in without]
        return judge(Case(SCOPE, JUDGED_AT, kept, declared=declared), MODEL)

    return of


@pytest.fixture(scope="session")
def considered() -> Considered:
    """Gives the scenarios of some observations."""

    def of(*observations: Observation) -> Scenarios:
        return consider(MODEL, read(MODEL, observations))

    return of
