"""Witness: the clusters' own counters of vMotion, which do not depend on kept events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from inference.estate.automation import is_fully_automated
from inference.estate.estate import Estate, Window
from inference.events.event_kinds import MAINTENANCE_KINDS
from inference.wording import counted


@dataclass(frozen=True, slots=True)
class Growth:
    """Migrations that clusters counted in ``days``.

    ``machine_days`` are those of the workloads that run there; ``balanced`` where DRS moves by itself in one of them.
    """

    count: int
    days: float
    machine_days: float
    balanced: bool


def counted_motions(estate: Estate, start: datetime) -> Growth | None:
    """The growth of the counters of this scope since ``start``; ``None`` where no counter was read twice."""
    total, spans = 0, dict[str, float]()
    for cluster in estate.clusters.items:
        points = [point for point in estate.base.motion_counts_in.get(cluster.id, ()) if point.at >= start]
        if len(points) > 1:
            spans[cluster.id] = (points[-1].at - points[0].at) / timedelta(days=1)
            total += sum(growth(earlier.count, later.count) for earlier, later in pairwise(points))
    if not spans:
        return None
    running = estate.base.running_residents.everyone()
    machine_days = sum(days * running.of(cluster).all for cluster, days in spans.items()) if estate.powered_on.items else 0.0
    balanced = any(is_fully_automated(cluster) is not False for cluster in estate.clusters.items if cluster.id in spans)
    return Growth(total, max(spans.values()), machine_days, balanced)


def hidden_motions(estate: Estate, window: Window) -> str | None:
    """That clusters counted migrations while no event of a window tells whose, not even that it was an agent's.

    vCenter shows only events of what the account may see; then it is not true that nothing moved.
    """
    newest = estate.base.newest_migration
    if newest is not None and newest >= window.seen_from:
        return None
    nameless = estate.base.newest_nameless_migration
    if nameless is not None and nameless >= window.seen_from:
        return "events tell of migrations, and of none which machine it was"
    grown = counted_motions(estate, window.seen_from)
    if grown is None or not grown.count:
        return None
    return f"the clusters counted {counted(grown.count, 'migration')} in {grown.days:.3g} days, but no event shows one"


def hidden_maintenance(estate: Estate) -> str | None:
    """That neither a host nor what was done to one can be seen: vCenter shows only events of what the account may see.

    Whether moves by DRS balanced load or emptied a host for maintenance is told by events of hosts alone.
    """
    hosts, gap = estate.snapshot.hosts, estate.gap("hosts")
    if hosts or not (gap or estate.snapshot.vms) or any(kind in estate.base.events for kind in MAINTENANCE_KINDS):
        return None
    return f"{gap or 'hosts could not be read'}; no event shows host maintenance"


def growth(earlier: int, later: int) -> int:
    """What a counter grew by; one that fell was reset and has counted from zero since, or turned over to where nobody knows."""
    return later - earlier if later >= earlier else max(0, later)
