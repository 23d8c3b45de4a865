"""The assessment of one scope: abstention, coverage, certainty, confidence and what becomes of bad numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inference.judging.judge import Case, certainty_of, judge
from inference.judging.model import load, prepare
from inference.judging.posterior import effective_weights, posterior, summary
from inference.judging.reading import read
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.results import Consolidation, FeatureUse, Milestone, Posterior, Scope

if TYPE_CHECKING:
    from tests.inference.conftest import Answers, Judged

MODEL = load("journey-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("vcenter", "uuid", "prod", "prod")
EXERCISED = (
    rate("vmotion_rate", 60, 4.0),
    share("maint_evac", 8, 9),
    share("vmotion_breadth", 220, 400),
    rate("svmotion_rate", 12, 4.0),
    share("drs_initiated", 40, 90),
    unknown("dr_tests", Missing("history is too short")),
    share("biz_share", 40, 400),
    amount("biz_div", 3),
)
CONFIGURED = (
    share("cluster_share", 20, 20),
    share("shared_storage_share", 400, 400),
    amount("scale", 400),
    amount("vm_per_host", 20),
    share("vmotion_ready", 20, 20),
    share("drs_auto", 400, 400),
    not_applicable("sdrs", "everything is on vSAN"),
    share("rules_pools", 1, 4),
    share("ha_share", 400, 400),
    share("ha_admission", 4, 4),
    share("ha_vm_monitoring", 20, 400),
    amount("dr_registered", 1),
    share("dr_protected", 30, 400),
)


@pytest.fixture
def business(production: Answers) -> tuple[Observation, ...]:
    """An estate that exercises what it has, and does the rest as that of business production."""
    own = (*CONFIGURED, *EXERCISED, amount("business_in_ha", 25))
    return tuple((production | {o.indicator: o for o in own}).values())


def test_an_indicator_given_twice_is_refused(assessed: Judged) -> None:
    """Two answers to one question are an error of the caller, never a silent choice."""
    with pytest.raises(ValueError, match="scale was observed twice"):
        assessed(amount("scale", 3), amount("scale", 4))


@pytest.mark.parametrize(
    "nonsense",
    [
        share("ha_share", 7, 5),
        Observation(indicator="ha_share", state="observed", value=math.nan),
        Observation(indicator="ha_share", state="observed", value=-0.1),
        Observation(indicator="ha_share", state="observed"),
        Observation(indicator="ha_share", state="observed", value=0.9, numerator=1, denominator=5),
        share("ha_share", 3, 5, seen=1.5),
        amount("self_service", 7),
        amount("dr_registered", 2),
    ],
)
def test_impossible_numbers_are_unknown_with_a_reason(assessed: Judged, nonsense: Observation) -> None:
    """A reading that cannot be right is not weighed, and says why, in place of stopping the whole assessment."""
    shown = next(e for e in assessed(nonsense).evidence if e.observation.indicator == nonsense.indicator)
    assert shown.observation.state == "unknown"
    assert "not plausible" in shown.observation.reason
    assert (shown.observation.value, shown.category, shown.contribution) == (None, None, None)


def test_too_small_a_population_is_unknown(assessed: Judged) -> None:
    """Three workloads say nothing about the share of business applications; neither does one VM-month about moves."""
    by_id = {
        e.observation.indicator: e.observation
        for e in assessed(share("biz_share", 1, 3), rate("vmotion_rate", 0, 0.01)).evidence
    }
    assert by_id["biz_share"].reason == "too little was seen: 3, at least 10 needed"
    assert (
        by_id["vmotion_rate"].reason
        == "too little was seen: 0.01, at least 0.1 needed (in units of 100 powered-on VMs and 30 days)"
    )


def test_without_evidence_there_is_no_stage(assessed: Judged) -> None:
    """The posterior is the prior, the stage is withheld, and the reader learns what is missing."""
    blind = assessed()
    assert blind.inferred is None
    assert blind.posterior.probabilities == pytest.approx((0.1, 0.35, 0.35, 0.2))
    assert (blind.confirmed, blind.unconfirmed_because) == (False, ("there is not enough evidence to infer a stage",))
    assert [flag.id for flag in blind.flags] == ["not_enough_evidence"]
    assert "Live mobility" in blind.flags[0].message
    assert (blind.team_confidence, blind.next_steps) == (None, ())


def test_the_floor_is_where_the_model_says(assessed: Judged) -> None:
    """Just enough coverage gives a stage; the same answers a third seen give none."""
    observations = CONFIGURED + EXERCISED
    whole = assessed(*observations)
    assert whole.inferred is not None
    rules = MODEL.specification.evidence
    just = rules.model_copy(update={"floor": rules.floor.model_copy(update={"value": whole.coverage})})
    model = prepare(MODEL.specification.model_copy(update={"evidence": just}), MODEL.sha256)
    assert judge(Case(whole.scope, whole.taken_at, observations), model).inferred == whole.inferred
    dim = [replace(o, seen=o.seen / 3) for o in observations]
    assert assessed(*dim).inferred is None


def test_coverage_weighs_by_information_and_by_what_was_seen(assessed: Judged) -> None:
    """Recomputed from the curves: seen parts over all that applies, at the position of the posterior.

    That nobody uses fault tolerance says nothing, so that does not apply either.
    """
    absent = amount("ft", 0), not_applicable("sdrs", "vSAN")
    observations = share("ha_share", 50, 60, seen=0.5), share("maint_evac", 3, 4), *absent
    ours = assessed(*observations)
    point = int(np.abs(MODEL.grid - ours.posterior.position).argmin())
    information = {
        item.id: float(MODEL.information[place, point]) for item, place in zip(MODEL.scored, range(99), strict=False)
    }
    visible = 0.5 * information["ha_share"] + information["maint_evac"]
    assert ours.coverage == pytest.approx(visible / (sum(information.values()) - information["sdrs"] - information["ft"]))


def test_nothing_applicable_is_nothing_seen(assessed: Judged) -> None:
    """An estate to which no question applies has no coverage, and no division by zero."""
    assert assessed(*(not_applicable(item.id, "none") for item in MODEL.items)).coverage == 0.0


def test_certainty_is_one_minus_relative_entropy() -> None:
    """Equal stages give 0, a sure one 1, two equal ones one half."""
    for shares, expected in (((0.25,) * 4, 0.0), ((0.0, 1.0, 0.0, 0.0), 1.0), ((0.0, 0.5, 0.5, 0.0), 0.5)):
        assert certainty_of(Posterior(shares, 0, 0, (0, 4))) == pytest.approx(expected)


def test_a_business_estate_is_read_as_one_and_confirmed(assessed: Judged, business: tuple[Observation, ...]) -> None:
    """An estate that exercises what it has, with business applications under HA, is at stage 2 with nothing to doubt."""
    estate = assessed(*business)
    assert estate.inferred == 2
    assert (estate.confirmed, estate.unconfirmed_because) == (True, ())
    assert estate.coverage > 0.85
    assert estate.flags == ()


def test_shelfware_stays_below_business_production(assessed: Judged) -> None:
    """Every switch on and nothing used is at most stage 1."""
    bought = [
        share(item.id, 500, 500) if item.measure == "share" else amount(item.id, item.maximum or 500)
        for item in (MODEL.by_id[o.indicator] for o in CONFIGURED)
    ]
    unused = [
        share(o.indicator, 0, 50) if MODEL.by_id[o.indicator].measure == "share" else amount(o.indicator, 0)
        for o in EXERCISED
        if o.indicator not in {"vmotion_rate", "svmotion_rate"}
    ]
    shelf = assessed(*bought, *unused, rate("vmotion_rate", 0, 5.0), rate("svmotion_rate", 0, 5.0))
    assert shelf.inferred is not None
    assert shelf.inferred <= 1
    assert "bought_not_exercised" in {flag.id for flag in shelf.flags}


def test_team_confidence_listens_to_exercise_alone(assessed: Judged, business: tuple[Observation, ...]) -> None:
    """It equals the posterior of exercised items, whatever is configured, and needs coverage of its own."""
    team = [item.id for item, speaks in zip(MODEL.scored, MODEL.team, strict=True) if speaks]
    answers = read(MODEL, [o for o in business if o.indicator in team])
    expected = summary(MODEL, posterior(MODEL, effective_weights(MODEL, answers.reading)[None])[0])
    confidence = assessed(*business).team_confidence
    assert confidence is not None
    assert confidence.position == pytest.approx(expected.position)
    assert assessed(*CONFIGURED).team_confidence is None


def test_families_outside_the_team_do_not_speak_for_it() -> None:
    """Where a model takes business workloads out of the team's families, its confidence no longer depends on them."""
    families = tuple(f.model_copy(update={"team": f.team and f.id != "workloads"}) for f in MODEL.specification.families)
    model = prepare(MODEL.specification.model_copy(update={"families": families}), MODEL.sha256)
    few, many = (
        judge(Case(SCOPE, NOW, (*EXERCISED[:6], share("biz_share", count, 400))), model).team_confidence for count in (0, 200)
    )
    assert few is not None
    assert few == many


def test_what_is_passed_in_is_passed_on(assessed: Judged) -> None:
    """Sizes, features and milestones stay as they are, and powered-on workloads become the weight."""
    sizes = Consolidation(hosts=4, powered_on_vms=97)
    features = {"ha": FeatureUse(configured=1.0)}
    reached = (Milestone("first_live_migration", NOW),)
    estate = assessed(amount("scale", 97), consolidation=sizes, features=features, milestones=reached)
    assert (estate.consolidation, estate.features, estate.milestones, estate.weight) == (sizes, features, reached, 97.0)


def test_indicators_that_the_model_does_not_know_are_left_out(assessed: Judged, business: tuple[Observation, ...]) -> None:
    """An older model file meets newer indicators without failing."""
    assert assessed(amount("phase_of_moon", 3), *business) == assessed(*business)


@pytest.mark.parametrize(("name", "least"), [("biz_share", 10), ("drs_initiated", 5)])
def test_the_least_number_is_enough(name: str, least: int) -> None:
    """At its minimum an answer counts; below it is unknown, and says how little was seen."""
    enough, less = (read(MODEL, [share(name, 1, total)]).by_id[name] for total in (least, least - 1))
    assert (enough.state, less.state) == ("observed", "unknown")
    assert less.reason == f"too little was seen: {least - 1}, at least {least} needed"
