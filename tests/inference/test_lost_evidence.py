"""What was lost counts as it was last seen: no change is declared because something was hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.declare import step
from inference.judging.judge import Case, judge
from inference.judging.model import load
from inference.judging.specification import Item
from inference.lost_evidence import recall, recall_units, remember, warning
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.results import Assessment, Declaration, LastSeen, Scope, Transition
from inference.rollup import roll_up

MODEL = load("journey-1")
RULES = MODEL.specification.hysteresis
START = datetime(2026, 1, 1, tzinfo=UTC)
SCOPE = Scope("vcenter", "uuid", "prod", "prod")
FLEET = Scope("fleet", "fleet", "fleet")
ROUNDING = 1e-9
UP, DOWN = RULES.profiles["default"].up.value, RULES.profiles["default"].down.value
TESTS = ("dr_tests",)


def answer(item: Item, category: int) -> Observation:
    """An answer from the middle of a category."""
    cuts = item.thresholds
    above, top = (cuts[category - 1] if category else 0.0), category == len(cuts)
    if item.measure == "share":
        return share(item.id, round(200 * (above + (1.0 if top else cuts[category]))), 400)
    if item.measure == "rate":
        return rate(item.id, 40 * (1.3 * above if category else cuts[0] / 5), 40)
    if item.better == "lower":
        return amount(item.id, 0.9 * above if category else 2 * cuts[0])
    return amount(item.id, above)


def nearly(position: float = 2.1) -> tuple[Observation, ...]:
    """An estate at a position but for its recovery tests, which alone keep it from being declared at the next stage."""
    return tuple(answer(i, 0 if i.id in TESTS else sum(b <= position for b in i.b)) for i in MODEL.scored)


def read(day: float, observations: Iterable[Observation], scope: Scope = SCOPE) -> Assessment:
    """An assessment of a day."""
    return judge(Case(scope, START + timedelta(days=day), observations), MODEL)


def without(observations: Sequence[Observation], hidden: Iterable[str]) -> tuple[Observation, ...]:
    """The same observations, some of them hidden."""
    return tuple(unknown(o.indicator, Missing("hidden")) if o.indicator in set(hidden) else o for o in observations)


def recalled(known: Iterable[LastSeen], look: Assessment) -> Assessment | None:
    """One scope with what it lost."""
    return recall([known], [look], MODEL)[0]


def live(state: Declaration, looks: Iterable[Assessment]) -> tuple[Declaration, list[Transition]]:
    """Live through assessments."""
    seen: list[Transition] = []
    for look in looks:
        state, changes = step(state, look, model=MODEL, evidence_days=90, recalled=recalled(state.last_seen, look))
        seen += changes
    return state, seen


def reached(assessment: Assessment, stage: int) -> float:
    """P(position >= stage)."""
    return sum(assessment.posterior.probabilities[stage:])


def test_what_holds_a_stage_back_does_so_while_it_is_remembered() -> None:
    """Hidden for ninety days it counts as it was; after that the new sight is the normal one."""
    whole, part = read(0, nearly()), read(0, without(nearly(), TESTS))
    assert reached(whole, 2) < UP < reached(part, 2)
    assert whole.coverage - part.coverage < RULES.coverage_drop.value
    state, changes = live(Declaration(declared=1, since=START), [read(day, nearly()) for day in range(3)])
    assert changes == []
    state, changes = live(state, [read(day, without(nearly(), TESTS)) for day in range(3, 130)])
    assert [(change.at - START) / timedelta(days=1) for change in changes] == [93 + 14]


def test_what_was_never_seen_is_not_missed() -> None:
    """Nothing is remembered of it."""
    part = [read(day, without(nearly(), TESTS)) for day in range(20)]
    assert [change.to_stage for change in live(Declaration(declared=1, since=START), part)[1]] == [2]


def test_a_first_stage_is_no_higher_for_what_was_hidden_before_it() -> None:
    """A store may have looked before it could declare."""
    whole, part = read(0, nearly(2.0)), read(25, without(nearly(2.0), TESTS))
    assert (whole.inferred, part.inferred) == (1, 2)
    state, changes = step(Declaration(), whole, model=MODEL, evidence_days=10)
    assert changes == ()
    state, changes = step(state, part, model=MODEL, evidence_days=35, recalled=recalled(state.last_seen, part))
    assert [change.to_stage for change in changes] == [1]


def near_a_boundary(stage: int, dice: Random) -> tuple[Observation, ...]:
    """An answer to every scored item of an estate near to where a stage begins."""
    position = stage + dice.uniform(-0.3, 0.5)
    return tuple(
        answer(item, sum(position + dice.choice((-0.5, -0.2, 0.0, 0.2, 0.5)) >= b for b in item.b)) for item in MODEL.scored
    )


def weighed(assessment: Assessment) -> list[str]:
    """Indicators, that first which speaks most against the stage that is read."""
    told = [evidence for evidence in assessment.evidence if evidence.contribution is not None]
    return [each.observation.indicator for each in sorted(told, key=lambda each: each.contribution or 0.0)]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.booleans(), st.integers(1, 3), st.integers(0, 3), st.integers(0, 10**9))
def test_no_change_comes_of_what_is_hidden(stage: int, up: bool, hidden: int, altered: int, seed: int) -> None:
    """Whoever hides what speaks against a stage, or for it, or shows a part that says otherwise, changes nothing by it."""
    whole = near_a_boundary(stage, Random(seed))  # noqa: S311 - an invented estate
    full = read(0, whole)
    order = weighed(full) if up else weighed(full)[::-1]
    part = without(whole, order[:hidden])
    partly = {
        name: replace(answer(item := MODEL.by_id[name], len(item.cuts) if up else 0), seen=0.8)
        for name in order[hidden:][:altered]
    }
    shown = [partly.get(observation.indicator, observation) for observation in part]
    state, _ = live(Declaration(declared=stage - 1 if up else stage, since=START), [full])
    _, changes = live(state, [read(day, shown) for day in range(7, 85, 7)])
    for change in changes:
        assert change.from_stage is not None
        rises = change.to_stage > change.from_stage
        held = reached(full, change.to_stage) if rises else 1 - reached(full, change.to_stage + 1)
        assert held >= (UP if rises else DOWN) - ROUNDING


def only(known: Iterable[LastSeen], indicator: str) -> LastSeen | None:
    """What is remembered of one indicator."""
    return next((last for last in known if last.observation.indicator == indicator), None)


def test_what_is_remembered_are_the_numbers_of_scored_answers() -> None:
    """Not those of context items, nor of what did not apply."""
    given_ = [share("ha_share", 30, 40, seen=0.9), rate("vcpus_per_core", 4, 2), not_applicable("ft", "none")]
    assert remember((), read(0, given_), RULES) == (LastSeen(START, 0.9, given_[0]),)


@pytest.mark.parametrize(("later", "value"), [(0.75, 0.5), (0.74, 0.75)], ids=["seen as before", "seen by much less"])
def test_an_answer_of_much_less_is_a_lost_one(later: float, value: float) -> None:
    """A share of what is left may be any share: more than 0.15 less sight is a loss, as it is of coverage."""
    known = remember((), read(0, [share("ha_share", 30, 40, seen=0.9)]), RULES)
    known = remember(known, read(1, [share("ha_share", 20, 40, seen=later)]), RULES)
    last = only(known, "ha_share")
    assert last is not None
    assert last.observation.value == value


def test_sight_that_goes_in_small_steps_is_lost() -> None:
    """The best sight fades over the time of the memory, and not from step to step."""
    known: tuple[LastSeen, ...] = ()
    for day, seen in enumerate((0.9, 0.8, 0.7, 0.6)):
        known = remember(known, read(day, [share("ha_share", 10 * day, 40, seen=seen)]), RULES)
    last = only(known, "ha_share")
    assert last is not None
    assert last.observation.value == 0.25


def test_what_does_not_apply_any_more_is_forgotten() -> None:
    """That is an answer, and no loss."""
    known = remember((), read(0, [share("ha_share", 30, 40)]), RULES)
    assert only(remember(known, read(1, [not_applicable("ha_share", "no cluster")]), RULES), "ha_share") is None


@pytest.mark.parametrize(("day", "is_known"), [(90, True), (91, False), (-1, False)])
def test_what_is_too_old_or_of_a_clock_that_ran_ahead_is_forgotten(day: int, is_known: bool) -> None:
    """Ninety days, as for coverage."""
    known, later = remember((), read(0, [share("ha_share", 30, 40)]), RULES), read(day, [])
    assert (only(remember(known, later, RULES), "ha_share") is not None) is is_known
    assert (recalled(known, later) is not None) is is_known


def test_nothing_is_recalled_where_nothing_was_lost() -> None:
    """Nor of a fleet, which is rolled up from what its vCenters were."""
    known = remember((), read(0, nearly()), RULES)
    assert recalled(known, read(1, nearly())) is None
    assert remember((), read(1, nearly(), FLEET), RULES) == ()


def test_a_recalled_scope_is_read_with_what_it_lost() -> None:
    """It is what it was, at the moment of the look."""
    known, whole = remember((), read(0, nearly()), RULES), read(1, nearly())
    part = read(1, without(nearly(), ["ha_share", "dr_tests", "biz_div"]))
    same, again = recall([(), known], [part, part], MODEL)
    assert same is None
    assert again is not None
    assert (again.posterior, again.coverage, again.taken_at) == (whole.posterior, whole.coverage, whole.taken_at)


def test_what_holds_a_declaration_is_told() -> None:
    """With the day on which it was last seen, and only where it makes another stage."""
    known, part = remember((), read(0, nearly(2.0)), RULES), read(25, without(nearly(2.0), TESTS))
    again = recalled(known, part)
    assert again is not None
    told = warning(known, part, again, MODEL)
    assert told is not None
    assert (told.id, "dr_tests (2026-01-01)" in told.message, "IT Production" in told.message) == ("lost_evidence", True, True)
    assert warning(known, part, replace(again, inferred=2), MODEL) is None


def unit(name: str, weight: float, day: float = 0, position: float = 2.8) -> Assessment:
    """A vCenter of so many workload machines."""
    return replace(read(day, nearly(position), Scope("vcenter", name, name, name)), weight=weight)


def rolled_up(units: Iterable[Assessment], day: float = 0) -> Assessment:
    """A fleet of vCenters."""
    return roll_up(FLEET, START + timedelta(days=day), units, MODEL)


def test_a_fleet_does_not_rise_because_its_slowest_vcenter_is_away() -> None:
    """Of 100 machines 52 are ahead, which is no quorum; it would be one of the 85 that can still be read."""
    ahead, behind = unit("ahead", 52, position=3.8), [unit("slow", 15), unit("other", 33)]
    units = [ahead, *behind]
    away = [replace(each, inferred=None) if each.scope.id == "slow" else each for each in units]
    before, now = rolled_up(units), rolled_up(away)
    assert (before.quorum, now.quorum) == (2, 3)
    known = recall_units(units, {}, {"slow": START}, START, MODEL)
    assert known is not None
    assert rolled_up(known).quorum == 2
    state = Declaration(declared=2, since=START)
    for day in range(1, 40):
        state, changes = step(
            state, replace(now, taken_at=START + timedelta(days=day)), model=MODEL, evidence_days=90, recalled=rolled_up(known)
        )
        assert changes == ()


def test_vcenters_count_as_they_were_while_that_is_remembered() -> None:
    """What lost something as it was before; what is away for longer than the memory decides nothing again."""
    old, here, lost = unit("old", 10), unit("here", 10, 91), unit("lost", 10, 91)
    before = unit("lost", 10, 91, position=1.5)
    units, now = [old, here, lost], START + timedelta(days=91)
    assert recall_units(units, {}, {}, now, MODEL) is None
    assert recall_units(units, {"gone": before}, {"gone": now}, now, MODEL) is None
    known = recall_units(units, {"lost": before}, {"old": START, "here": now}, now, MODEL)
    assert known == (replace(old, inferred=None), here, before)
    assert recall_units([], {"lost": before}, {"old": START}, now, MODEL) is None
