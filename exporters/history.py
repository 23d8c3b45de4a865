"""The history document, schema 1: what was declared, what changed and what was first seen when.

The API and ``vjourney history --json`` say it; keys are only added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from exporters.numbers import Time
from exporters.schema import MilestonePart, Part, ScopePart, StageNumber, TransitionPart

INCOMPLETE = "incomplete"
"""The flag of a fleet of which not every vCenter was read, or not for long."""


def is_whole(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of the assessment document is about all of its scope, and all of it was read lately."""
    return all(flag["id"] != INCOMPLETE for flag in entry["flags"])


class DeclarationPart(Part):
    """The stage that holds for a scope, and the candidate that may replace it."""

    scope: str
    declared: StageNumber | None
    declared_since: Time | None
    candidate: StageNumber | None
    candidate_since: Time | None


class ScopeTransitionPart(TransitionPart):
    """A change of the declared stage of one scope, by its id."""

    scope: str


class ScopeMilestonePart(MilestonePart):
    """A milestone of one scope, by its id."""

    scope: str


class History(Part):
    """What was declared, what changed, what was first seen when; ``readings`` are stored past assessments, newest last.

    A reading is ``whole`` unless vCenters were missing in it, or were last read long before.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    scopes: list[ScopePart]
    declarations: list[DeclarationPart]
    transitions: list[ScopeTransitionPart]
    milestones: list[ScopeMilestonePart]
    readings: list[dict[str, Any]]
