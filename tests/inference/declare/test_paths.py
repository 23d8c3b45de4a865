"""Whatever an estate does: one step at a time, no chatter, no change by lost data, and the same from storage."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from inference.declare import step
from inference.judging.model import load
from inference.results import Declaration

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look, Shares

MODEL = load("journey-1")


def stored(state: Declaration) -> Declaration:
    """A state written to text and read back."""
    text = json.dumps(asdict(state), default=lambda moment: {"at": moment.isoformat()})
    data = json.loads(text, object_hook=lambda found: datetime.fromisoformat(found["at"]) if "at" in found else found)
    return Declaration(**data | {"hosts_after": tuple((since, count) for since, count in data["hosts_after"])})


def clearly(stage: int) -> tuple[float, ...]:
    """The probabilities of an estate that is clearly at a stage."""
    return tuple(0.91 if number == stage else 0.03 for number in range(4))


shares_of_any_kind = st.tuples(*[st.floats(0.01, 1.0)] * 4).map(lambda raw: tuple(number / sum(raw) for number in raw))
shares = st.one_of(st.integers(0, 3).map(clearly), shares_of_any_kind)
coverages = st.one_of(st.just(0.9), st.floats(0.0, 1.0))
paths = st.lists(st.tuples(shares, coverages, st.integers(1, 40)), min_size=1, max_size=8)
THERE_AND_BACK = [(clearly(2), 0.9, 20), (clearly(1), 0.9, 40)]
"""Long enough for a change up and one down, whatever the random paths bring."""


@settings(max_examples=50, deadline=None)
@given(paths)
@example(THERE_AND_BACK)
def test_every_path_moves_one_step_and_survives_storage(
    look: Look, declared: Declared, path: list[tuple[Shares, float, int]]
) -> None:
    """Only a re-baseline may move further than one step, and a state from storage decides the same."""
    state, again, day = declared(1), declared(1), 0
    for shares, coverage, length in path:
        for _ in range(length):
            day += 1
            each = look(day, shares, coverage=coverage)
            state, transitions = step(state, each, model=MODEL, evidence_days=90)
            again, same = step(stored(again), each, model=MODEL, evidence_days=90)
            assert (again, same) == (state, transitions)
            for t in transitions:
                assert t.from_stage is not None
                assert abs(t.to_stage - t.from_stage) == 1 or t.cause == "rebaseline"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-0.19, 0.19), min_size=60, max_size=200))
def test_noise_around_a_steady_estate_never_chatters(look: Look, declared: Declared, live: Live, noise: list[float]) -> None:
    """An estate whose probability of the next stage swings around one half keeps its stage."""
    looks = (look(day, (0.0, 0.5 - swing, 0.5 + swing, 0.0)) for day, swing in enumerate(noise, start=1))
    assert live(looks, declared(1))[1] == []


@settings(max_examples=50, deadline=None)
@given(shares_of_any_kind, st.floats(0.0, 0.74), st.integers(1, 85))
def test_removing_data_moves_nothing(
    daily: Daily, declared: Declared, live: Live, shares: Shares, coverage: float, length: int
) -> None:
    """Whatever the posterior says after a loss of more than 0.15 of the sight, the declaration stands."""
    state, transitions = live(daily(1, length, shares, coverage=coverage), declared(1))
    assert (state.declared, transitions) == (1, [])
