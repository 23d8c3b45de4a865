"""How long a change has to be seen: on every look, upwards and longer downwards, without silence in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from inference.results import Declaration

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look

START = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = (None, None, None, "")


def test_up_needs_fourteen_days_without_exception(look: Look, daily: Daily, declared: Declared, live: Live) -> None:
    """On every look of 14 days at least 0.70 for the next stage; one weaker look starts the count again."""
    state, transitions = live(daily(1, 40, stage=2), declared())
    assert transitions == [(15, 1, 2, "estate")]
    weak = [look(day, (0.0, 0.31, 0.69, 0.0) if day == 10 else (0.0, 0.3, 0.7, 0.0)) for day in range(1, 26)]
    state, transitions = live(weak[:-1], declared())
    assert transitions == []
    assert (state.candidate, state.candidate_since) == (2, START + timedelta(days=11))
    assert [t.day for t in live(weak, declared())[1]] == [25]


def test_down_needs_more_and_longer(daily: Daily, declared: Declared, live: Live) -> None:
    """28 days of at least 0.80 below the declared stage; 0.79 is never enough."""
    _, transitions = live(daily(1, 60, (0.1, 0.7, 0.2, 0.0)), declared(2))
    assert [(t.day, t.before, t.after) for t in transitions] == [(29, 2, 1)]
    assert live(daily(1, 400, (0.1, 0.69, 0.21, 0.0)), declared(2))[1] == []


def test_the_conservative_profile_takes_its_own_figures(daily: Daily, declared: Declared, live: Live) -> None:
    """It asks for 0.80 and 28 days upwards, 0.90 and 56 days downwards."""
    assert [t.day for t in live(daily(1, 60, stage=2), declared(), profile="conservative")[1]] == [29]
    assert live(daily(1, 90, (0.0, 0.25, 0.75, 0.0)), declared(), profile="conservative")[1] == []
    assert [t.day for t in live(daily(1, 60, stage=1), declared(2), profile="conservative")[1]] == [57]


def test_an_outage_is_no_dwell(look: Look, declared: Declared, live: Live) -> None:
    """Two looks with ten days of silence between them are not ten days of evidence."""
    looks = [look(day, stage=2) for day in (1, 2, 12, 13, 14, 15, 16, 17)]
    state, transitions = live(looks, declared())
    assert transitions == []
    assert state.candidate_since == START + timedelta(days=12)


def test_the_ends_of_the_scale_hold(daily: Daily, declared: Declared, live: Live) -> None:
    """Stage 0 does not fall and stage 3 does not rise."""
    assert live(daily(1, 90, stage=0), declared(0))[1] == []
    assert live(daily(1, 90, stage=3), declared(3))[1] == []


@pytest.mark.parametrize(("apart", "changes"), [(7, 1), (8, 0)])
def test_looks_a_week_apart_are_one_count(apart: int, changes: int, look: Look, live: Live) -> None:
    """Longer silence starts it again."""
    state, _ = live([look(0)])
    assert len(live((look(day, stage=2) for day in range(1, 60, apart)), state)[1]) == changes


def test_evidence_that_turns_begins_a_count_of_its_own(look: Look, daily: Daily, live: Live) -> None:
    """Thirteen days upwards are no days downwards."""
    looks = [look(0), *daily(1, 13, stage=2), *daily(14, 60, stage=0)]
    assert live(looks)[1][1:] == [(42, 1, 0, "estate")]


def candidate(state: Declaration) -> tuple[object, ...]:
    """All that a state keeps of a candidate."""
    return state.candidate, state.candidate_since, state.candidate_coverage, state.candidate_cause


@pytest.mark.parametrize(
    "after", [{}, {"stage": 2, "coverage": 0.7}, {"stage": 2, "hosts": 20}], ids=["weak", "blind", "merged"]
)
def test_a_candidate_that_is_dropped_leaves_nothing(after: dict[str, float], look: Look, daily: Daily, live: Live) -> None:
    """Neither a stage nor a date that a reader would take for a change to come."""
    state, _ = live([look(0), *daily(1, 5, stage=2)])
    assert candidate(state) == (2, START + timedelta(days=1), 0.9, "estate")
    assert candidate(live([look(6, **after)], state)[0]) == NOTHING
