"""Sightings: what lenses need from the facts of a vCenter besides its indicators, so small that a fleet can pool it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from math import inf
from types import MappingProxyType

from collector.facts import Cluster, Datastore
from inference.counting import YEAR, of_days, oldest, too_short
from inference.estate.estate import Estate, Window
from inference.events.event_kinds import Kind
from inference.events.provisioning import NewMachine
from inference.products import registered
from inference.results import Declaration
from inference.wording import counted

QUARTER = 90.0

BUSY_CPU = 0.8
"""Part of a cluster's processors in demand from which a failed host is felt (expert prior)."""

FULL_STORAGE = 0.9
"""Part of the shared capacity in use from which datastores run short (expert prior)."""

GROWTH = 0.1
"""Part of the hosts that have to be new before a larger estate is called growth (expert prior)."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """Counts and sentences of one scope. ``None`` where nothing could be seen, which is not the same as nothing there.

    ``products`` are ids of registered products. ``maintenance`` counts entries by outcome and ``provisioned`` machines by
    method or as ``import``, both of ``days``, which are ``reach`` of them. ``triggers`` holds sentences by the id of
    the trigger they are consistent with; ``looked_for`` the triggers that could be looked for at all.
    """

    products: frozenset[str] | None = None
    maintenance: Mapping[str, int] | None = None
    provisioned: Mapping[str, int] | None = None
    triggers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    looked_for: frozenset[str] = frozenset()
    days: str = "in 90 days"
    reach: float = inf


def sight(estate: Estate, before: Declaration | None = None) -> Sightings:
    """Look at one vCenter; ``before`` is its last declaration, which remembers how many hosts there were."""
    window = estate.window(QUARTER)
    new = estate.made_since(window.start)
    library = estate.base.from_library
    made = Counter[str](_made_by(machine, machine.machine in library) for machine in new)
    entries = [entry for entry in estate.entries if entry.at >= window.start]
    entered = Counter[str](entry.outcome for entry in entries)
    since = oldest([*new, *entries]) or window.seen_from
    triggers: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for trigger, sentence in _triggers(estate, before or Declaration()):
        triggers[trigger] += (f"{estate.scope.name}: {sentence}",)
    return Sightings(
        products=None if estate.gap("extensions") else frozenset(p.id for p in registered(estate.snapshot.extensions)),
        maintenance=entered if entered or not _short(window) else None,
        provisioned=made if made or not _short(window) else None,
        days=of_days(window, since),
        reach=inf if window.unseen else max(window.days, window.length - (since - window.start) / timedelta(days=1)),
        triggers=triggers,
        looked_for=frozenset(_looked_for(estate)),
    )


def _made_by(machine: NewMachine, from_library: bool) -> str:
    """How a machine was made; one of the content library is made from its template, and begins blank by its event alone."""
    return "import" if machine.is_import else "template" if from_library else machine.method


def pool(sightings: Iterable[Sightings]) -> Sightings:
    """The sightings of several vCenters as those of one; a part that saw nothing adds nothing."""
    return reduce(_both, sightings, Sightings())


def _both(one: Sightings, other: Sightings) -> Sightings:
    having = [each for each in (one, other) if each.maintenance or each.provisioned]
    told = max(having, key=_reach) if having else min((one, other), key=_reach)
    return Sightings(
        products=one.products if other.products is None else (one.products or frozenset()) | other.products,
        maintenance=_sum(one.maintenance, other.maintenance),
        provisioned=_sum(one.provisioned, other.provisioned),
        days=told.days,
        reach=told.reach,
        triggers={
            name: one.triggers.get(name, ()) + other.triggers.get(name, ())
            for name in sorted(one.triggers.keys() | other.triggers.keys())
        },
        looked_for=one.looked_for | other.looked_for,
    )


def _reach(sightings: Sightings) -> float:
    return sightings.reach


def _short(window: Window) -> bool:
    """Whether too little was seen for nothing to mean none."""
    return too_short(window) is not None


def _sum(one: Mapping[str, int] | None, other: Mapping[str, int] | None) -> Mapping[str, int] | None:
    if one is None or other is None:
        return other if one is None else one
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted(one.keys() | other.keys())}


def _looked_for(estate: Estate) -> Iterator[str]:
    if _models(estate):
        yield "hardware_refresh"
    in_demand = [_cpu_in_demand(cluster) for cluster in estate.clusters.items]
    in_use = _storage_in_use(estate.snapshot.datastores, estate.base.shared)
    if in_use is not None and in_demand and None not in in_demand:
        yield "capacity_constraints"
    if not _short(estate.window(YEAR)):
        yield "outages"


def _triggers(estate: Estate, before: Declaration) -> Iterator[tuple[str, str]]:
    """Each trigger that the facts are consistent with, and the sentence that says why."""
    models = _models(estate)
    for cluster in estate.clusters.items:
        if len(names := sorted(models[cluster.id])) > 1:
            yield "hardware_refresh", f"cluster {cluster.name} has hosts of {len(names)} models ({', '.join(names)})"
        if (busy := _cpu_in_demand(cluster)) is not None and busy >= BUSY_CPU:
            yield "capacity_constraints", f"CPU demand in cluster {cluster.name} is {busy:.0%} of capacity"
    if (used := _storage_in_use(estate.snapshot.datastores, estate.base.shared)) is not None and used >= FULL_STORAGE:
        yield "capacity_constraints", f"shared storage is {used:.0%} full"
    hosts = None if estate.hosts.missing else len(estate.hosts_listed)
    if before.hosts and before.hosts_since and hosts is not None and hosts - before.hosts >= max(1.0, GROWTH * before.hosts):
        yield "capacity_constraints", f"it has grown from {before.hosts} to {hosts} hosts since {before.hosts_since:%Y-%m-%d}"
    restarts = estate.events_since(Kind.HA_RESTART, estate.window(YEAR).start)
    if restarts:
        latest = max(event.at for event in restarts)
        yield "outages", f"{counted(len(restarts), 'VM restart')} by HA in the last 365 days, the latest on {latest:%Y-%m-%d}"


def _models(estate: Estate) -> Mapping[str, set[str]]:
    """Vendors and models of the hosts of each cluster."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for host in estate.hosts.items:
        if host.knows("model", "vendor") and host.model:
            found[estate.base.cluster_of_host.get(host.id, "")].add(f"{host.vendor or ''} {host.model}".strip())
    return found


def _cpu_in_demand(cluster: Cluster) -> float | None:
    if not cluster.knows("cpu_demand_mhz", "total_cpu_mhz") or cluster.cpu_demand_mhz is None or not cluster.total_cpu_mhz:
        return None
    return cluster.cpu_demand_mhz / cluster.total_cpu_mhz


def _storage_in_use(datastores: Iterable[Datastore], shared: Mapping[str, bool | None]) -> float | None:
    known = [d for d in datastores if shared.get(d.id) and d.knows("capacity", "free") and d.capacity and d.free is not None]
    capacity = sum(d.capacity or 0 for d in known)
    return 1.0 - sum(d.free or 0 for d in known) / capacity if capacity else None
