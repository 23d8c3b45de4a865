"""Phases: consolidation, automation and virtualization-aware applications, with the four prerequisites of the second.

Source: "Hot Aisle phases". The same evidence as the stages, read on another scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from inference.declared import Prerequisite
from inference.lenses.basis import Basis, Statement, joined, lowered, not_known

TITLES = (
    "Consolidation",
    "Automation: workloads move by themselves, failover is reliable, templates are tested",
    "Virtualization-aware applications",
)
SECOND, THIRD = 2.0, 3.5
"""Positions at which the second and the third phase begin: with business production, and half way through the last stage."""

State = Literal["ready", "partly", "not_ready", "not_known", "not_applicable"]


class ItemData(BaseModel):
    """The category that an indicator has to reach, and what is then so in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    at: Annotated[int, Field(ge=1, le=3)]
    words: str


class PartData(BaseModel):
    """A prerequisite or a sign and the indicators that show it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    title: str
    items: dict[str, ItemData]


class ReadinessData(BaseModel):
    """The prerequisites and the signs of the second phase."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    prerequisites: tuple[PartData, ...]
    signs: tuple[PartData, ...]


@lru_cache(maxsize=1)
def data() -> ReadinessData:
    """The data that is shipped."""
    text = resources.files("inference.lenses").joinpath("data/readiness.yaml").read_text(encoding="utf-8")
    return ReadinessData.model_validate(yaml.safe_load(text))


@dataclass(frozen=True, slots=True)
class ReadinessReading:
    """One prerequisite or sign: how far it is there, and why that is said."""

    id: str
    title: str
    state: State
    statement: Statement
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phases:
    """The phase, 1 to 3 (``None`` below the evidence floor), the signs of the second one and the readiness list for it."""

    phase: int | None
    title: str | None
    signs: tuple[ReadinessReading, ...]
    prerequisites: tuple[ReadinessReading, ...]
    ready: bool | None
    summary: str


def phases(basis: Basis) -> Phases:
    """The phase of one scope and how ready it is for the second."""
    assessment = basis.assessment
    position = None if assessment.inferred is None else assessment.posterior.position
    phase = None if position is None else 1 + (position >= SECOND) + (position >= THIRD)
    signs = tuple(_reading(part, basis, None) for part in data().signs)
    needs = tuple(_reading(part, basis, basis.declared.prerequisites.get(part.id)) for part in data().prerequisites)
    unread = frozenset(part.id for part in data().prerequisites if _waits_for_what_is_unread(part, basis))
    missing = any(need.state in {"partly", "not_ready"} and need.id not in unread for need in needs)
    ready = False if missing else True if {need.state for need in needs} == {"ready"} else None
    title = None if phase is None else TITLES[phase - 1]
    return Phases(phase, title, signs, needs, ready, _summary(phase, needs, signs, unread))


def _waits_for_what_is_unread(part: PartData, basis: Basis) -> bool:
    """Whether nothing but what could not be read stands between a prerequisite and being ready."""
    reached = [category >= part.items[item].at for item in part.items if (category := basis.category(item)) is not None]
    said = basis.declared.prerequisites.get(part.id)
    return all(reached) and said is None and any(basis.is_unknown(item) for item in part.items)


def _reading(part: PartData, basis: Basis, said: Prerequisite | None) -> ReadinessReading:
    """What vCenter shows, or what was said where it shows nothing, or the lower of the two."""
    answers = ((item, basis.category(item)) for item in part.items)
    found = {item: category >= part.items[item].at for item, category in answers if category is not None}
    unread = [item for item in part.items if basis.is_unknown(item)]
    evidence, shown = basis.evidence(found), _shown(part, found, unread)
    state: State = "not_known"
    if found:
        # what could not be read may be missing too, so the rest alone does not make it ready
        complete = all(found.values()) and not unread
        state = "ready" if complete else "partly" if any(found.values()) else "not_ready"
    if said is not None:
        note = f": {said.note.rstrip('.')}" if said.note else ""
        words = f"Declared as {said.state.replace('_', ' ')}{note}."
        if not found:
            return ReadinessReading(part.id, part.title, said.state, Statement(words, "declared", said.declared_on))
        # vCenter shows traces of a process and not the process, so the lower of the two holds
        traces: State = "ready" if all(found.values()) else state
        lower = min(said.state, traces, key=("not_ready", "partly", "ready").index)
        return ReadinessReading(part.id, part.title, lower, Statement(f"{words} {shown}", "both", said.declared_on), evidence)
    if found:
        return ReadinessReading(part.id, part.title, state, Statement(shown, "telemetry"), evidence)
    if part not in data().signs:
        # a process is needed whatever is licensed: where no indicator of it applies, nothing shows it
        return ReadinessReading(part.id, part.title, "not_known", Statement(not_known(f"prerequisites.{part.id}"), "none"))
    if reason := basis.not_applicable(part.items):
        return ReadinessReading(part.id, part.title, "not_applicable", Statement(f"Does not apply: {reason}.", "telemetry"))
    text = f"Not known: {basis.why_unknown(part.items)}."
    return ReadinessReading(part.id, part.title, "not_known", Statement(text, "none"))


def _shown(part: PartData, found: Mapping[str, bool], unread: Sequence[str]) -> str:
    """What vCenter shows of a part, what it shows to be missing, and what it does not show."""
    clauses = (
        ("vCenter shows that", [item for item, reached in found.items() if reached]),
        ("Not yet the case:", [item for item, reached in found.items() if not reached]),
        ("Not known whether", unread),
    )
    return " ".join(f"{opening} {joined([part.items[item].words for item in items])}." for opening, items in clauses if items)


def _summary(
    phase: int | None, needs: tuple[ReadinessReading, ...], signs: tuple[ReadinessReading, ...], unread: frozenset[str]
) -> str:
    """The phase and what it still needs; ``unread`` are the needs of which nothing is missing that could be read."""
    if phase is None:
        return "There is not enough evidence to name a phase."
    short = [need for need in needs if need.state in {"partly", "not_ready"}]
    missing = [lowered(need.title) for need in short if need.id not in unread]
    half = [lowered(need.title) for need in short if need.id in unread]
    unknown = [lowered(need.title) for need in needs if need.state == "not_known"]
    said = f"Phase {phase} of 3."
    moving = any(sign.id == "moves_by_itself" and sign.state == "ready" for sign in signs)
    if missing and moving:
        said += f" Workloads already move by themselves although these are not yet in place: {joined(missing)}."
    elif missing:
        said += f" Needed for phase 2: {joined(missing)}." if phase == 1 else f" Not fully in place: {joined(missing)}."
    if half:
        said += f" In place as far as could be read: {joined(half)}."
    return f"{said} Not known: {joined(unknown)}." if unknown else said
