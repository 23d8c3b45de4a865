"""Hysteresis where clocks were wrong, sight or hosts changed, or looks are missing, on whichever day of a long watch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inference.declare import step
from inference.model import load
from inference.results import Assessment, Consolidation, Declaration, Posterior, Scope, Transition

MODEL = load("journey-1")
OTHER = replace(MODEL, sha256="f" * 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
STAGE0, STAGE1, STAGE2 = (0.9, 0.1, 0.0, 0.0), (0.05, 0.9, 0.05, 0.0), (0.0, 0.05, 0.9, 0.05)
Shares = tuple[float, float, float, float]
NOTHING = (None, None, None, "")


def look(day: float, shares: Shares = STAGE1, *, coverage: float = 0.9, hosts: int | None = 10) -> Assessment:
    """An assessment of a vCenter on a day."""
    return Assessment(
        scope=Scope("vcenter", "uuid", "prod", "prod"),
        taken_at=START + timedelta(days=day),
        posterior=Posterior(shares, 0.0, 0.0, (0.0, 4.0)),
        inferred=max(range(4), key=lambda stage: shares[stage]),
        certainty=0.5,
        coverage=coverage,
        evidence=(),
        consolidation=Consolidation(hosts=hosts),
    )


def live(
    looks: Iterable[Assessment], state: Declaration | None = None, *, other: bool = False
) -> tuple[Declaration, list[tuple[float, int, str]]]:
    """Live through assessments; the state after them and the day, the stage and the cause of each change."""
    state, seen = state or Declaration(), list[Transition]()
    for each in looks:
        state, changes = step(state, each, model=OTHER if other else MODEL, evidence_days=90)
        seen += changes
    return state, [((change.at - START) / timedelta(days=1), change.to_stage, change.cause) for change in seen]


def daily(first: int, last: int, shares: Shares, *, coverage: float = 0.9, hosts: int | None = 10) -> Iterator[Assessment]:
    """One assessment a day."""
    return (look(day, shares, coverage=coverage, hosts=hosts) for day in range(first, last + 1))


def candidate(state: Declaration) -> tuple[object, ...]:
    """All that a state keeps of a candidate."""
    return state.candidate, state.candidate_since, state.candidate_coverage, state.candidate_cause


def test_a_clock_that_ran_ahead_leaves_nothing_of_its_dates() -> None:
    """Not the end of a quiet time, not the date of the stage, not a number of hosts and not the best coverage."""
    ahead, _ = live([look(3000), look(3001, hosts=20)])
    assert ahead.quiet_until == START + timedelta(days=3061)
    state, changes = live([look(1, hosts=20)], ahead)
    assert (state.quiet_until, state.since, changes) == (START + timedelta(days=61), START + timedelta(days=1), [])
    ahead, _ = live([look(3000)])
    assert live(daily(1, 20, STAGE2, coverage=0.7, hosts=20), ahead)[1] == [(15, 2, "estate")]


def test_a_clock_that_ran_ahead_moves_no_earlier_dates() -> None:
    """What was dated before it, and ends before it could have begun now, stays."""
    state, _ = live([look(0), look(2, hosts=20), look(30, hosts=20)])
    state, _ = live([look(20, hosts=20)], state)
    assert (state.since, state.quiet_until) == (START, START + timedelta(days=62))


def test_a_model_of_a_clock_that_ran_ahead_is_no_new_one() -> None:
    """It was new years from now, and would be so until then."""
    ahead, _ = live([look(3001)], live([look(3000)])[0], other=True)
    assert live(daily(1, 20, STAGE2), ahead, other=True)[1] == [(15, 2, "estate")]


def test_a_clock_may_run_ahead_before_anything_is_declared() -> None:
    """There is no date to set right."""
    ahead, none = live([look(3000, coverage=0.4)])
    assert none == []
    assert live([look(1)], ahead)[1] == [(1, 1, "first")]


def test_a_look_back_of_a_week_is_late_and_not_a_clock_set_right() -> None:
    """A look from the past changes nothing, up to the longest gap."""
    state, _ = live([look(10)])
    assert live([look(3)], state)[0] == state
    assert live([look(2)], state)[0].evaluated_at == START + timedelta(days=2)


def test_seen_too_little_for_a_change_is_seen_enough_for_a_first_stage() -> None:
    """One half declares a stage, and six tenths are needed to change it, with nothing lost meanwhile."""
    state, changes = live(daily(0, 100, STAGE1, coverage=0.55))
    assert changes == [(0, 1, "first")]
    for shares in (STAGE0, STAGE2):
        assert live(daily(101, 200, shares, coverage=0.55), state)[1] == []
        assert len(live(daily(101, 200, shares, coverage=0.6), state)[1]) == 1


def test_the_best_coverage_of_recent_times_is_what_was_lost() -> None:
    """Not the first one: sight that came and went explains a change."""
    state, _ = live([look(0, coverage=0.6), *daily(1, 5, STAGE1, coverage=0.9)])
    assert live(daily(6, 60, STAGE2, coverage=0.72), state)[1] == []
    assert len(live(daily(6, 60, STAGE2, coverage=0.75), state)[1]) == 1


def test_sight_that_is_lost_in_two_steps_is_lost() -> None:
    """The second step is measured by what was seen before the first, not by what the first one left."""
    state, _ = live([look(0, coverage=0.9), look(1, coverage=0.76)])
    assert live(daily(2, 60, STAGE2, coverage=0.62), state)[1] == []


def test_a_new_model_may_see_less() -> None:
    """Its coverage is of other items, and no sight was lost."""
    state, _ = live([look(0)])
    assert live(daily(1, 20, STAGE2, coverage=0.7), state, other=True)[1] == [(15, 2, "model")]


def test_hosts_that_were_not_read_for_long_are_no_measure() -> None:
    """Nobody can say that the others came within thirty days."""
    state, _ = live([look(0), *daily(1, 41, STAGE1, hosts=None)])
    assert live([look(42, hosts=20)], state)[0].quiet_until is None
    state, _ = live([look(0), *daily(1, 20, STAGE1, hosts=None)])
    assert live([look(21, hosts=20)], state)[0].quiet_until is not None


@pytest.mark.parametrize(("before", "after", "quiet"), [(2, 4, True), (3, 4, False), (10, 12, False), (10, 13, True)])
def test_a_merger_brings_a_third_and_two_hosts(before: int, after: int, quiet: bool) -> None:
    """One more host is growth in the smallest estate too."""
    state, _ = live([look(0, hosts=before), look(1, hosts=after)])
    assert (state.quiet_until is not None) is quiet


@pytest.mark.parametrize(("each", "quiet"), [(3, True), (14, True), (15, False)])
def test_hosts_that_come_one_by_one_within_a_month_are_a_merger_too(each: int, quiet: bool) -> None:
    """Three of ten in thirty days, however they come."""
    state, _ = live(look(day, hosts=10 + day // each) for day in range(3 * each + 1))
    assert (state.quiet_until is not None) is quiet


@pytest.mark.parametrize(("apart", "changes"), [(7, 1), (8, 0)])
def test_looks_a_week_apart_are_one_count(apart: int, changes: int) -> None:
    """Longer silence starts it again."""
    state, _ = live([look(0)])
    assert len(live((look(day, STAGE2) for day in range(1, 60, apart)), state)[1]) == changes


@pytest.mark.parametrize(("first", "cause"), [(31, "model"), (32, "estate")])
def test_a_change_that_begins_thirty_days_after_a_model_is_its(first: int, cause: str) -> None:
    """Later ones are the estate's."""
    state, _ = live(daily(1, first - 1, STAGE1), live([look(0)])[0], other=True)
    assert live(daily(first, first + 14, STAGE2), state, other=True)[1] == [(first + 14, 2, cause)]


def test_evidence_that_turns_begins_a_count_of_its_own() -> None:
    """Thirteen days upwards are no days downwards."""
    looks = [look(0), *daily(1, 13, STAGE2), *daily(14, 60, STAGE0)]
    assert live(looks)[1][1:] == [(42, 0, "estate")]


@pytest.mark.parametrize(
    "after", [look(6), look(6, STAGE2, coverage=0.7), look(6, STAGE2, hosts=20)], ids=["weak", "blind", "merged"]
)
def test_a_candidate_that_is_dropped_leaves_nothing(after: Assessment) -> None:
    """Neither a stage nor a date that a reader would take for a change to come."""
    state, _ = live([look(0), *daily(1, 5, STAGE2)])
    assert candidate(state) == (2, START + timedelta(days=1), 0.9, "estate")
    assert candidate(live([after], state)[0]) == NOTHING


@pytest.mark.parametrize("coverage", [0.59, 0.3])
def test_quiet_lasts_while_too_little_is_seen(coverage: float) -> None:
    """The stage is declared anew once enough is seen, however late."""
    state, changes = live([look(0), *daily(1, 55, STAGE2, hosts=20), *daily(56, 80, STAGE2, hosts=20, coverage=coverage)])
    assert (state.quiet_until, changes) == (START + timedelta(days=61), [(0, 1, "first")])
    state, changes = live([look(81, STAGE2, hosts=20)], state)
    assert (changes, state.quiet_until) == ([(81, 2, "rebaseline")], None)


def test_a_fleet_stays_quiet_while_it_has_no_quorum() -> None:
    """What was pooled decides nothing."""
    fleet = Scope("fleet", "fleet", "fleet")
    looks = [replace(each, scope=fleet, quorum=1) for each in (look(0), *daily(1, 55, STAGE2, hosts=20))]
    state, _ = live(looks)
    silent, _ = live((replace(each, scope=fleet) for each in daily(56, 80, STAGE2, hosts=20)), state)
    assert silent.quiet_until == START + timedelta(days=61)
    (change,) = live([replace(look(81, STAGE2, hosts=20), scope=fleet, quorum=2)], silent)[1]
    assert change == (81, 2, "rebaseline")


@pytest.mark.parametrize("lost", [1, 45, 88, 89, 90, 91, 150, 300])
@pytest.mark.parametrize("shares", [STAGE0, STAGE2], ids=["down", "up"])
def test_a_loss_of_sight_counts_for_ninety_days_whenever_it_comes(lost: int, shares: Shares) -> None:
    """The best sight was long ago and the usual one is a little worse: what is lost is measured by it all the same."""
    usual = [look(day, coverage=0.9 if day == 0 else 0.88) for day in range(lost)]
    blind = [look(day, shares, coverage=0.7) for day in range(lost, lost + 130)]
    assert live([*usual, *blind[:90]])[1][1:] == []
    assert live([*usual, *blind])[1][1:] != []


def test_one_good_day_is_no_measure_for_ever() -> None:
    """A sight that was seen once, and by which the usual one is a loss, is forgotten after ninety days."""
    swinging = (
        look(day, STAGE1 if day < 100 else STAGE2, coverage=0.95 if day == 1 else 0.78 + day % 2 / 20) for day in range(130)
    )
    assert [day for day, *_ in live(swinging)[1][1:]] == [114]


def test_a_candidate_keeps_the_sight_that_it_began_with() -> None:
    """What fades slowly enough to be no loss for the estate may still be one within a dwell."""
    steady = [look(day, coverage=0.9) for day in range(50)]
    fading = [look(50 + day, STAGE0, coverage=0.9 - 0.0058 * day) for day in range(29)]
    assert live([*steady, *fading])[1][1:] == []


def test_a_model_that_comes_in_a_quiet_time_declares_nothing_anew() -> None:
    """After a merger on day 10 the old model read the same stage to the end; what the new one reads is no estate's change."""
    merged = [look(day, hosts=10 if day < 10 else 20) for day in range(69)]
    reread = [look(day, STAGE2, hosts=20) for day in range(69, 110)]
    assert live(reread, live(merged)[0], other=True)[1] == [(84, 2, "model")]
    assert [(stage, cause) for _, stage, cause in live([*merged, *reread])[1][1:]] == [(2, "rebaseline")]


@pytest.mark.parametrize("first", [1, 14, 28, 29, 30, 31, 32, 60])
@pytest.mark.parametrize(("days_between", "merged"), [(1, True), (7, True), (29, True), (40, False)])
@pytest.mark.parametrize("hosts", [(10, 12, 14), (10, 8, 7)], ids=["join", "split"])
def test_a_merger_in_two_steps_is_one_on_whichever_days(
    first: int, days_between: int, merged: bool, hosts: tuple[int, int, int]
) -> None:
    """Neither step is thirty per cent; both together are, if they come within thirty days."""
    before, between, after = hosts
    second = first + days_between
    looks = [look(day, hosts=before if day < first else between if day < second else after) for day in range(second + 1)]
    quiet_until = live(looks)[0].quiet_until
    assert quiet_until == (START + timedelta(days=second + 60) if merged else None)


def test_a_merger_in_a_quiet_time_is_quiet_for_sixty_days_of_its_own() -> None:
    """What the first one brought is no measure of what the second one mixes."""
    state, _ = live([look(0), look(2, hosts=20), look(30, hosts=40)])
    assert state.quiet_until == START + timedelta(days=90)


def test_an_outage_of_hosts_is_no_split() -> None:
    """Half of the hosts are out of reach for a day: nobody took them away."""
    outage = look(5, hosts=5)
    outage = replace(outage, consolidation=replace(outage.consolidation, hosts_listed=10))
    state, _ = live([*(look(day) for day in range(5)), outage, look(6)])
    assert (state.quiet_until, state.hosts) == (None, 10)


def test_growth_is_no_merger() -> None:
    """A host now and then, or one more in a tiny estate, is growth; unreadable hosts are neither."""
    state, _ = live([look(0)])
    assert live((look(day, hosts=10 + day // 15) for day in range(1, 300)), state)[0].quiet_until is None
    assert live([look(1, hosts=3)], replace(state, hosts=2))[0].quiet_until is None
    assert live([look(1, hosts=None)], state)[0].quiet_until is None


@pytest.mark.parametrize("day", [1, 15, 30, 31, 32, 61, 62], ids=str)
@pytest.mark.parametrize("hosts", [7, 13])
def test_a_merger_is_seen_on_whichever_day_it_comes(day: int, hosts: int) -> None:
    """30 % of ten hosts come or go over night, also when the number that was kept has just become old."""
    state, _ = live([*daily(0, day - 1, STAGE1), look(day, hosts=hosts)])
    assert state.quiet_until == START + timedelta(days=day + 60)


def test_what_changed_in_a_long_silence_is_no_merger() -> None:
    """Nobody can say that the hosts came within thirty days."""
    assert live([look(0), look(45, hosts=20)])[0].quiet_until is None


def test_quiet_ends_without_a_change_where_nothing_changed() -> None:
    """After a merger of equals the declared stage and its date stay."""
    state, changes = live(daily(1, 90, STAGE1, hosts=20), live([look(0)])[0])
    assert (state.declared, state.since, state.quiet_until, changes) == (1, START, None, [])


def test_a_clock_that_ran_ahead_does_not_stop_the_evaluation() -> None:
    """After a look dated years ahead, evaluation goes on from the right date, and the stage stays."""
    state, changes = live(daily(1, 40, STAGE2), live([look(3000)])[0])
    assert changes == [(15, 2, "estate")]
    assert state.declared == 2
