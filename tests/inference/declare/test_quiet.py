"""The quiet time after a merger or a jump: what ends it, and what is declared then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from inference.results import Scope

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_evidence_two_stages_away_waits_and_is_declared_anew(daily: Daily, declared: Declared, live: Live) -> None:
    """A jump from 0 to 2 starts sixty quiet days and ends in one change that says so."""
    state, transitions = live(daily(1, 30, stage=2), declared(0))
    assert transitions == []
    assert state.quiet_until == START + timedelta(days=75)
    _, transitions = live(daily(31, 120, stage=2), state)
    assert transitions == [(75, 0, 2, "rebaseline")]


def test_a_merger_is_quiet_for_sixty_days(look: Look, declared: Declared, live: Live) -> None:
    """A third more hosts at once: nothing is declared for sixty days, then the merged estate is declared anew."""
    merged = [look(day, stage=0, hosts=14) for day in range(1, 100)]
    state, transitions = live(merged[:59], declared(1))
    assert (transitions, state.quiet_until) == ([], START + timedelta(days=61))
    _, transitions = live(merged, declared(1))
    assert [(t.day, t.after, t.cause) for t in transitions] == [(61, 0, "rebaseline")]


def test_what_is_declared_anew_is_no_farther_than_the_evidence(look: Look, declared: Declared, live: Live) -> None:
    """Stage 3 is read, at six in ten; seven in ten are needed to go up, and these are there for stage 2 alone."""
    merged = (look(day, (0.0, 0.05, 0.35, 0.6), hosts=14) for day in range(1, 100))
    _, transitions = live(merged, declared(1))
    assert [(t.before, t.after, t.cause) for t in transitions[:1]] == [(1, 2, "rebaseline")]


@pytest.mark.parametrize("coverage", [0.59, 0.3])
def test_quiet_lasts_while_too_little_is_seen(coverage: float, look: Look, daily: Daily, live: Live) -> None:
    """The stage is declared anew once enough is seen, however late."""
    state, changes = live([look(0), *daily(1, 55, stage=2, hosts=20), *daily(56, 80, stage=2, hosts=20, coverage=coverage)])
    assert (state.quiet_until, changes) == (START + timedelta(days=61), [(0, None, 1, "first")])
    state, changes = live([look(81, stage=2, hosts=20)], state)
    assert (changes, state.quiet_until) == ([(81, 1, 2, "rebaseline")], None)


def test_a_fleet_stays_quiet_while_it_has_no_quorum(look: Look, daily: Daily, live: Live) -> None:
    """What was pooled decides nothing."""
    fleet = Scope("fleet", "fleet", "fleet")
    looks = [replace(each, scope=fleet, quorum=1) for each in (look(0), *daily(1, 55, stage=2, hosts=20))]
    state, _ = live(looks)
    silent, _ = live((replace(each, scope=fleet) for each in daily(56, 80, stage=2, hosts=20)), state)
    assert silent.quiet_until == START + timedelta(days=61)
    (change,) = live([replace(look(81, stage=2, hosts=20), scope=fleet, quorum=2)], silent)[1]
    assert change == (81, 1, 2, "rebaseline")


def test_a_model_that_comes_in_a_quiet_time_declares_nothing_anew(look: Look, live: Live) -> None:
    """After a merger on day 10 the old model read the same stage to the end; what the new one reads is no estate's change."""
    merged = [look(day, hosts=10 if day < 10 else 20) for day in range(69)]
    reread = [look(day, stage=2, hosts=20) for day in range(69, 110)]
    assert live(reread, live(merged)[0], other=True)[1] == [(84, 1, 2, "model")]
    assert [(stage, cause) for _, _, stage, cause in live([*merged, *reread])[1][1:]] == [(2, "rebaseline")]


def test_quiet_ends_without_a_change_where_nothing_changed(look: Look, daily: Daily, live: Live) -> None:
    """After a merger of equals the declared stage and its date stay."""
    state, changes = live(daily(1, 90, stage=1, hosts=20), live([look(0)])[0])
    assert (state.declared, state.since, state.quiet_until, changes) == (1, START, None, [])
