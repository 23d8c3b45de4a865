"""Hysteresis: what changes a declared stage, and above all what does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.declare import step
from inference.model import Model, load
from inference.results import Assessment, Consolidation, Declaration, Flag, Posterior, Scope, Transition

MODEL = load("journey-1")
OTHER = replace(MODEL, sha256="f" * 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
SCOPE = Scope("vcenter", "uuid", "prod", "prod")
FLEET = Scope("fleet", "fleet", "fleet")
STAGE0, STAGE1, STAGE2, STAGE3 = ((0.9, 0.1, 0.0, 0.0), (0.05, 0.9, 0.05, 0.0), (0.0, 0.05, 0.9, 0.05), (0.0, 0.0, 0.1, 0.9))
Shares = tuple[float, float, float, float]


def looked(
    day: float, shares: Shares = STAGE1, *, coverage: float = 0.9, hosts: int | None = 10, quorum: int | None = None
) -> Assessment:
    """An assessment on a day."""
    return Assessment(
        scope=SCOPE if quorum is None else FLEET,
        taken_at=START + timedelta(days=day),
        posterior=Posterior(shares, 0.0, 0.0, (0.0, 4.0)),
        inferred=None if coverage < 0.35 else max(range(4), key=lambda stage: shares[stage]),
        certainty=0.5,
        coverage=coverage,
        evidence=(),
        consolidation=Consolidation(hosts=hosts),
        quorum=quorum,
    )


def declared(stage: int = 1, *, day: float = 0) -> Declaration:
    """A declaration that has just been evaluated."""
    state, _ = step(Declaration(), looked(day, (STAGE0, STAGE1, STAGE2, STAGE3)[stage]), model=MODEL, evidence_days=30)
    assert state.declared == stage
    return state


def live(
    state: Declaration, looks: Iterator[Assessment], *, model: Model = MODEL, profile: str = "default"
) -> tuple[Declaration, list[Transition]]:
    """Live through assessments; the transitions that came of them."""
    seen: list[Transition] = []
    for assessment in looks:
        state, transitions = step(state, assessment, model=model, evidence_days=90, profile=profile)
        seen.extend(transitions)
    return state, seen


def daily(first: int, last: int, shares: Shares, **more: float) -> Iterator[Assessment]:
    """One assessment a day."""
    return (looked(day, shares, **more) for day in range(first, last + 1))  # type: ignore[arg-type]  # options pass through


def days(transition: Transition) -> float:
    """The day of a transition."""
    return (transition.at - START) / timedelta(days=1)


def test_an_unknown_profile_is_refused() -> None:
    """A profile that the model does not have is named, with those it has."""
    with pytest.raises(ValueError, match="no hysteresis profile brave; the model has conservative, default"):
        step(Declaration(), looked(0), model=MODEL, evidence_days=30, profile="brave")


@pytest.mark.parametrize(
    ("evidence_days", "assessment"),
    [(29.0, looked(0)), (30.0, looked(0, coverage=0.49)), (400.0, looked(0, coverage=0.2))],
    ids=["short history", "coverage below one half", "no stage at all"],
)
def test_nothing_is_declared_without_evidence(evidence_days: float, assessment: Assessment) -> None:
    """A first declaration needs thirty days of evidence and coverage of one half."""
    state, transitions = step(Declaration(), assessment, model=MODEL, evidence_days=evidence_days)
    assert (state.declared, transitions) == (None, ())


def test_the_first_declaration_names_the_inferred_stage() -> None:
    """With enough evidence the first look declares, with the cause that says so."""
    state, transitions = step(Declaration(), looked(0, STAGE2, coverage=0.5), model=MODEL, evidence_days=30)
    assert transitions == (Transition("uuid", START, None, 2, "first"),)
    assert (state.declared, state.since, state.candidate) == (2, START, None)


def test_the_same_assessment_again_changes_nothing() -> None:
    """Neither the same look, nor one an hour later, nor one from the past is evaluated."""
    state = declared()
    for day in (0.0, 1 / 24, 0.99, -2.0):
        assert step(state, looked(day, STAGE2), model=MODEL, evidence_days=60) == (state, ())


def test_up_needs_fourteen_days_without_exception() -> None:
    """On every look of 14 days at least 0.70 for the next stage; one weaker look starts the count again."""
    state, transitions = live(declared(), daily(1, 40, STAGE2))
    assert [(days(t), t.from_stage, t.to_stage, t.cause) for t in transitions] == [(15, 1, 2, "estate")]
    weak = [looked(day, (0.0, 0.31, 0.69, 0.0) if day == 10 else (0.0, 0.3, 0.7, 0.0)) for day in range(1, 26)]
    state, transitions = live(declared(), iter(weak[:-1]))
    assert transitions == []
    assert (state.candidate, state.candidate_since) == (2, START + timedelta(days=11))
    assert [days(t) for t in live(declared(), iter(weak))[1]] == [25]


def test_down_needs_more_and_longer() -> None:
    """28 days of at least 0.80 below the declared stage; 0.79 is never enough."""
    _, transitions = live(declared(2), daily(1, 60, (0.1, 0.7, 0.2, 0.0)))
    assert [(days(t), t.from_stage, t.to_stage) for t in transitions] == [(29, 2, 1)]
    assert live(declared(2), daily(1, 400, (0.1, 0.69, 0.21, 0.0)))[1] == []


def test_the_conservative_profile_takes_its_own_figures() -> None:
    """It asks for 0.80 and 28 days upwards, 0.90 and 56 days downwards."""
    assert [days(t) for t in live(declared(), daily(1, 60, STAGE2), profile="conservative")[1]] == [29]
    assert live(declared(), daily(1, 90, (0.0, 0.25, 0.75, 0.0)), profile="conservative")[1] == []
    assert [days(t) for t in live(declared(2), daily(1, 60, STAGE1), profile="conservative")[1]] == [57]


def test_lost_data_never_demote() -> None:
    """Below coverage 0.6 nothing falls, however sure the rest sounds; below the floor neither."""
    for coverage in (0.59, 0.3, 0.0):
        state, transitions = live(declared(2), daily(1, 200, STAGE0, coverage=coverage))
        assert (state.declared, transitions) == (2, [])


def test_lost_data_never_promote() -> None:
    """A sudden loss of more than 0.15 of the sight stops a change, though enough is seen for a new one."""
    state, transitions = live(declared(1), daily(1, 60, STAGE2, coverage=0.7))
    assert (state.declared, transitions) == (1, [])
    falling = (looked(day, STAGE2, coverage=0.9 - 0.012 * day) for day in range(1, 16))
    assert live(declared(1), falling)[1] == []


def test_a_lasting_new_sight_becomes_the_normal_one() -> None:
    """After ninety days the estate is judged by what can be seen now, or it would be frozen for ever."""
    _, transitions = live(declared(1), daily(1, 120, STAGE2, coverage=0.7))
    assert [t.to_stage for t in transitions] == [2]
    assert days(transitions[0]) > 90


def test_an_outage_is_no_dwell() -> None:
    """Two looks with ten days of silence between them are not ten days of evidence."""
    looks = [looked(day, STAGE2) for day in (1, 2, 12, 13, 14, 15, 16, 17)]
    state, transitions = live(declared(), iter(looks))
    assert transitions == []
    assert state.candidate_since == START + timedelta(days=12)


def test_evidence_two_stages_away_waits_and_is_declared_anew() -> None:
    """A jump from 0 to 2 starts sixty quiet days and ends in one change that says so."""
    state, transitions = live(declared(0), daily(1, 30, STAGE2))
    assert transitions == []
    assert state.quiet_until == START + timedelta(days=75)
    _, transitions = live(state, daily(31, 120, STAGE2))
    assert [(days(t), t.from_stage, t.to_stage, t.cause) for t in transitions] == [(75, 0, 2, "rebaseline")]


def test_a_merger_is_quiet_for_sixty_days() -> None:
    """A third more hosts at once: nothing is declared for sixty days, then the merged estate is declared anew."""
    merged = [looked(day, STAGE0, hosts=14) for day in range(1, 100)]
    state, transitions = live(declared(1), iter(merged[:59]))
    assert (transitions, state.quiet_until) == ([], START + timedelta(days=61))
    _, transitions = live(declared(1), iter(merged))
    assert [(days(t), t.to_stage, t.cause) for t in transitions] == [(61, 0, "rebaseline")]


def test_what_is_declared_anew_is_no_farther_than_the_evidence() -> None:
    """Stage 3 is read, at six in ten; seven in ten are needed to go up, and these are there for stage 2 alone."""
    merged = (looked(day, (0.0, 0.05, 0.35, 0.6), hosts=14) for day in range(1, 100))
    _, transitions = live(declared(1), merged)
    assert [(t.from_stage, t.to_stage, t.cause) for t in transitions[:1]] == [(1, 2, "rebaseline")]


BOUGHT = (Flag("bought_not_exercised", "Configuration is 1.6 stages ahead of what is exercised."),)


@pytest.mark.parametrize("quorum", [None, 2], ids=["vcenter", "fleet"])
def test_what_was_bought_promotes_nobody(quorum: int | None) -> None:
    """Stage 2 is all but certain and nothing is used: it is not declared until the flag is gone for a dwell, then it is."""
    flagged = (replace(look, flags=BOUGHT) for look in daily(1, 60, STAGE2, quorum=quorum))  # type: ignore[arg-type]  # as above
    state, transitions = live(declared(1), flagged)
    assert (state.declared, state.candidate, transitions) == (1, None, [])
    _, later = live(state, daily(61, 75, STAGE2, quorum=quorum))  # type: ignore[arg-type]  # the same
    assert [(change.to_stage, days(change)) for change in later] == [(2, 75)]


def test_what_was_bought_still_falls() -> None:
    """The flag holds back promotions alone."""
    _, transitions = live(declared(2), (replace(look, flags=BOUGHT) for look in daily(1, 29, STAGE1)))
    assert [change.to_stage for change in transitions] == [1]


@pytest.mark.parametrize(
    ("shares", "confirmed", "stage"), [(STAGE2, False, 1), (STAGE2, True, 2), (STAGE1, False, 1), (STAGE0, False, 0)]
)
def test_a_first_declaration_of_what_was_bought_is_one_lower(shares: Shares, confirmed: bool, stage: int) -> None:
    """What is read and neither exercised nor confirmed is not where an estate begins; a bought platform is a platform."""
    look = replace(looked(0, shares), flags=BOUGHT, confirmed=confirmed)
    assert step(Declaration(), look, model=MODEL, evidence_days=30)[0].declared == stage


def test_a_new_model_is_named_as_the_cause() -> None:
    """A change that begins with a new model, or soon after, is the model's; the dwell is the same."""
    _, transitions = live(declared(1), daily(1, 40, STAGE2), model=OTHER)
    assert [(days(t), t.cause) for t in transitions] == [(15, "model")]
    state, _ = live(declared(1), daily(1, 20, STAGE1), model=OTHER)
    assert [t.cause for t in live(state, daily(21, 60, STAGE2), model=OTHER)[1]] == ["model"]
    state, _ = live(declared(1), daily(1, 40, STAGE1), model=OTHER)
    assert [t.cause for t in live(state, daily(41, 80, STAGE2), model=OTHER)[1]] == ["estate"]


def test_a_candidate_that_both_models_see_is_the_estates() -> None:
    """A new model freezes the count, and does not take credit for what the old one saw already."""
    state, _ = live(declared(1), daily(1, 10, STAGE2))
    _, transitions = live(state, daily(11, 40, STAGE2), model=OTHER)
    assert [(days(t), t.cause) for t in transitions] == [(25, "estate")]


def test_silence_makes_no_estate_of_a_model() -> None:
    """Nine days without a look start the count again, later than a month after the model, of a change that is still its."""
    looks = [*daily(1, 25, STAGE2), *daily(35, 80, STAGE2)]
    _, transitions = live(declared(1), iter(looks), model=OTHER, profile="conservative")
    assert [(days(t), t.cause) for t in transitions] == [(63, "model")]


def test_a_second_step_of_a_model_is_its_too() -> None:
    """However long the first one took: what follows from the same evidence is no change of the estate."""
    _, transitions = live(declared(2), daily(1, 130, STAGE0), model=OTHER, profile="conservative")
    assert [(days(t), t.to_stage, t.cause) for t in transitions] == [(57, 1, "model"), (114, 0, "model")]
    state, _ = live(declared(1), daily(1, 57, STAGE2), model=OTHER)
    assert [t.cause for t in live(state, daily(58, 90, STAGE3), model=OTHER)[1]] == ["estate"]


def test_a_new_model_moves_one_step_at_a_time() -> None:
    """However far a model jumps, no merger is claimed."""
    _, transitions = live(declared(0), daily(1, 60, STAGE2), model=OTHER)
    assert [(t.from_stage, t.to_stage, t.cause) for t in transitions] == [(0, 1, "model"), (1, 2, "model")]


def test_a_fleet_follows_its_quorum() -> None:
    """The pooled posterior alone does not move a fleet, its quorum does; the first declaration is the quorum too."""
    state, transitions = step(Declaration(), looked(0, STAGE2, quorum=1), model=MODEL, evidence_days=90)
    assert [t.to_stage for t in transitions] == [1]
    assert live(state, daily(1, 60, STAGE2, quorum=1))[1] == []
    assert [t.to_stage for t in live(state, daily(1, 60, STAGE1, quorum=2))[1]] == [2]
    assert [t.to_stage for t in live(state, daily(1, 60, STAGE1, quorum=0))[1]] == [0]


def test_a_fleet_without_a_quorum_declares_nothing() -> None:
    """Where too many of its machines are in vCenters that could not be judged, what was pooled decides nothing."""
    silent = [replace(look, scope=FLEET) for look in daily(1, 60, STAGE2)]
    assert step(Declaration(), silent[0], model=MODEL, evidence_days=90)[1] == ()
    assert live(declared(1), iter(silent))[1] == []


def test_the_ends_of_the_scale_hold() -> None:
    """Stage 0 does not fall and stage 3 does not rise."""
    assert live(declared(0), daily(1, 90, STAGE0))[1] == []
    assert live(declared(3), daily(1, 90, STAGE3))[1] == []


def stored(state: Declaration) -> Declaration:
    """A state written to text and read back."""
    text = json.dumps(asdict(state), default=lambda moment: {"at": moment.isoformat()})
    data = json.loads(text, object_hook=lambda found: datetime.fromisoformat(found["at"]) if "at" in found else found)
    return Declaration(**data | {"hosts_after": tuple((since, count) for since, count in data["hosts_after"])})


shares_of_any_kind = st.tuples(*[st.floats(0.01, 1.0)] * 4).map(lambda raw: tuple(number / sum(raw) for number in raw))
paths = st.lists(st.tuples(shares_of_any_kind, st.floats(0.0, 1.0), st.integers(1, 20)), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(paths)
def test_every_path_moves_one_step_and_survives_storage(path: list[tuple[Shares, float, int]]) -> None:
    """Only a re-baseline may move further than one step, and a state from storage decides the same."""
    state, again, day = declared(1), declared(1), 0
    for shares, coverage, length in path:
        for _ in range(length):
            day += 1
            look = looked(day, shares, coverage=coverage)
            state, transitions = step(state, look, model=MODEL, evidence_days=90)
            again, same = step(stored(again), look, model=MODEL, evidence_days=90)
            assert (again, same) == (state, transitions)
            for t in transitions:
                assert t.from_stage is not None
                assert abs(t.to_stage - t.from_stage) == 1 or t.cause == "rebaseline"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-0.19, 0.19), min_size=60, max_size=200))
def test_noise_around_a_steady_estate_never_chatters(noise: list[float]) -> None:
    """An estate whose probability of the next stage swings around one half keeps its stage."""
    looks = (looked(day, (0.0, 0.5 - swing, 0.5 + swing, 0.0)) for day, swing in enumerate(noise, start=1))
    assert live(declared(1), looks)[1] == []


@settings(max_examples=50, deadline=None)
@given(shares_of_any_kind, st.floats(0.0, 0.74), st.integers(1, 85))
def test_removing_data_moves_nothing(shares: Shares, coverage: float, length: int) -> None:
    """Whatever the posterior says after a loss of more than 0.15 of the sight, the declaration stands."""
    state, transitions = live(declared(1), daily(1, length, shares, coverage=coverage))
    assert (state.declared, transitions) == (1, [])
