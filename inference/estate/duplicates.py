"""Objects that a snapshot lists more than once."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from collector.facts import Fact, Snapshot

F = TypeVar("F", bound=Fact)


def each_once(snapshot: Snapshot) -> Snapshot:
    """The snapshot with every object once: an id names one object, whoever lists it twice."""
    vms, hosts, clusters = _distinct(snapshot.vms), _distinct(snapshot.hosts), _distinct(snapshot.clusters)
    return replace(snapshot, vms=vms, hosts=hosts, clusters=clusters)


def _distinct(items: tuple[F, ...]) -> tuple[F, ...]:
    return tuple({item.id: item for item in items}.values())
