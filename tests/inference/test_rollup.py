"""Fleets: pooled numbers, a quorum in place of averages, and differences that are not hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.judging.judge import Case, judge
from inference.judging.model import load
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.pooling import Part, pool
from inference.results import Assessment, Consolidation, FeatureUse, Milestone, Posterior, Scope, Spread
from inference.rollup import heterogeneity, quorum, roll_up, spread

MODEL = load("journey-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FLEET = Scope("fleet", "fleet", "fleet")


def pooled(name: str, *parts: tuple[Observation, float]) -> Observation:
    """One pooled answer of parts with one observation and a weight each."""
    return next(o for o in pool([Part((o,), weight) for o, weight in parts], MODEL) if o.indicator == name)


def unit(
    name: str, position: float, weight: float, *, variance: float = 0.04, business: int = 0, seen: bool = True
) -> Assessment:
    """A judged vCenter around a position, most of it in that stage."""
    stage = min(3, int(position))
    shares = [0.0, 0.0, 0.0, 0.0]
    shares[stage] = 1.0
    judged = judge(Case(Scope("vcenter", name, name, name), NOW, [share("biz_share", business, max(weight, 10))]), MODEL)
    return replace(
        judged,
        posterior=Posterior((shares[0], shares[1], shares[2], shares[3]), position, variance, (0.0, 4.0)),
        inferred=stage if seen else None,
        weight=weight,
    )


def test_shares_and_rates_add_their_numbers() -> None:
    """Three of four and one of ninety-six are four of a hundred, not the mean of two shares."""
    joined = pooled("ha_share", (share("ha_share", 3, 4), 4), (share("ha_share", 1, 96), 96))
    assert (joined.numerator, joined.denominator, joined.value, joined.seen) == (4, 100, 0.04, 1.0)
    moves = pooled("vmotion_rate", (rate("vmotion_rate", 10, 2.0), 200), (rate("vmotion_rate", 0, 3.0), 300))
    assert (moves.numerator, moves.denominator, moves.value) == (10, 5.0, 2.0)


def test_counts_join_as_their_items_say() -> None:
    """Workloads add up; a recovery product that is registered twice is still one."""
    assert pooled("scale", (amount("scale", 30), 30), (amount("scale", 20), 20)).value == 50
    assert pooled("dr_registered", (amount("dr_registered", 1), 30), (amount("dr_registered", 1), 20)).value == 1
    assert pooled("self_service", (amount("self_service", 3), 25), (amount("self_service", 0), 75)).value == 0.75
    assert pooled("prov_gap", (amount("prov_gap", 4), 0), (amount("prov_gap", 2), 0)).value == 3
    assert pooled("biz_div", (amount("biz_div", 3), 30), (amount("biz_div", 2), 20)).value == 3


def test_exact_values_join_by_weight() -> None:
    """A value without its numbers counts with the weight of its unit, and stays exact among its like."""
    both = pooled("vm_per_host", (amount("vm_per_host", 10), 300), (amount("vm_per_host", 2), 100))
    assert (both.value, both.denominator) == (8, None)
    half = pooled("ha_share", (amount("ha_share", 0.5), 100), (share("ha_share", 100, 100), 100))
    assert (half.numerator, half.denominator) == (150, 200)


def test_a_quiet_vcenter_does_not_outweigh_the_moves_of_others() -> None:
    """Where next to nothing was moved the answer is an exact zero; its thousand machines are no moves."""
    quiet, busy = (amount("drs_initiated", 0), 1000), (share("drs_initiated", 40, 50), 100)
    joined = pooled("drs_initiated", quiet, busy)
    assert (joined.numerator, joined.denominator, joined.seen) == (40, 50, 1.0)
    alone = pooled("drs_initiated", quiet, (amount("drs_initiated", 0), 10))
    assert (alone.value, alone.denominator) == (0, None)


def test_unknown_parts_lower_what_was_seen() -> None:
    """The part that could not be read counts by its weight; nothing is assumed about it."""
    joined = pooled("ha_share", (share("ha_share", 60, 60, seen=0.5), 60), (unknown("ha_share", Missing("no rights")), 40))
    assert joined.value == 1.0
    assert joined.seen == pytest.approx(0.3)
    silent = next(o for o in pool([Part((share("ha_share", 6, 6),), 6), Part((), 4)], MODEL) if o.indicator == "ha_share")
    assert silent.seen == pytest.approx(0.6)


def test_parts_without_the_question_drop_out() -> None:
    """Not applicable lowers nothing; where it holds everywhere it holds for the whole, and unknown wins over it."""
    joined = pooled("sdrs", (share("sdrs", 6, 60), 60), (not_applicable("sdrs", "vSAN"), 40))
    assert (joined.seen, joined.value) == (1.0, 0.1)
    assert pooled("sdrs", (not_applicable("sdrs", "vSAN"), 1), (not_applicable("sdrs", "vSAN"), 1)).state == "not_applicable"
    mixed = pooled("sdrs", (not_applicable("sdrs", "vSAN"), 1), (unknown("sdrs", Missing("no rights")), 1))
    assert (mixed.state, mixed.reason) == ("unknown", "no rights")


def test_units_without_workloads_still_pool() -> None:
    """With no powered-on workload anywhere, units count alike."""
    assert pooled("ha_share", (amount("ha_share", 1), 0), (amount("ha_share", 0), 0)).value == 0.5


observed = st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=50, deadline=None)
@given(st.lists(observed, min_size=2, max_size=5))
def test_splitting_a_unit_keeps_the_posterior(numbers: list[tuple[int, int]]) -> None:
    """However an estate is cut into units, the whole is judged by the same sums."""
    parts = [Part((share("ha_share", x, n), share("maint_evac", x, n)), float(n)) for x, n in numbers]
    x, n = (sum(column) for column in zip(*numbers, strict=True))
    whole = judge(Case(FLEET, NOW, (share("ha_share", x, n), share("maint_evac", x, n))), MODEL)
    assert judge(Case(FLEET, NOW, pool(parts, MODEL)), MODEL).posterior.probabilities == pytest.approx(
        whole.posterior.probabilities
    )


def test_one_unit_is_its_own_fleet() -> None:
    """A fleet of one thinks what its only vCenter thinks, and one that is configured twice counts once."""
    answers = [share("ha_share", 80, 90), share("maint_evac", 4, 5), amount("scale", 90), share("cluster_share", 4, 4)]
    sizes = Consolidation(hosts=4, workload_vms=100, powered_on_vms=90)
    alone = judge(Case(Scope("vcenter", "a", "a"), NOW, answers, consolidation=sizes), MODEL)
    for units in ([alone], [alone, alone]):
        fleet = roll_up(FLEET, NOW, units, MODEL)
        assert fleet.posterior == alone.posterior
        assert fleet.consolidation == Consolidation(hosts=4, workload_vms=100, powered_on_vms=90, vms_per_host=22.5)


def test_no_units_is_nothing_known() -> None:
    """An empty fleet has no stage, no quorum and no sizes."""
    fleet = roll_up(FLEET, NOW, [], MODEL)
    assert (fleet.inferred, fleet.quorum, fleet.coverage, fleet.consolidation) == (None, None, 0.0, Consolidation())


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([unit("a", 2.5, 60), unit("b", 1.5, 40)], 2),
        ([unit("a", 2.5, 59), unit("b", 1.5, 41)], 1),
        ([unit("a", 2.5, 70, business=4), unit("b", 1.5, 30, business=6)], 1),
        ([unit("a", 2.5, 70, business=5), unit("b", 1.5, 30, business=5)], 2),
        ([unit("a", 3.5, 10), unit("b", 0.5, 90)], 0),
        ([unit("a", 3.5, 10), unit("b", 2.5, 90)], 2),
        ([unit("a", 2.5, 70), unit("b", 0.5, 30, seen=False)], 2),
        ([unit("a", 2.5, 50), unit("b", 0.5, 50, seen=False)], None),
        ([unit("a", 2.5, 0), unit("b", 2.5, 0)], 2),
        ([], None),
    ],
)
def test_the_quorum_is_the_highest_stage_that_enough_has_reached(units: list[Assessment], expected: int | None) -> None:
    """Sixty per cent of workload VMs and half of the business VMs; units without a stage neither help nor hinder."""
    assert quorum(units, MODEL) == expected


def test_heterogeneity_is_that_of_dersimonian_and_laird() -> None:
    """Recomputed by hand from positions, variances and weights."""
    units = [unit("a", 1.2, 100, variance=0.05), unit("b", 2.6, 300, variance=0.1), unit("c", 2.2, 100, variance=0.2)]
    found = heterogeneity(units)
    assert found is not None
    theta, v, w = np.array([1.2, 2.6, 2.2]), np.array([0.05, 0.1, 0.2]), np.array([0.2, 0.6, 0.2])
    precision = 1 / v
    centre = (theta * precision).sum() / precision.sum()
    q = (precision * (theta - centre) ** 2).sum()
    tau = (q - 2) / (precision.sum() - (precision**2).sum() / precision.sum())
    mean = (theta * w / (v + tau)).sum() / (w / (v + tau)).sum()
    assert found.between == pytest.approx(tau)
    assert found.position == pytest.approx(mean)
    assert found.variance == pytest.approx((w * (theta - mean) ** 2).sum())
    assert heterogeneity(units[:1]) is None
    same = heterogeneity([unit("a", 2.0, 1), unit("b", 2.0, 5)])
    assert same is not None
    assert (same.between, same.variance) == (0.0, 0.0)


def test_a_mixed_fleet_says_who_is_where() -> None:
    """Branches at one stage and a core at another are named, not averaged."""
    fleet = roll_up(FLEET, NOW, [unit("branch1", 0.5, 50), unit("branch2", 0.6, 50), unit("core", 2.8, 100)], MODEL)
    messages = {flag.id: flag.message for flag in fleet.flags}
    assert "Experimentation in branch1, branch2; Business Production in core" in messages["mixed"]
    assert fleet.quorum == 0
    alike = roll_up(FLEET, NOW, [unit("a", 2.4, 50), unit("b", 2.6, 50)], MODEL)
    assert "mixed" not in {flag.id for flag in alike.flags}


@pytest.mark.parametrize(("apart", "mixed"), [(1.02, True), (0.98, False)])
def test_a_fleet_is_mixed_beyond_a_variance_of_a_quarter(apart: float, mixed: bool) -> None:
    """Two halves one stage apart have just that."""
    fleet = roll_up(FLEET, NOW, [unit("a", 1.4, 50), unit("b", 1.4 + apart, 50)], MODEL)
    assert ("mixed" in {flag.id for flag in fleet.flags}) is mixed


def test_a_large_idle_vcenter_is_not_hidden_by_a_busy_small_one() -> None:
    """Simpson's trap: one unit's high shares on few do not outweigh the low shares of many."""
    small = (share("maint_evac", 9, 10), share("ha_share", 50, 50), share("vmotion_breadth", 50, 50))
    large = (share("maint_evac", 0, 90), share("ha_share", 100, 950), share("vmotion_breadth", 0, 950))
    by_id = {o.indicator: o for o in pool([Part(small, 50), Part(large, 950)], MODEL)}
    assert [by_id[name].value for name in ("maint_evac", "ha_share", "vmotion_breadth")] == [0.09, 0.15, 0.05]


def test_sizes_features_and_milestones_join() -> None:
    """Counts add up or are unknown, configuration goes by weight, exercise adds up, and the first date wins."""
    early, late = NOW - timedelta(days=90), NOW
    a = replace(
        unit("a", 1.5, 300),
        consolidation=Consolidation(hosts=10, workload_vms=400, powered_on_vms=300),
        features={
            "ha": FeatureUse(1.0, 2.0, "restarts in 365 days", early),
            "vmotion": FeatureUse(1.0, 4.0, "live migrations in 30 days"),
        },
        milestones=(Milestone("first_live_migration", late),),
    )
    b = replace(
        unit("b", 1.5, 100),
        consolidation=Consolidation(hosts=10, workload_vms=None, powered_on_vms=100),
        features={
            "ha": FeatureUse(0.0, 1.0, "restarts in 365 days", late),
            "vmotion": FeatureUse(None, 8.0, "live migrations in 30 days"),
        },
        milestones=(Milestone("first_live_migration", early),),
    )
    fleet = roll_up(FLEET, NOW, [a, b], MODEL)
    assert (fleet.consolidation.hosts, fleet.consolidation.workload_vms, fleet.consolidation.vms_per_host) == (20, None, 20.0)
    assert fleet.features["ha"] == FeatureUse(0.75, 3.0, "restarts in 365 days", late)
    assert fleet.features["vmotion"] == FeatureUse(1.0, 12.0, "live migrations in 30 days", None)
    assert fleet.milestones == (Milestone("first_live_migration", early),)
    assert fleet.weight == 400


@pytest.mark.parametrize(
    ("early", "late", "days"),
    [(2.0, 0.0, 365.0), (0.0, 2.0, 7.0), (1.0, 1.0, 365.0), (0.0, 0.0, 7.0)],
)
def test_a_fleets_count_is_of_the_days_of_those_with_a_part_in_it(early: float, late: float, days: float) -> None:
    """What happened in a year is not of a week; where nothing did, a week of one vCenter and a year of another are a week."""
    year = FeatureUse(1.0, early, "tests in 365 days", None, 365.0)
    week = FeatureUse(1.0, late, "tests in the 7 days", None, 7.0)
    blind = FeatureUse(1.0, None, "tests in the 0 days", None, 0.0)
    units = [replace(unit(name, 1.5, 100), features={"srm": use}) for name, use in (("a", year), ("b", week), ("c", blind))]
    whole = roll_up(FLEET, NOW, units, MODEL).features["srm"]
    unit_of = {365.0: "tests in 365 days", 7.0: "tests in the 7 days"}[days]
    assert (whole.exercised, whole.exercised_unit, whole.seen_days) == (early + late or None, unit_of, days)


def test_no_use_anywhere_is_known_of_a_fleet_only_where_every_unit_tells() -> None:
    """Nothing in one vCenter and nobody knows in another is not nothing in both; what was seen counts in any case."""
    none, blind = FeatureUse(1.0, 0.0, "tests in 30 days", None, 30.0), FeatureUse(1.0, None, "tests in 30 days", None, 0.0)
    some = FeatureUse(1.0, 3.0, "tests in 30 days", NOW, 30.0)

    def used(*uses: FeatureUse) -> float | None:
        units = [replace(unit(name, 1.5, 100), features={"srm": use}) for name, use in zip("abc", uses, strict=False)]
        return roll_up(FLEET, NOW, units, MODEL).features["srm"].exercised

    assert (used(none, none), used(none, blind), used(blind, blind), used(some, blind, none)) == (0.0, None, None, 3.0)


def test_an_empty_vcenter_hides_no_ratio_of_its_fleet() -> None:
    """It has no core to divide by, which is known and adds nothing; one that cannot be read leaves the ratio unknown."""
    full = Consolidation(hosts=2, workload_vms=9, powered_on_vms=8)
    answers = [share("ha_share", 8, 8), rate("vcpus_per_core", 16, 32)]
    busy = judge(Case(Scope("vcenter", "a", "a", "a"), NOW, answers, consolidation=full), MODEL)
    empty = Consolidation(hosts=0, workload_vms=0, powered_on_vms=0)

    def ratio(other: Consolidation) -> float | None:
        coreless = [unknown("vcpus_per_core", Missing("no core"))]
        second = judge(Case(Scope("vcenter", "b", "b", "b"), NOW, coreless, consolidation=other), MODEL)
        return roll_up(FLEET, NOW, [replace(busy, weight=8), second], MODEL).consolidation.vcpus_per_core

    assert (ratio(empty), ratio(Consolidation())) == (0.5, None)


def test_clusters_are_spread_by_their_machines() -> None:
    """A tenth, half and nine tenths of the machines lie at or below; clusters without enough evidence have no position."""
    parts = [unit("a", 2.5, 30), unit("b", 0.5, 10), unit("c", 1.5, 60), unit("d", 3.5, 900, seen=False)]
    assert spread(parts) == Spread(0.5, 1.5, 2.5, judged=3, parts=4)
    assert spread([unit("a", 2.5, 10), unit("b", 0.5, 10), unit("c", 1.5, 80)]) == Spread(0.5, 1.5, 1.5, judged=3, parts=3)
    assert spread([unit("a", 1.5, 0), unit("b", 2.5, 0)]) == Spread(1.5, 1.5, 2.5, judged=2, parts=2)
    assert spread([unit("d", 3.5, 900, seen=False)]) is None
