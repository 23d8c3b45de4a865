"""Gates: what confirms a stage, what is said where it is missing or was not seen, and that no gate lowers a stage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inference.judging.gates import doubts, open_needs
from inference.judging.model import load
from inference.judging.reading import read
from inference.judging.scenarios import consider
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.results import Assessment

if TYPE_CHECKING:
    from tests.inference.conftest import Answers, Judged

MODEL = load("journey-1")


def test_gates_say_what_is_missing_and_never_lower_the_stage(judged: Judged) -> None:
    """Unmet and unseen needs have different sentences, and the stage stays."""
    whole = judged()
    assert (whole.inferred, whole.confirmed) == (2, True)
    unmet = judged(amount("business_in_ha", 0))
    assert unmet.unconfirmed_because == ("no corroborated business application was found in a cluster with HA switched on",)
    unseen = judged(unknown("business_in_ha", Missing("no names")))
    assert "could not be seen whether a business application" in unseen.unconfirmed_because[0]
    assert unmet.inferred == unseen.inferred == whole.inferred
    assert unmet.posterior == whole.posterior
    assert not unmet.confirmed


def test_one_of_two_conditions_is_enough(judged: Judged) -> None:
    """Breadth confirms what maintenance cannot, and only both missing leave the need open."""
    evacuated = not_applicable("maint_evac", "no host was in maintenance")
    assert judged(evacuated).confirmed
    both = judged(evacuated, amount("vmotion_breadth", 0.0))
    assert any("live migration is too little used" in reason for reason in both.unconfirmed_because) or both.inferred != 2


@pytest.mark.parametrize(("support", "confirmed"), [(0.5, True), (0.49, False)])
def test_exercise_alone_must_be_as_likely_as_not_to_have_reached_the_stage(
    production: Answers, support: float, confirmed: bool
) -> None:
    """One half is enough, however sure the whole of the evidence is."""
    answers = read(MODEL, production.values())
    exercised = np.where(MODEL.stage_of == 2, support / 40, 0.0) + np.where(MODEL.stage_of == 1, (1 - support) / 40, 0.0)
    scenarios = consider(MODEL, answers)
    scenarios = replace(scenarios, exercised=replace(scenarios.exercised, probabilities=exercised))
    assert (doubts(MODEL, answers, scenarios, 2) == ()) is confirmed


@pytest.mark.parametrize(("position", "met"), [(2.0, True), (1.99, False)])
def test_recovery_stands_where_business_production_begins(production: Answers, position: float, met: bool) -> None:
    """The gate of the last stage asks it of availability and recovery taken alone."""
    answers = read(MODEL, production.values())
    scenarios = consider(MODEL, answers)
    families = {**scenarios.families, "availability": replace(scenarios.families["availability"], position=position)}
    gaps = open_needs(MODEL, answers, replace(scenarios, families=families), 3)
    assert ("availability" not in {condition.facet for gap in gaps for condition in gap.need.any_of}) is met


def test_one_business_application_in_ha_is_enough(judged: Judged) -> None:
    """A gate asks whether there is any, not how many."""
    assert judged(amount("business_in_ha", 1)).confirmed


def test_a_stage_needs_exercise_that_was_seen_and_speaks_for_it(judged: Judged) -> None:
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
    assert any("exercised features alone make IT Production or higher only" in reason for reason in estate.unconfirmed_because)


def test_stage_zero_needs_no_confirmation(assessed: Judged) -> None:
    """A lab is confirmed as what it is."""
    lab = assessed(
        *(share("cluster_share", 0, 2), share("shared_storage_share", 0, 6), amount("scale", 6), amount("vm_per_host", 3)),
        *(amount("vmotion_breadth", 0.0), amount("biz_div", 0), share("ha_share", 0, 6), share("vmotion_ready", 0, 2)),
        *(not_applicable(name, "no cluster") for name in ("maint_evac", "drs_initiated", "vmotion_rate")),
    )
    assert (lab.inferred, lab.confirmed) == (0, True)


def serving(judged: Judged, *changes: Observation) -> Assessment:
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
def test_a_service_is_confirmed_by_self_service_or_by_programs(
    judged: Judged, ordered: int, automated: float, confirmed: bool
) -> None:
    """One in twenty machines ordered, or four in ten operations by programs: either is enough, and a product alone is not."""
    service = serving(judged, amount("self_service", ordered), amount("auto_ops", automated))
    assert service.inferred == 3
    gated = any("too few machines are ordered by self service" in reason for reason in service.unconfirmed_because)
    assert (service.confirmed, gated) == (confirmed, not confirmed)


def test_a_service_that_cannot_be_seen_is_not_confirmed(judged: Judged) -> None:
    """Unseen is not unmet, and says so."""
    service = serving(judged, unknown("self_service", Missing("not readable")), unknown("auto_ops", Missing("not readable")))
    assert service.inferred == 3
    assert service.unconfirmed_because == ("self service and automation could not be seen",)


def test_a_need_that_one_unseen_condition_could_meet_is_not_unmet(production: Answers) -> None:
    """No machine moved, and whether hosts were emptied could not be seen: nobody can say that the need is not met."""
    observations = production | {
        "maint_evac": unknown("maint_evac", Missing("no host was in maintenance")),
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
def test_the_gate_of_a_family_asks_for_its_own_position(
    production: Answers, answers: tuple[Observation, ...], met: bool
) -> None:
    """Availability taken alone must stand where business production begins; anything above nothing is not enough."""
    read_answers = read(MODEL, (production | {answer.indicator: answer for answer in answers}).values())
    scenarios = consider(MODEL, read_answers)
    assert (0 < scenarios.families["availability"].position < 2) is not met
    asked = {condition.facet for gap in open_needs(MODEL, read_answers, scenarios, 3) for condition in gap.need.any_of}
    assert ("availability" not in asked) is met
