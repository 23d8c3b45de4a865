"""The first declaration: what it needs, and which stage it names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from inference.declare import step
from inference.judging.model import load
from inference.results import Declaration, Transition

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Declared, Look

MODEL = load("journey-1")
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_unknown_profile_is_refused(look: Look) -> None:
    """A profile that the model does not have is named, with those it has."""
    with pytest.raises(ValueError, match="no hysteresis profile brave; the model has conservative, default"):
        step(Declaration(), look(0), model=MODEL, evidence_days=30, profile="brave")


@pytest.mark.parametrize(
    ("evidence_days", "seen"),
    [(29.0, {}), (30.0, {"coverage": 0.49}), (400.0, {"coverage": 0.2})],
    ids=["short history", "coverage below one half", "no stage at all"],
)
def test_nothing_is_declared_without_evidence(evidence_days: float, seen: dict[str, float], look: Look) -> None:
    """A first declaration needs thirty days of evidence and coverage of one half."""
    state, transitions = step(Declaration(), look(0, **seen), model=MODEL, evidence_days=evidence_days)
    assert (state.declared, transitions) == (None, ())


def test_the_first_declaration_names_the_inferred_stage(look: Look) -> None:
    """With enough evidence the first look declares, with the cause that says so."""
    state, transitions = step(Declaration(), look(0, stage=2, coverage=0.5), model=MODEL, evidence_days=30)
    assert transitions == (Transition("uuid", START, None, 2, "first"),)
    assert (state.declared, state.since, state.candidate) == (2, START, None)


def test_the_same_assessment_again_changes_nothing(look: Look, declared: Declared) -> None:
    """Neither the same look, nor one an hour later, nor one from the past is evaluated."""
    state = declared()
    for day in (0.0, 1 / 24, 0.99, -2.0):
        assert step(state, look(day, stage=2), model=MODEL, evidence_days=60) == (state, ())
