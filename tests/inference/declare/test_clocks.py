"""Clocks that were wrong: nothing of their dates is left once they are set right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Live, Look

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_clock_that_ran_ahead_leaves_nothing_of_its_dates(look: Look, daily: Daily, live: Live) -> None:
    """Not the end of a quiet time, not the date of the stage, not a number of hosts and not the best coverage."""
    ahead, _ = live([look(3000), look(3001, hosts=20)])
    assert ahead.quiet_until == START + timedelta(days=3061)
    state, changes = live([look(1, hosts=20)], ahead)
    assert (state.quiet_until, state.since, changes) == (START + timedelta(days=61), START + timedelta(days=1), [])
    ahead, _ = live([look(3000)])
    assert live(daily(1, 20, stage=2, coverage=0.7, hosts=20), ahead)[1] == [(15, 1, 2, "estate")]


def test_a_clock_that_ran_ahead_moves_no_earlier_dates(look: Look, live: Live) -> None:
    """What was dated before it, and ends before it could have begun now, stays."""
    state, _ = live([look(0), look(2, hosts=20), look(30, hosts=20)])
    state, _ = live([look(20, hosts=20)], state)
    assert (state.since, state.quiet_until) == (START, START + timedelta(days=62))


def test_a_model_of_a_clock_that_ran_ahead_is_no_new_one(look: Look, daily: Daily, live: Live) -> None:
    """It was new years from now, and would be so until then."""
    ahead, _ = live([look(3001)], live([look(3000)])[0], other=True)
    assert live(daily(1, 20, stage=2), ahead, other=True)[1] == [(15, 1, 2, "estate")]


def test_a_clock_may_run_ahead_before_anything_is_declared(look: Look, live: Live) -> None:
    """There is no date to set right."""
    ahead, none = live([look(3000, coverage=0.4)])
    assert none == []
    assert live([look(1)], ahead)[1] == [(1, None, 1, "first")]


def test_a_look_back_of_a_week_is_late_and_not_a_clock_set_right(look: Look, live: Live) -> None:
    """A look from the past changes nothing, up to the longest gap."""
    state, _ = live([look(10)])
    assert live([look(3)], state)[0] == state
    assert live([look(2)], state)[0].evaluated_at == START + timedelta(days=2)


def test_a_clock_that_ran_ahead_does_not_stop_the_evaluation(look: Look, daily: Daily, live: Live) -> None:
    """After a look dated years ahead, evaluation goes on from the right date, and the stage stays."""
    state, changes = live(daily(1, 40, stage=2), live([look(3000)])[0])
    assert changes == [(15, 1, 2, "estate")]
    assert state.declared == 2
