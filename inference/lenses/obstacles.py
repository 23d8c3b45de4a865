"""Obstacles: shared storage as vCenter shows it, team communication and doubts about virtualization as declared.

Source: "IT Production Phase Drill Down", which names these three as the largest at the beginning of a journey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inference.lenses.basis import Basis, Statement, not_known
from inference.wording import whole_percent

State = Literal["in_the_way", "handled", "none", "not_known"]
DECLARED = (
    ("team_communication", "Server, storage, network and security teams do not work together on virtualization"),
    ("fud", "Fear, uncertainty and doubt about virtualization"),
)
FIT = 2
"""Category of the share of workloads on shared storage from which it is not in the way."""


@dataclass(frozen=True, slots=True)
class ObstacleReading:
    """One obstacle and whether it is in the way, handled, absent or not known."""

    id: str
    title: str
    state: State
    statement: Statement
    evidence: tuple[str, ...] = ()


def obstacles(basis: Basis) -> tuple[ObstacleReading, ...]:
    """The three obstacles."""
    return (_storage(basis), *(_declared(basis, id_, title) for id_, title in DECLARED))


def _storage(basis: Basis) -> ObstacleReading:
    id_, title = "storage_architecture", "Storage unsuitable for vMotion"
    shared, category = basis.observed("shared_storage_share"), basis.category("shared_storage_share")
    if shared is None or shared.value is None or category is None:
        text = f"Not known: {basis.why_unknown(('shared_storage_share',))}."
        return ObstacleReading(id_, title, "not_known", Statement(text, "none"))
    text = f"{whole_percent(shared.value)} of powered-on workload VMs use only shared storage"
    if category >= FIT:
        state: State = "none"
        text += ", so storage is not in the way."
    else:
        state = "in_the_way"
        text += "; the others cannot move to another host without moving their disks, and HA cannot restart them elsewhere."
    return ObstacleReading(id_, title, state, Statement(text, "telemetry"), basis.evidence(("shared_storage_share",)))


def _declared(basis: Basis, id_: str, title: str) -> ObstacleReading:
    said = basis.declared.obstacles.get(id_)
    if said is None:
        return ObstacleReading(id_, title, "not_known", Statement(not_known(f"obstacles.{id_}"), "none"))
    words = {"in_the_way": "In the way", "handled": "Handled", "none": "Not an obstacle here"}[said.state]
    text = f"{words}: {said.note.rstrip('.')}." if said.note else f"{words}."
    return ObstacleReading(id_, title, said.state, Statement(text, "declared", said.declared_on))
