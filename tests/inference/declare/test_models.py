"""A new model: which changes are its, and which are the estate's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look


def test_a_new_model_is_named_as_the_cause(daily: Daily, declared: Declared, live: Live) -> None:
    """A change that begins with a new model, or soon after, is the model's; the dwell is the same."""
    _, transitions = live(daily(1, 40, stage=2), declared(1), other=True)
    assert [(t.day, t.cause) for t in transitions] == [(15, "model")]
    state, _ = live(daily(1, 20, stage=1), declared(1), other=True)
    assert [t.cause for t in live(daily(21, 60, stage=2), state, other=True)[1]] == ["model"]
    state, _ = live(daily(1, 40, stage=1), declared(1), other=True)
    assert [t.cause for t in live(daily(41, 80, stage=2), state, other=True)[1]] == ["estate"]


def test_a_candidate_that_both_models_see_is_the_estates(daily: Daily, declared: Declared, live: Live) -> None:
    """A new model freezes the count, and does not take credit for what the old one saw already."""
    state, _ = live(daily(1, 10, stage=2), declared(1))
    _, transitions = live(daily(11, 40, stage=2), state, other=True)
    assert [(t.day, t.cause) for t in transitions] == [(25, "estate")]


def test_silence_makes_no_estate_of_a_model(daily: Daily, declared: Declared, live: Live) -> None:
    """Nine days without a look start the count again, later than a month after the model, of a change that is still its."""
    looks = [*daily(1, 25, stage=2), *daily(35, 80, stage=2)]
    _, transitions = live(looks, declared(1), other=True, profile="conservative")
    assert [(t.day, t.cause) for t in transitions] == [(63, "model")]


def test_a_second_step_of_a_model_is_its_too(daily: Daily, declared: Declared, live: Live) -> None:
    """However long the first one took: what follows from the same evidence is no change of the estate."""
    _, transitions = live(daily(1, 130, stage=0), declared(2), other=True, profile="conservative")
    assert [(t.day, t.after, t.cause) for t in transitions] == [(57, 1, "model"), (114, 0, "model")]
    state, _ = live(daily(1, 57, stage=2), declared(1), other=True)
    assert [t.cause for t in live(daily(58, 90, stage=3), state, other=True)[1]] == ["estate"]


def test_a_new_model_moves_one_step_at_a_time(daily: Daily, declared: Declared, live: Live) -> None:
    """However far a model jumps, no merger is claimed."""
    _, transitions = live(daily(1, 60, stage=2), declared(0), other=True)
    assert [(t.before, t.after, t.cause) for t in transitions] == [(0, 1, "model"), (1, 2, "model")]


@pytest.mark.parametrize(("first", "cause"), [(31, "model"), (32, "estate")])
def test_a_change_that_begins_thirty_days_after_a_model_is_its(
    first: int, cause: str, look: Look, daily: Daily, live: Live
) -> None:
    """Later ones are the estate's."""
    state, _ = live(daily(1, first - 1, stage=1), live([look(0)])[0], other=True)
    assert live(daily(first, first + 14, stage=2), state, other=True)[1] == [(first + 14, 1, 2, cause)]
