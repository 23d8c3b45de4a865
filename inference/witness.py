"""Witness: the clusters' own counters of vMotion, which do not depend on kept events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from inference.automation import is_fully_automated
from inference.estate import Estate
from inference.history import MotionCount


@dataclass(frozen=True, slots=True)
class Growth:
    """Migrations that clusters counted in ``days``.

    ``machines`` workloads run in these clusters; ``balanced`` where DRS moves by itself in one of them.
    """

    count: int
    days: float
    machines: int
    balanced: bool


def counted_motions(estate: Estate, start: datetime) -> Growth | None:
    """The growth of the counters of this scope since ``start``; ``None`` where no counter was read twice."""
    series: dict[str, list[MotionCount]] = {cluster.id: [] for cluster in estate.clusters.items}
    for point in estate.history.motion_counts:
        if point.cluster in series and point.at >= start:
            series[point.cluster].append(point)
    total, longest = 0, timedelta(0)
    counted: set[str] = set()
    for cluster, points in series.items():
        points.sort(key=lambda point: point.at)
        if len(points) > 1:
            counted.add(cluster)
            total += sum(growth(earlier.count, later.count) for earlier, later in pairwise(points))
            longest = max(longest, points[-1].at - points[0].at)
    if not counted:
        return None
    machines = sum(estate.base.cluster_of_vm.get(vm.id) in counted for vm in estate.powered_on.items)
    balanced = any(is_fully_automated(cluster) is not False for cluster in estate.clusters.items if cluster.id in counted)
    return Growth(total, longest / timedelta(days=1), machines, balanced)


def growth(earlier: int, later: int) -> int:
    """What a counter grew by; one that fell was reset and has counted from zero since."""
    return later - earlier if later >= earlier else later
