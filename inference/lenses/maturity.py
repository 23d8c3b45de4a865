"""Maturity matrix: eight process areas by five levels, and the same answers read the other way up.

Source: "VMware Maturity Model": levels may not be skipped; and its author's later view that the model stands upside down,
since measuring and improving has to come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from itertools import takewhile
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from inference.declared import HIGHEST_LEVEL, PRACTICES, Practice, Score
from inference.lenses.basis import Basis, Source, Statement, joined, not_known

LEVELS = ("Initial", "Repeatable", "Defined", "Managed", "Continuously improving")
WORDS: dict[Practice, str] = {
    "repeatable": "do it the same way every time",
    "documented": "write it down",
    "measured": "measure it",
    "improved": "use the measurements to improve it",
}
CellState = Literal["met", "not_met", "not_known"]
Category = Annotated[int, Field(ge=1, le=3)]


class AreaData(BaseModel):
    """A process area and the categories of items that show its practices."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    title: str
    repeatable: dict[str, Category] = {}
    documented: dict[str, Category] = {}
    measured: dict[str, Category] = {}
    improved: dict[str, Category] = {}

    def items(self, practice: Practice) -> dict[str, Category]:
        """The items that show one practice."""
        return {
            "repeatable": self.repeatable,
            "documented": self.documented,
            "measured": self.measured,
            "improved": self.improved,
        }[practice]


class MatrixData(BaseModel):
    """All process areas."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    areas: tuple[AreaData, ...]


@lru_cache(maxsize=1)
def data() -> MatrixData:
    """The data that is shipped."""
    text = resources.files("inference.lenses").joinpath("data/maturity.yaml").read_text(encoding="utf-8")
    return MatrixData.model_validate(yaml.safe_load(text))


@dataclass(frozen=True, slots=True)
class Cell:
    """One level of one area: whether what it asks for is met, and who says so."""

    level: int
    title: str
    state: CellState
    statement: Statement
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inverted:
    """The area read the other way up: how many of its four practices hold, counted from improving down, and what is next.

    ``steps`` is ``None`` where not even the first of them is known.
    """

    steps: int | None
    of: int
    next: str


@dataclass(frozen=True, slots=True)
class Area:
    """One row: five cells, the level reached without skipping, practices that are ahead of it, and the inverted reading.

    ``level`` is ``None`` where nothing but the first cell is known. ``declared_level`` is what the operator's own answers
    reach, ``ahead`` the levels met above the first that is not.
    """

    id: str
    title: str
    cells: tuple[Cell, ...]
    level: int | None
    declared_level: int | None
    declared_on: date | None
    ahead: tuple[int, ...]
    next: str
    inverted: Inverted | None


@dataclass(frozen=True, slots=True)
class MaturityMatrix:
    """The matrix, the levels' names and the areas to begin with."""

    levels: tuple[str, ...]
    areas: tuple[Area, ...]
    begin_with: tuple[str, ...]
    summary: str


def maturity_matrix(basis: Basis) -> MaturityMatrix:
    """The matrix of one scope."""
    areas = tuple(_area(area, basis) for area in data().areas)
    scored = [area for area in areas if area.level is not None]
    lowest = min((area.level for area in scored if area.level is not None), default=None)
    begin = tuple(area.id for area in scored if area.level == lowest and lowest is not None and lowest < HIGHEST_LEVEL)
    said = f"{len(scored)} of {len(areas)} process areas can be scored."
    if len(scored) < len(areas):
        said += " " + not_known(joined([f"maturity.{area.id}" for area in areas if area.level is None]))
    return MaturityMatrix(LEVELS, areas, begin, said)


def _area(area: AreaData, basis: Basis) -> Area:
    said = basis.declared.maturity.get(area.id)
    cells = (_first(), *(_cell(area, practice, said, basis) for practice in PRACTICES))
    level = len(tuple(takewhile(lambda cell: cell.state == "met", cells)))
    known = any(cell.state != "not_known" for cell in cells[1:])
    return Area(
        id=area.id,
        title=area.title,
        cells=cells,
        level=level if known else None,
        declared_level=None if said is None else 1 + len(tuple(takewhile(said.practices.get, PRACTICES))),
        declared_on=None if said is None else said.declared_on,
        ahead=tuple(cell.level for cell in cells[level:] if cell.state == "met"),
        next=_next(area, cells, level),
        inverted=_inverted(area, cells) if known else None,
    )


def _first() -> Cell:
    return Cell(1, LEVELS[0], "met", Statement("Every process starts here.", "none"))


def _cell(area: AreaData, practice: Practice, said: Score | None, basis: Basis) -> Cell:
    level = PRACTICES.index(practice) + 2
    items = area.items(practice)
    found = {item: category >= items[item] for item in items if (category := basis.category(item)) is not None}
    unread = any(basis.is_unknown(item) for item in items)
    seen: bool | None = None
    if found and all(found.values()):
        seen = None if unread else True  # what could not be read may be otherwise
    elif found and not any(found.values()) and practice == "repeatable":
        seen = False
    own = None if said is None else said.practices.get(practice)
    # telemetry shows traces of a process and not the process, so the lower of the two holds
    state = False if False in (seen, own) else (seen or own)
    return Cell(
        level,
        LEVELS[level - 1],
        "not_known" if state is None else "met" if state else "not_met",
        _statement(seen, own, said, _left_open(found, practice) if seen is None else ""),
        basis.evidence(found),
    )


def _left_open(found: Mapping[str, bool], practice: Practice) -> str:
    """What is said where telemetry shows something of a practice and does not settle it."""
    if found and all(found.values()):
        return "What could be read supports it; the rest could not be read."
    return "Telemetry is mixed." if found and practice == "repeatable" else ""


def _statement(seen: bool | None, own: bool | None, said: Score | None, left_open: str) -> Statement:
    clauses = []
    if seen is not None:
        clauses.append("Telemetry supports it." if seen else "Telemetry does not support it.")
    elif left_open:
        clauses.append(left_open)
    if said is not None and own is not None:
        note = f": {said.note.rstrip('.')}" if said.note else ""
        clauses.append(f"Declared as {'met' if own else 'not met'}{note}.")
    source: Source = "none"
    if seen is not None:
        source = "telemetry" if own is None else "both"
    elif own is not None:
        source = "declared"
    on = said.declared_on if said is not None and own is not None else None
    return Statement(" ".join(clauses) or "Not known.", source, on)


def _next(area: AreaData, cells: tuple[Cell, ...], level: int) -> str:
    """The next level and no other: none may be skipped."""
    if level == HIGHEST_LEVEL:
        return "Keep it up: this is the highest level."
    practice, cell = PRACTICES[level - 1], cells[level]
    if cell.state == "not_known":
        return f"Level {level + 1} ({cell.title}): {WORDS[practice]}. {not_known(f'maturity.{area.id}')}"
    return f"To reach level {level + 1} ({cell.title}), {WORDS[practice]}."


def _inverted(area: AreaData, cells: tuple[Cell, ...]) -> Inverted:
    """From the top down: improving first, then measuring, writing down, repeating."""
    reached = len(tuple(takewhile(lambda cell: cell.state == "met", reversed(cells[1:]))))
    if reached == len(PRACTICES):
        return Inverted(reached, len(PRACTICES), "All four practices are met, whichever way they are read.")
    practice, unknown = WORDS[PRACTICES[-1 - reached]], cells[-1 - reached].state == "not_known"
    if unknown:
        said = f"Upside down, the next thing is to {practice}. {not_known(f'maturity.{area.id}')}"
        return Inverted(reached or None, len(PRACTICES), said)
    return Inverted(reached, len(PRACTICES), f"Upside down, the next thing is to {practice}.")
