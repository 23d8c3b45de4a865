"""What settings mean for machines, worked out once for each cluster."""

from __future__ import annotations

from collections.abc import Callable

from collector.facts import Cluster, VirtualMachine
from inference.verdicts import Places, verdicts


def counting(asked: list[tuple[str, int | None]]) -> Callable[[Cluster, int | None], bool | None]:
    """A judge that notes what it is asked."""

    def judge(cluster: Cluster, own: int | None) -> bool | None:
        asked.append((cluster.id, own))
        return None if cluster.id == "dark" else bool(own)

    return judge


def test_a_cluster_is_asked_once_and_an_override_each_time() -> None:
    """Machines without a setting of their own share the answer of their cluster, which may be that nobody knows."""
    vms = [VirtualMachine(id=name) for name in ("a", "b", "own", "d", "lone")]
    vms.append(VirtualMachine(id="hidden", unreadable=frozenset({"host"})))
    places = {"a": "c", "b": "c", "own": "c", "d": "dark"}
    clusters = {name: Cluster(id=name) for name in ("c", "dark")}
    asked: list[tuple[str, int | None]] = []
    found = verdicts(Places.of(vms, places), clusters, {"own": 1, "lone": 1}, counting(asked))
    assert found == {"a": False, "b": False, "own": True, "d": None, "lone": False, "hidden": None}
    assert sorted(asked, key=str) == [("c", 1), ("c", None), ("dark", None)]
