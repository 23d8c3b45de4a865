"""The clusters' own counters of vMotion, which do not depend on kept events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from inference.estate.automation import is_fully_automated
from inference.estate.estate import Estate


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


def growth(earlier: int, later: int) -> int:
    """What a counter grew by; one that fell was reset and has counted from zero since, or turned over to where nobody knows."""
    return later - earlier if later >= earlier else max(0, later)
