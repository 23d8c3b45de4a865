"""Contributions, gates, flags and next steps of an assessment."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from inference.anomalies import disagreement, gap, outfit
from inference.anomalies import flags as find_flags
from inference.gates import open_needs
from inference.judge import judge
from inference.model import load
from inference.observations import Observation, amount, not_applicable, rate, share, unknown
from inference.posterior import reached
from inference.reading import read
from inference.results import Assessment, Scope
from inference.scenarios import Scenarios, consider

MODEL = load("journey-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("vcenter", "uuid", "prod", "prod")
PRODUCTION: dict[str, Observation] = {
    o.indicator: o
    for o in (
        share("cluster_share", 12, 12),
        share("shared_storage_share", 190, 200),
        amount("scale", 200),
        amount("vm_per_host", 17),
        share("vmotion_ready", 12, 12),
        rate("vmotion_rate", 20, 2.0),
        share("maint_evac", 7, 10),
        share("vmotion_breadth", 120, 200),
        rate("svmotion_rate", 3, 2.0),
        share("drs_auto", 120, 200),
        share("drs_initiated", 36, 60),
        not_applicable("sdrs", "vSAN"),
        share("rules_pools", 0, 2),
        share("ha_share", 180, 200),
        share("ha_admission", 2, 2),
        share("ha_vm_monitoring", 5, 200),
        amount("dr_registered", 0),
        share("dr_protected", 0, 200),
        amount("dr_tests", 0),
        share("biz_share", 28, 200),
        amount("biz_div", 3),
        share("big_vm", 6, 200),
        share("biz_protected", 14, 28),
        not_applicable("vdi_share", "no virtual desktop"),
        share("template_share", 26, 30),
        share("size_std", 22, 30),
        share("hw_version", 160, 200),
        share("tools_current", 160, 200),
        share("dvs_share", 120, 200),
        share("host_baseline", 3, 12),
        share("build_homogeneity", 11, 12),
        share("snapshot_hygiene", 192, 200),
        share("auto_ops", 6, 90),
        amount("self_service", 0),
        amount("tenants", 2),
        rate("churn", 6, 2.0),
        amount("prov_gap", 3),
        share("owner_tags", 90, 200),
        not_applicable("pct_virtualized", "not declared"),
        amount("business_in_ha", 6),
    )
}


def judged(*changes: Observation, without: tuple[str, ...] = (), declared: int | None = None) -> Assessment:
    """The production estate with some answers changed or left out."""
    answers = PRODUCTION | {change.indicator: change for change in changes}
    kept = [o for name, o in answers.items() if name not in without]
    return judge(SCOPE, NOW, kept, MODEL, declared=declared)


def considered(*observations: Observation) -> Scenarios:
    """The scenarios of some observations."""
    return consider(MODEL, read(MODEL, observations))


def flags(assessment: Assessment) -> dict[str, str]:
    """Messages of an assessment's flags by id."""
    return {flag.id: flag.message for flag in assessment.flags}


def log_odds(assessment: Assessment, stage: int) -> float:
    """Log-odds of having reached a stage."""
    there = sum(assessment.posterior.probabilities[stage:])
    return math.log(there / sum(assessment.posterior.probabilities[:stage]))


@pytest.mark.parametrize("name", ["maint_evac", "drs_initiated", "ha_share", "biz_share", "dr_tests", "cluster_share"])
def test_a_contribution_is_what_leaving_it_out_takes_away(name: str) -> None:
    """Recomputed by assessing without the indicator, its effect on caps included."""
    whole = judged()
    stage = max(whole.inferred or 0, 1)
    shown = {e.observation.indicator: e.contribution for e in whole.evidence}
    assert shown[name] == pytest.approx(log_odds(whole, stage) - log_odds(judged(without=(name,)), stage))


def test_only_observed_scored_items_contribute() -> None:
    """Unknown, not applicable and context items have no category and no contribution."""
    for e in judged(unknown("dr_tests", "no history")).evidence:
        weighed = e.observation.state == "observed" and e.kind != "context"
        assert (e.category is not None, e.contribution is not None) == (weighed, weighed)


def test_raising_is_one_category_up_with_the_same_spread() -> None:
    """The raised scenario of an exact count equals an assessment with the next category."""
    scenarios = considered(amount("biz_div", 1), amount("dr_registered", 0), amount("ft", 0))
    for name, value in (("biz_div", 3), ("dr_registered", 1), ("ft", 1)):
        others = {"biz_div": 1, "dr_registered": 0, "ft": 0} | {name: value}
        higher = considered(*(amount(other, number) for other, number in others.items())).actual
        assert scenarios.raised[MODEL.index[name]] == pytest.approx(higher)
    top = considered(amount("biz_div", 9))
    assert top.raised[MODEL.index["biz_div"]] == pytest.approx(top.actual)


def test_next_steps_skip_nothing_and_gain_something() -> None:
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


def test_the_best_step_maximises_gain_and_likelihood_over_cost() -> None:
    """The order is recomputed from its three factors, configured items at half weight."""
    observations = list(PRODUCTION.values())
    answers = read(MODEL, observations)
    scenarios = consider(MODEL, answers)
    estate = judged()
    assert estate.inferred is not None
    following = estate.inferred + 1
    point = int(np.abs(MODEL.grid - estate.posterior.position).argmin())

    def worth(name: str) -> float:
        place, item = MODEL.index[name], MODEL.by_id[name]
        gain = float(reached(MODEL, scenarios.raised[place], following)) - float(reached(MODEL, scenarios.actual, following))
        likely = float(MODEL.curves[place, answers.reading.hard[place] + 1 :, point].sum())
        return gain * likely * (0.5 if item.kind == "configured" else 1.0) / item.cost

    ranked = [found.indicator for found in estate.next_steps if "Here:" in found.message]
    assert ranked == sorted(ranked, key=worth, reverse=True)


def test_an_unmet_gate_is_the_first_step() -> None:
    """Where no business application runs under HA, that comes before anything else; unknown is no step."""
    missing = judged(amount("business_in_ha", 0))
    assert missing.inferred == 2
    assert missing.next_steps[0].indicator == "business_in_ha"
    assert all(found.indicator != "business_in_ha" for found in judged(unknown("business_in_ha", "no names")).next_steps)


def test_gates_say_what_is_missing_and_never_lower_the_stage() -> None:
    """Unmet and unseen needs have different sentences, and the stage stays."""
    whole = judged()
    assert (whole.inferred, whole.confirmed) == (2, True)
    unmet = judged(amount("business_in_ha", 0))
    assert unmet.unconfirmed_because == ("no corroborated business application was found in a cluster with HA switched on",)
    unseen = judged(unknown("business_in_ha", "no names"))
    assert "could not be seen whether a business application" in unseen.unconfirmed_because[0]
    assert unmet.inferred == unseen.inferred == whole.inferred
    assert unmet.posterior == whole.posterior
    assert not unmet.confirmed


def test_one_of_two_conditions_is_enough() -> None:
    """Breadth confirms what maintenance cannot, and only both missing leave the need open."""
    evacuated = not_applicable("maint_evac", "no host was in maintenance")
    assert judged(evacuated).confirmed
    both = judged(evacuated, amount("vmotion_breadth", 0.0))
    assert any("live migration is too little used" in reason for reason in both.unconfirmed_because) or both.inferred != 2


def test_a_stage_needs_exercise_that_was_seen_and_speaks_for_it() -> None:
    """Configuration alone never confirms: exercise must be seen, and make the stage likely."""
    kept = {"vmotion_breadth", "maint_evac", "biz_div", "biz_share"}
    hidden = tuple(item.id for item in MODEL.scored if item.kind == "exercised" and item.id not in kept)
    blind = judged(without=hidden)
    assert blind.inferred is not None
    assert any("too little of what the team exercises" in reason for reason in blind.unconfirmed_because)
    idle = [rate("vmotion_rate", 0, 2.0), amount("maint_evac", 0), amount("vmotion_breadth", 0), rate("svmotion_rate", 0, 2.0)]
    idle += [amount("drs_initiated", 0), amount("biz_share", 0), amount("biz_div", 0)]
    slack = ("big_vm", "biz_protected", "template_share", "size_std", "hw_version", "tools_current", "auto_ops", "owner_tags")
    idle += [amount(name, 0) for name in (*slack, "build_homogeneity", "snapshot_hygiene")] + [amount("prov_gap", 99)]
    estate = judged(*idle)
    assert estate.inferred == 1
    assert any("taken alone, gives IT Production or beyond only" in reason for reason in estate.unconfirmed_because)


def test_stage_zero_needs_no_confirmation() -> None:
    """A lab is confirmed as what it is."""
    lab = judge(
        SCOPE,
        NOW,
        [share("cluster_share", 0, 2), share("shared_storage_share", 0, 6), amount("scale", 6), amount("vm_per_host", 3)]
        + [amount("vmotion_breadth", 0.0), amount("biz_div", 0), share("ha_share", 0, 6), share("vmotion_ready", 0, 2)]
        + [not_applicable(name, "no cluster") for name in ("maint_evac", "drs_initiated", "vmotion_rate")],
        MODEL,
    )
    assert (lab.inferred, lab.confirmed) == (0, True)


def serving(*changes: Observation) -> Assessment:
    """An estate that does all that the families before service and automation ask for, with some answers changed."""
    top = {"biz_share": 1.0, "drs_initiated": 1.0, "maint_evac": 1.0, "vmotion_breadth": 1.0, "sdrs": 1.0, "dr_protected": 1.0}
    high = [amount(name, value) for name, value in top.items()]
    high += [amount(name, 50) for name in ("ft", "dr_tests", "biz_div", "dr_registered")]
    high += [rate("vmotion_rate", 900, 2.0), rate("svmotion_rate", 900, 2.0), amount("biz_protected", 1.0)]
    high += [amount(name, 1.0) for name in ("drs_auto", "rules_pools", "ha_share", "ha_vm_monitoring", "template_share")]
    high += [amount("tenants", 40), rate("churn", 90, 2.0), amount("prov_gap", 0.1), share("owner_tags", 200, 200)]
    return judged(*high, *changes)


@pytest.mark.parametrize(
    ("ordered", "automated", "confirmed"), [(2, 0.0, True), (0, 0.5, True), (1, 0.1, False), (0, 0.0, False)]
)
def test_a_service_is_confirmed_by_self_service_or_by_programs(ordered: int, automated: float, confirmed: bool) -> None:
    """One in twenty machines ordered, or four in ten operations by programs: either is enough, and a product alone is not."""
    service = serving(amount("self_service", ordered), amount("auto_ops", automated))
    assert service.inferred == 3
    gated = any("too few machines are ordered by self service" in reason for reason in service.unconfirmed_because)
    assert (service.confirmed, gated) == (confirmed, not confirmed)


def test_a_service_that_cannot_be_seen_is_not_confirmed() -> None:
    """Unseen is not unmet, and says so."""
    service = serving(unknown("self_service", "not readable"), unknown("auto_ops", "not readable"))
    assert service.inferred == 3
    assert service.unconfirmed_because == ("self service and automation could not be seen",)


def test_a_product_without_use_counts_in_part_and_is_no_exercise() -> None:
    """Its evidence lies between none and use, and exercise alone sees nothing of it."""
    none, product, used = (considered(amount("self_service", level)) for level in (0, 1, 2))
    positions = [float(scenarios.actual @ MODEL.grid) for scenarios in (none, product, used)]
    assert positions[0] < positions[1] < positions[2]
    full = MODEL.curves[MODEL.index["self_service"], 1]
    assert positions[1] < float((np.exp(MODEL.prior) * full / (np.exp(MODEL.prior) @ full)) @ MODEL.grid)
    assert product.exercised == pytest.approx(none.exercised)
    assert product.team == pytest.approx(none.team)
    assert used.exercised == pytest.approx(used.actual)


def test_the_gap_is_in_standard_errors() -> None:
    """Configuration minus exercise over the root of both variances, positive where more is bought than used."""
    scenarios = considered(
        share("drs_auto", 900, 900), share("ha_share", 900, 900), amount("maint_evac", 0.0), amount("biz_div", 0)
    )
    only_bought, only_used = (
        considered(share("drs_auto", 900, 900), share("ha_share", 900, 900)),
        considered(amount("maint_evac", 0.0), amount("biz_div", 0)),
    )
    means = [float(s.actual @ MODEL.grid) for s in (only_bought, only_used)]
    spreads = [float(s.actual @ (MODEL.grid - mean) ** 2) for s, mean in zip((only_bought, only_used), means, strict=True)]
    stages, errors = gap(MODEL, scenarios)
    assert stages == pytest.approx(means[0] - means[1])
    assert errors == pytest.approx(stages / math.sqrt(sum(spreads)))


def test_skill_without_a_platform_is_flagged() -> None:
    """Much exercise on little configuration asks for push-back or a missing licence."""
    used = [
        rate("vmotion_rate", 500, 2.0),
        share("maint_evac", 60, 60),
        share("vmotion_breadth", 200, 200),
        amount("biz_div", 8),
    ]
    used += [
        share("drs_initiated", 90, 90),
        amount("dr_tests", 9),
        share("biz_share", 100, 200),
        rate("svmotion_rate", 90, 2.0),
    ]
    bare = [share(name, 0, 200) for name in ("cluster_share", "shared_storage_share", "vmotion_ready", "drs_auto", "ha_share")]
    bare += [amount("scale", 5), amount("vm_per_host", 1), share("dr_protected", 0, 200), amount("dr_registered", 0)]
    bare += [share(name, 0, 200) for name in ("ha_admission", "ha_vm_monitoring")]
    assert "push-back" in flags(judged(*used, *bare))["skill_ahead_of_platform"]


def test_families_that_disagree_are_flagged_by_name() -> None:
    """Scripted mobility without anything behind it is further apart than one journey explains."""
    scripted = [rate("vmotion_rate", 900, 2.0), share("maint_evac", 90, 90), share("vmotion_breadth", 200, 200)]
    scripted += [rate("svmotion_rate", 900, 2.0), share("drs_initiated", 90, 90), share("drs_auto", 200, 200)]
    bare = [share("ha_share", 0, 200), share("biz_share", 0, 200), amount("biz_div", 0), share("ha_admission", 0, 2)]
    assert "Live mobility" in flags(judged(*scripted, *bare))["families_disagree"]


def test_the_disagreement_is_a_mean_of_squared_distances() -> None:
    """Recomputed from the facets, each with its own variance and that of the family offset."""
    scenarios = considered(amount("biz_div", 3), amount("maint_evac", 0.1), share("ha_share", 9, 10))
    whole = float(scenarios.actual @ MODEL.grid)
    terms = [(facet.position - whole) ** 2 / (facet.variance + 0.25) for facet in scenarios.alone.values()]
    assert len(terms) == 3
    assert disagreement(MODEL, scenarios) == pytest.approx(sum(terms) / 3)
    assert disagreement(MODEL, considered()) == 0


def test_outfit_is_a_mean_of_squared_standardised_residuals() -> None:
    """Recomputed for two exact items from their category probabilities."""
    observations = amount("biz_div", 3), amount("maint_evac", 0.1)
    scenarios, answers = considered(*observations), read(MODEL, observations)
    point = int(np.abs(MODEL.grid - float(scenarios.actual @ MODEL.grid)).argmin())
    terms = []
    for name, category in (("biz_div", 2), ("maint_evac", 0)):
        chances = MODEL.curves[MODEL.index[name], :, point]
        mean = sum(k * chance for k, chance in enumerate(chances))
        spread = sum((k - mean) ** 2 * chance for k, chance in enumerate(chances))
        terms.append((category - mean) ** 2 / spread)
    assert outfit(MODEL, answers, scenarios) == pytest.approx(sum(terms) / 2)
    assert outfit(MODEL, read(MODEL, ()), considered()) == 0


def test_answers_that_contradict_each_other_are_flagged() -> None:
    """The hard things done and the easy ones not is no pattern of one estate."""
    shuffled = [
        share("cluster_share", 0, 12),
        share("shared_storage_share", 0, 200),
        amount("scale", 3),
        amount("vm_per_host", 1),
    ]
    shuffled += [rate("vmotion_rate", 0, 2.0), share("vmotion_breadth", 0, 200), rate("svmotion_rate", 90, 2.0)]
    shuffled += [amount("dr_tests", 9), share("drs_initiated", 90, 90), amount("biz_div", 0), share("biz_share", 90, 200)]
    assert "contradict" in flags(judged(*shuffled))["unusual_pattern"]
    assert "unusual_pattern" not in flags(judged())


def test_two_likely_neighbours_are_between_stages() -> None:
    """With much seen and two stages about as likely, the reader is told that more reading will not help."""
    middle = judged(share("biz_share", 24, 200), share("drs_initiated", 30, 60), share("vmotion_breadth", 100, 200))
    assert middle.certainty < 0.55
    assert "lies between IT Production" in flags(middle)["between_stages"]
    weak = [amount("biz_div", 0), amount("maint_evac", 0.1), share("template_share", 6, 30), share("size_std", 9, 30)]
    assert "between_stages" not in flags(judged(share("biz_share", 0, 200), *weak))


def test_unseen_evidence_that_would_change_the_stage_is_flagged() -> None:
    """All of it absent and all of it present are two scenarios; the flag names both where they lie about what is declared."""
    assert "depends_on_unknown" not in flags(judged())
    assert "depends_on_unknown" not in flags(judged(declared=0)), "nothing is unseen, whatever was declared"
    hidden = judged(*(unknown(name, "no rights") for name in ("biz_share", "biz_div", "drs_initiated", "maint_evac")))
    assert "if all of it were absent" in flags(hidden)["depends_on_unknown"]
    aside = judged(*(unknown(name, "no rights") for name in ("biz_share", "biz_div", "drs_initiated")), declared=0)
    assert "depends_on_unknown" not in flags(aside), "declared lies outside of both scenarios"


def test_a_stage_that_hangs_on_the_prior_is_flagged() -> None:
    """Where equally common stages would be read otherwise, both readings are named."""
    prior, found = np.exp(MODEL.prior), set()
    for count in range(0, 201, 4):
        high = [share(name, count, 200) for name in ("biz_share", "drs_initiated", "dr_protected", "sdrs", "ha_vm_monitoring")]
        high += [amount("dr_tests", count // 40), amount("dr_registered", 1), amount("biz_div", count // 40)]
        high += [
            share(name, count, 200) for name in ("auto_ops", "owner_tags", "biz_protected", "host_baseline", "vmotion_breadth")
        ]
        high += [amount("self_service", count // 60), amount("tenants", count // 10), rate("churn", count / 5, 2.0)]
        estate = judged(*high)
        answers = read(MODEL, [e.observation for e in estate.evidence])
        actual = consider(MODEL, answers).actual
        flat = actual / prior
        stages = [int(np.argmax(np.bincount(MODEL.stage_of, weights=p))) for p in (actual, flat)]
        found.add(stages[0] != stages[1])
        assert ("depends_on_prior" in flags(estate)) == (stages[0] != stages[1])
    assert found == {True, False}


def test_a_confident_team_without_business_is_held_back() -> None:
    """The flag says what it is consistent with, and stays silent where business workloads are there or unseen."""
    skilled = [rate("vmotion_rate", 200, 2.0), share("maint_evac", 30, 30), share("vmotion_breadth", 190, 200)]
    skilled += [share("drs_initiated", 55, 60), amount("dr_tests", 3), rate("svmotion_rate", 40, 2.0)]
    without = judged(*skilled, share("biz_share", 2, 200), amount("biz_div", 1))
    assert "consistent with" in flags(without)["skill_without_business"]
    assert "skill_without_business" not in flags(judged(*skilled))
    unseen = judged(*skilled, unknown("biz_share", "no names"), unknown("biz_div", "no names"))
    assert "skill_without_business" not in flags(unseen)


MIXTURES = (
    (),
    (share("ha_share", 10, 100), share("vmotion_breadth", 5, 100), share("drs_auto", 5, 100)),
    (amount("dr_tests", 0), amount("biz_div", 0), share("template_share", 1, 100)),
    (share("template_share", 99, 100), share("biz_share", 30, 100), amount("dr_tests", 4), share("maint_evac", 90, 90)),
    tuple(amount(name, 0.0) for name in ("scale", "vm_per_host", "biz_div", "dr_tests", "dr_registered")),
)


@pytest.mark.parametrize("changes", MIXTURES)
def test_steps_are_the_best_of_all_that_begin_near_the_position(changes: tuple[Observation, ...]) -> None:
    """Recomputed over every observed item: nothing nearer, likelier, cheaper or of more gain is passed over."""
    observations = {**PRODUCTION, **{change.indicator: change for change in changes}}
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
        gain = float(reached(MODEL, scenarios.raised[place], following) - reached(MODEL, scenarios.actual, following))
        likely = float(MODEL.curves[place, category + 1 :, point].sum())
        worth[item.id] = gain * likely * (0.5 if item.kind == "configured" else 1.0) / item.cost
    best = sorted((name for name in worth if worth[name] > 0), key=lambda name: (-worth[name], name))
    gates = [step.indicator for step in estate.next_steps if "Here:" not in step.message]
    shown = [step.indicator for step in estate.next_steps if "Here:" in step.message]
    assert shown == [name for name in best if name not in gates][: len(shown)]
    assert len(estate.next_steps) == min(5, len(gates) + len([name for name in best if name not in gates]))


@pytest.mark.parametrize(("seen", "certainty", "flagged"), [(0.6, 0.54, True), (0.59, 0.54, False), (0.6, 0.55, False)])
def test_doubt_is_about_the_estate_only_where_enough_was_seen(seen: float, certainty: float, flagged: bool) -> None:
    """Below the coverage of the model more reading may still settle the stage, and above its certainty there is no doubt."""
    answers = read(MODEL, PRODUCTION.values())
    found = find_flags(MODEL, answers, consider(MODEL, answers), seen=seen, certainty=certainty, reference=2)
    assert ("between_stages" in {flag.id for flag in found}) is flagged


def test_a_need_that_one_unseen_condition_could_meet_is_not_unmet() -> None:
    """No machine moved, and whether hosts were emptied could not be seen: nobody can say that the need is not met."""
    observations = PRODUCTION | {
        "maint_evac": unknown("maint_evac", "no host was in maintenance"),
        "vmotion_breadth": share("vmotion_breadth", 0, 200),
    }
    answers = read(MODEL, observations.values())
    (found,) = open_needs(MODEL, answers, consider(MODEL, answers), 2)
    assert (found.state, found.reason) == ("unknown", found.need.unknown)


@pytest.mark.parametrize(
    ("answers", "met"),
    [
        (
            (share("ha_share", 200, 200), amount("dr_tests", 4), amount("dr_registered", 1), share("dr_protected", 190, 200)),
            True,
        ),
        ((share("ha_share", 100, 200), share("ha_admission", 1, 2)), False),
    ],
)
def test_the_gate_of_a_family_asks_for_its_own_position(answers: tuple[Observation, ...], met: bool) -> None:
    """Availability taken alone must stand where business production begins; anything above nothing is not enough."""
    read_answers = read(MODEL, (PRODUCTION | {answer.indicator: answer for answer in answers}).values())
    scenarios = consider(MODEL, read_answers)
    assert (0 < scenarios.alone["availability"].position < 2) is not met
    asked = {condition.facet for gap in open_needs(MODEL, read_answers, scenarios, 3) for condition in gap.need.any_of}
    assert ("availability" not in asked) is met
