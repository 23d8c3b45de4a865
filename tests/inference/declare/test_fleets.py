"""A fleet is declared by its quorum."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inference.declare import step
from inference.judging.model import load
from inference.results import Declaration, Scope

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look

MODEL = load("journey-1")
FLEET = Scope("fleet", "fleet", "fleet")


def test_a_fleet_follows_its_quorum(look: Look, daily: Daily, live: Live) -> None:
    """The pooled posterior alone does not move a fleet, its quorum does; the first declaration is the quorum too."""
    state, transitions = step(Declaration(), look(0, stage=2, quorum=1), model=MODEL, evidence_days=90)
    assert [t.to_stage for t in transitions] == [1]
    assert live(daily(1, 60, stage=2, quorum=1), state)[1] == []
    assert [t.after for t in live(daily(1, 60, stage=1, quorum=2), state)[1]] == [2]
    assert [t.after for t in live(daily(1, 60, stage=1, quorum=0), state)[1]] == [0]


def test_a_fleet_without_a_quorum_declares_nothing(daily: Daily, declared: Declared, live: Live) -> None:
    """Where too many of its machines are in vCenters that could not be judged, what was pooled decides nothing."""
    silent = [replace(each, scope=FLEET) for each in daily(1, 60, stage=2)]
    assert step(Declaration(), silent[0], model=MODEL, evidence_days=90)[1] == ()
    assert live(silent, declared(1))[1] == []
