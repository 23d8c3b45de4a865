"""Sight that is lost changes nothing, and what can be seen for long becomes the measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look


def test_lost_data_never_demote(daily: Daily, declared: Declared, live: Live) -> None:
    """Below coverage 0.6 nothing falls, however sure the rest sounds; below the floor neither."""
    for coverage in (0.59, 0.3, 0.0):
        state, transitions = live(daily(1, 200, stage=0, coverage=coverage), declared(2))
        assert (state.declared, transitions) == (2, [])


def test_lost_data_never_promote(look: Look, daily: Daily, declared: Declared, live: Live) -> None:
    """A sudden loss of more than 0.15 of the sight stops a change, though enough is seen for a new one."""
    state, transitions = live(daily(1, 60, stage=2, coverage=0.7), declared(1))
    assert (state.declared, transitions) == (1, [])
    falling = (look(day, stage=2, coverage=0.9 - 0.012 * day) for day in range(1, 16))
    assert live(falling, declared(1))[1] == []


def test_a_lasting_new_sight_becomes_the_normal_one(daily: Daily, declared: Declared, live: Live) -> None:
    """After ninety days the estate is judged by what can be seen now, or it would be frozen for ever."""
    _, transitions = live(daily(1, 120, stage=2, coverage=0.7), declared(1))
    assert [t.after for t in transitions] == [2]
    assert transitions[0].day > 90


def test_seen_too_little_for_a_change_is_seen_enough_for_a_first_stage(daily: Daily, live: Live) -> None:
    """One half declares a stage, and six tenths are needed to change it, with nothing lost meanwhile."""
    state, changes = live(daily(0, 100, stage=1, coverage=0.55))
    assert changes == [(0, None, 1, "first")]
    for stage in (0, 2):
        assert live(daily(101, 200, stage=stage, coverage=0.55), state)[1] == []
        assert len(live(daily(101, 200, stage=stage, coverage=0.6), state)[1]) == 1


def test_the_best_coverage_of_recent_times_is_what_was_lost(look: Look, daily: Daily, live: Live) -> None:
    """Not the first one: sight that came and went explains a change."""
    state, _ = live([look(0, coverage=0.6), *daily(1, 5, stage=1, coverage=0.9)])
    assert live(daily(6, 60, stage=2, coverage=0.72), state)[1] == []
    assert len(live(daily(6, 60, stage=2, coverage=0.75), state)[1]) == 1


def test_sight_that_is_lost_in_two_steps_is_lost(look: Look, daily: Daily, live: Live) -> None:
    """The second step is measured by what was seen before the first, not by what the first one left."""
    state, _ = live([look(0, coverage=0.9), look(1, coverage=0.76)])
    assert live(daily(2, 60, stage=2, coverage=0.62), state)[1] == []


def test_a_new_model_may_see_less(look: Look, daily: Daily, live: Live) -> None:
    """Its coverage is of other items, and no sight was lost."""
    state, _ = live([look(0)])
    assert live(daily(1, 20, stage=2, coverage=0.7), state, other=True)[1] == [(15, 1, 2, "model")]


@pytest.mark.parametrize("lost", [1, 45, 88, 89, 90, 91, 150, 300])
@pytest.mark.parametrize("stage", [0, 2], ids=["down", "up"])
def test_a_loss_of_sight_counts_for_ninety_days_whenever_it_comes(lost: int, stage: int, look: Look, live: Live) -> None:
    """The best sight was long ago and the usual one is a little worse: what is lost is measured by it all the same."""
    usual = [look(day, coverage=0.9 if day == 0 else 0.88) for day in range(lost)]
    blind = [look(day, stage=stage, coverage=0.7) for day in range(lost, lost + 130)]
    assert live([*usual, *blind[:90]])[1][1:] == []
    assert live([*usual, *blind])[1][1:] != []


def test_one_good_day_is_no_measure_for_ever(look: Look, live: Live) -> None:
    """A sight that was seen once, and by which the usual one is a loss, is forgotten after ninety days."""
    swinging = (
        look(day, stage=1 if day < 100 else 2, coverage=0.95 if day == 1 else 0.78 + day % 2 / 20) for day in range(130)
    )
    assert [day for day, *_ in live(swinging)[1][1:]] == [114]


def test_a_candidate_keeps_the_sight_that_it_began_with(look: Look, live: Live) -> None:
    """What fades slowly enough to be no loss for the estate may still be one within a dwell."""
    steady = [look(day, coverage=0.9) for day in range(50)]
    fading = [look(50 + day, stage=0, coverage=0.9 - 0.0058 * day) for day in range(29)]
    assert live([*steady, *fading])[1][1:] == []
