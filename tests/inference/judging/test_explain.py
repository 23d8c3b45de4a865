"""Contributions of observations, and next steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inference.judging.explain import next_steps
from inference.judging.model import load
from inference.judging.reading import read
from inference.judging.scenarios import consider
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.results import Assessment, NextStep

if TYPE_CHECKING:
    from tests.inference.conftest import Answers, Judged

MODEL = load("journey-1")


def log_odds(assessment: Assessment, stage: int) -> float:
    """Log-odds of having reached a stage."""
    there = sum(assessment.posterior.probabilities[stage:])
    return math.log(there / sum(assessment.posterior.probabilities[:stage]))


@pytest.mark.parametrize("name", ["maint_evac", "drs_initiated", "ha_share", "biz_share", "dr_tests", "cluster_share"])
def test_a_contribution_is_what_leaving_it_out_takes_away(judged: Judged, name: str) -> None:
    """Recomputed by assessing without the indicator, its effect on caps included."""
    whole, less = judged(), judged(without=(name,))
    stage = max(whole.inferred or 0, 1)
    shown = {e.observation.indicator: (e.contribution, e.shift) for e in whole.evidence}
    assert shown[name] == pytest.approx(
        (log_odds(whole, stage) - log_odds(less, stage), whole.posterior.position - less.posterior.position)
    )


@pytest.mark.parametrize("family", [family.id for family in MODEL.specification.families])
def test_a_family_contributes_what_leaving_all_of_it_out_takes_away(judged: Judged, family: str) -> None:
    """Recomputed by assessing without its indicators; one that was not seen contributes nothing and is not listed."""
    whole, own = judged(), tuple(item.id for item in MODEL.items if item.family == family)
    stage = max(whole.inferred or 0, 1)
    less = judged(without=own)
    found = whole.contributions[family]
    assert found.log_odds == pytest.approx(log_odds(whole, stage) - log_odds(less, stage))
    assert found.shift == pytest.approx(whole.posterior.position - less.posterior.position)
    assert set(less.contributions) == set(less.facets) == set(whole.facets) - {family}


def test_what_several_items_say_in_common_is_the_rest(judged: Judged) -> None:
    """Contributions and what they share make the way from what is assumed of any estate to what is read of this one."""
    whole = judged()
    stage = max(whole.inferred or 0, 1)
    prior = MODEL.specification.prior.value
    assumed = math.log(sum(prior[stage:]) / sum(prior[:stage]))
    single = sum(e.contribution or 0.0 for e in whole.evidence)
    assert whole.shared is not None
    assert assumed + single + whole.shared == pytest.approx(log_odds(whole, stage))


def test_what_says_nothing_contributes_nothing(judged: Judged) -> None:
    """No machine under fault tolerance is no evidence, not even in the last digit."""
    for rest in range(60):
        evidence = judged(amount("ft", 0), amount("scale", 20 * rest)).evidence
        shown = {e.observation.indicator: (e.contribution, e.shift) for e in evidence}
        assert shown["ft"] == (0.0, 0.0)


def test_only_observed_scored_items_contribute(judged: Judged) -> None:
    """Unknown, not applicable and context items have no category and no contribution."""
    for e in judged(unknown("dr_tests", Missing("no history"))).evidence:
        weighed = e.observation.state == "observed" and e.kind != "context"
        assert (e.category is not None, e.contribution is not None) == (weighed, weighed)


def test_next_steps_skip_nothing_and_gain_something(judged: Judged) -> None:
    """Each step begins near the position, would raise the next stage, and is worded as what others typically do."""
    estate = judged()
    assert estate.inferred is not None
    assert 0 < len(estate.next_steps) <= 5
    by_id = {e.observation.indicator: e for e in estate.evidence}
    for found in estate.next_steps:
        assert found.message.startswith("Estates at ")
        category = by_id[found.indicator].category
        if category is not None and "Here:" in found.message:
            position = MODEL.by_id[found.indicator].b[category]
            assert estate.posterior.position - 0.25 <= position <= estate.posterior.position + 0.75
            assert found.gain > 0


def test_what_belongs_further_ahead_is_no_next_step() -> None:
    """Ordered machines would raise the next stage too, but other teams begin with them more than a stage from here."""
    answers = read(MODEL, (amount("maint_evac", 0.1), amount("biz_div", 0), amount("self_service", 0)))
    scenarios = consider(MODEL, answers)
    place = MODEL.index["self_service"]
    assert scenarios.raised[place][2:].sum() > scenarios.stages[2:].sum()
    assert "self_service" not in {step.indicator for step in next_steps(MODEL, answers, scenarios, 1)}


def test_the_best_step_maximises_gain_and_likelihood_over_cost(judged: Judged, production: Answers) -> None:
    """The order is recomputed from its three factors, configured items at half weight."""
    observations = list(production.values())
    answers = read(MODEL, observations)
    scenarios = consider(MODEL, answers)
    estate = judged()
    assert estate.inferred is not None
    following = estate.inferred + 1
    point = int(np.abs(MODEL.grid - estate.posterior.position).argmin())

    def worth(name: str) -> float:
        place, item = MODEL.index[name], MODEL.by_id[name]
        gain = float(scenarios.raised[place][following:].sum() - scenarios.stages[following:].sum())
        likely = float(MODEL.curves[place, answers.reading.hard[place] + 1 :, point].sum())
        return gain * likely * (0.5 if item.kind == "configured" else 1.0) / item.cost

    ranked = [found.indicator for found in estate.next_steps if "Here:" in found.message]
    assert ranked == sorted(ranked, key=worth, reverse=True)


def test_an_unmet_gate_is_the_first_step(judged: Judged) -> None:
    """Where no business application runs under HA, that comes before anything else; unknown is no step."""
    missing = judged(amount("business_in_ha", 0))
    assert missing.inferred == 2
    assert missing.next_steps[0].indicator == "business_in_ha"
    assert all(
        found.indicator != "business_in_ha" for found in judged(unknown("business_in_ha", Missing("no names"))).next_steps
    )


def steps(stage: int, *observations: Observation) -> dict[str, NextStep]:
    """The next steps of few observations, by indicator."""
    answers = read(MODEL, observations)
    return {step.indicator: step for step in next_steps(MODEL, answers, consider(MODEL, answers), stage)}


def test_a_step_says_where_the_estate_is_and_where_the_next_level_begins() -> None:
    """As a share, as a rate, as a number that should be lower, and above none."""
    found = steps(
        0, share("vmotion_breadth", 2, 300), rate("vmotion_rate", 5, 1.0), amount("prov_gap", 30), amount("biz_div", 0)
    )
    ends = {name: step.message.partition("Here: ")[2] for name, step in found.items()}
    assert ends["vmotion_breadth"] == "0.667% of powered-on workload VMs; level 1 of 3 starts at 10%."
    assert ends["vmotion_rate"] == "5 (live moves per 100 powered-on VMs and 30 days); level 2 of 3 starts at 10."
    assert ends["prov_gap"].endswith("middle of 90 days); level 1 of 3 starts below 24.")
    assert ends["biz_div"] == "0 (kinds of business application); level 1 of 3 starts at 1."
    any_at_all = steps(1, share("rules_pools", 0, 4), share("ha_share", 70, 100))["rules_pools"]
    assert any_at_all.message.endswith("Here: 0% of clusters; level 1 of 3 starts with the first.")


def test_the_gates_of_this_stage_and_the_next_come_first() -> None:
    """With what they would gain; for a family that is the item of it that would gain most."""
    low = (amount("maint_evac", 0.0), share("vmotion_breadth", 0, 100), amount("business_in_ha", 3))
    family = (share("ha_share", 30, 100), amount("dr_tests", 0), amount("dr_registered", 0))
    service = (amount("self_service", 0), amount("auto_ops", 0.0))
    observations = (*low, *family, *service)
    answers = read(MODEL, observations)
    scenarios = consider(MODEL, answers)

    def gain(name: str, stage: int) -> float:
        raised = scenarios.raised[MODEL.index[name]]
        return float(raised[stage + 1 :].sum() - scenarios.stages[stage + 1 :].sum())

    found = steps(2, *observations)
    best = max(("ha_share", "dr_tests", "dr_registered"), key=lambda name: gain(name, 2))
    assert list(found)[:3] == ["maint_evac", "self_service", best]
    assert found["maint_evac"].gain == pytest.approx(gain("maint_evac", 2))
    assert (
        found["maint_evac"].message
        == "Estates at Business Production typically empty hosts by live migration before maintenance."
    )
    assert [name for name, step in steps(1, *observations).items() if "Here:" not in step.message] == ["maint_evac"]
    unconfirmed = steps(2, *observations[:2], amount("business_in_ha", 0))["business_in_ha"]
    assert unconfirmed.gain == 0.0  # it is asked for and never scored


def test_what_cannot_be_done_here_is_no_step() -> None:
    """Without a licence for vMotion no host is emptied by it; where one way does not apply, the other is asked for."""
    missing = (not_applicable("maint_evac", "no vMotion"), not_applicable("vmotion_breadth", "no vMotion"))
    others = (amount("business_in_ha", 3), share("ha_share", 30, 100))
    assert not {"maint_evac", "vmotion_breadth"} & set(steps(1, *missing, *others))
    found = steps(1, missing[0], share("vmotion_breadth", 0, 100), *others)
    assert "maint_evac" not in found
    assert found["vmotion_breadth"].message.startswith("Estates at Business Production typically")


def test_a_family_is_raised_by_what_is_not_done_already() -> None:
    """At the last stage, which has no next one, it is what this stage would gain most by; and never what cannot rise."""
    done = (share("ha_share", 100, 100), amount("ha_admission", 1.0), amount("self_service", 3), share("auto_ops", 99, 100))
    found = steps(3, *done, share("ha_vm_monitoring", 0, 100), amount("dr_tests", 0))
    assert {name: step.message.rpartition(" by ")[2] for name, step in found.items()} == {"dr_tests": "HA and tested recovery."}


@pytest.mark.parametrize(
    ("clustered", "hosts", "possible"),
    [
        (share("cluster_share", 2, 4), 4, {"maint_evac", "vmotion_rate", "ha_share"}),
        (share("cluster_share", 0, 4), 4, {"maint_evac", "vmotion_rate"}),
        (share("cluster_share", 0, 1), 1, set()),
        (not_applicable("cluster_share", "within a cluster, every host is in a cluster"), 1, set()),
    ],
)
def test_lone_hosts_are_brought_together_first(clustered: Observation, hosts: int, possible: set[str]) -> None:
    """Where no two hosts share a cluster HA that is switched on raises nothing, nor does vMotion on a single host."""
    low = (share("ha_share", 0, 20), rate("vmotion_rate", 0, 2.0), amount("maint_evac", 0.0), share("vmotion_breadth", 0, 20))
    found = steps(1, clustered, rate("vm_per_host", 5 * hosts, hosts), *low)
    assert {"maint_evac", "vmotion_rate", "ha_share"} & set(found) == possible


MIXTURES = (
    (),
    (share("ha_share", 10, 100), share("vmotion_breadth", 5, 100), share("drs_auto", 5, 100)),
    (amount("dr_tests", 0), amount("biz_div", 0), share("template_share", 1, 100)),
    (share("template_share", 99, 100), share("biz_share", 30, 100), amount("dr_tests", 4), share("maint_evac", 90, 90)),
    tuple(amount(name, 0.0) for name in ("scale", "vm_per_host", "biz_div", "dr_tests", "dr_registered")),
)


@pytest.mark.parametrize("changes", MIXTURES)
def test_steps_are_the_best_of_all_that_begin_near_the_position(
    judged: Judged, production: Answers, changes: tuple[Observation, ...]
) -> None:
    """Recomputed over every observed item: nothing nearer, likelier, cheaper or of more gain is passed over."""
    observations = {**production, **{change.indicator: change for change in changes}}
    answers = read(MODEL, observations.values())
    scenarios = consider(MODEL, answers)
    estate = judged(*changes)
    assert estate.inferred is not None
    position, following = estate.posterior.position, estate.inferred + 1
    point = int(np.abs(MODEL.grid - position).argmin())
    worth: dict[str, float] = {}
    for place, item in enumerate(MODEL.scored):
        category = int(answers.reading.hard[place])
        if answers.by_id[item.id].state != "observed" or category == len(item.cuts):
            continue
        if not position - 0.25 <= item.b[category] <= position + 0.75:
            continue
        gain = float(scenarios.raised[place][following:].sum() - scenarios.stages[following:].sum())
        likely = float(MODEL.curves[place, category + 1 :, point].sum())
        worth[item.id] = gain * likely * (0.5 if item.kind == "configured" else 1.0) / item.cost
    best = sorted((name for name in worth if worth[name] > 0), key=lambda name: (-worth[name], name))
    gates = [step.indicator for step in estate.next_steps if "Here:" not in step.message]
    shown = [step.indicator for step in estate.next_steps if "Here:" in step.message]
    assert shown == [name for name in best if name not in gates][: len(shown)]
    assert len(estate.next_steps) == min(5, len(gates) + len([name for name in best if name not in gates]))
