"""Lenses: other readings of the same evidence, together with what the operator declared. This module holds their only list.

Each lens is a pure function of a ``Basis`` and ends in a frozen dataclass; none knows another. ``lenses`` renders all of them
as the plain data of the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from inference.declared import Declared
from inference.lenses.basis import Basis
from inference.lenses.elements import KeyElements, key_elements
from inference.lenses.inflections import Inflection, inflection_points
from inference.lenses.ledger import ValueLedger, value_ledger
from inference.lenses.maturity import MaturityMatrix, maturity_matrix
from inference.lenses.obstacles import ObstacleReading, obstacles
from inference.lenses.phases import Phases, phases
from inference.lenses.process import ProcessCheck, process_check
from inference.lenses.sightings import Sightings
from inference.lenses.value_map import ValueMap, value_map
from inference.results import Assessment

SIGNIFICANT_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Lenses:
    """Every lens on one scope."""

    key_elements: KeyElements
    inflection_points: tuple[Inflection, ...]
    value_map: ValueMap
    obstacles: tuple[ObstacleReading, ...]
    phases: Phases
    process_check: ProcessCheck
    maturity_matrix: MaturityMatrix
    value_ledger: ValueLedger


def read(assessment: Assessment, declared: Declared | None = None, sightings: Sightings | None = None) -> Lenses:
    """Look at one scope through every lens; ``declared`` is what holds for this scope."""
    basis = Basis(assessment, declared or Declared(), sightings or Sightings())
    return Lenses(
        key_elements=key_elements(basis),
        inflection_points=inflection_points(basis),
        value_map=value_map(basis),
        obstacles=obstacles(basis),
        phases=phases(basis),
        process_check=process_check(basis),
        maturity_matrix=maturity_matrix(basis),
        value_ledger=value_ledger(basis),
    )


def lenses(assessment: Assessment, declared: Declared | None = None, sightings: Sightings | None = None) -> Mapping[str, Any]:
    """The same as plain data, ready for JSON: times in UTC to the second, numbers to six significant digits."""
    rendered: dict[str, Any] = plain(read(assessment, declared, sightings))
    return rendered


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Plain data of a lens: mappings, lists, text, numbers, true, false and null."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if value.is_integer() else float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return value
