"""The equations of the posterior, recomputed here in another way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from inference.judging.model import load
from inference.judging.posterior import (
    category_weights,
    configured_weights,
    effective_weights,
    facets,
    log_odds,
    posterior,
    reached,
    stages,
    summary,
)
from inference.judging.reading import read
from inference.judging.specification import Item
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown

MODEL = load("journey-1")


def with_cuts(*cuts: float, measure: str = "share", design_effect: float = 1.0) -> Item:
    """An item that only has cuts."""
    return MODEL.by_id["vmotion_breadth"].model_copy(update={"cuts": cuts, "measure": measure, "design_effect": design_effect})


def weights_of(*observations: Observation) -> np.ndarray:
    """Effective weights (n, 4) of some observations."""
    return effective_weights(MODEL, read(MODEL, observations).reading)


def grid_of(*observations: Observation) -> np.ndarray:
    """Posterior over the grid of some observations."""
    return np.asarray(posterior(MODEL, weights_of(*observations)[None])[0])


def test_soft_categories_of_the_worked_examples() -> None:
    """Two of three is spread over the categories, 300 of 400 is nearly sure of one."""
    item = with_cuts(0.25, 0.7, 0.95)
    assert category_weights(item, share("x", 2, 3)).round(2) == pytest.approx([0.06, 0.53, 0.38, 0.04], abs=0.011)
    assert category_weights(item, share("x", 300, 400)).round(2) == pytest.approx([0.0, 0.01, 0.99, 0.0], abs=0.011)


def test_a_share_is_a_beta_and_a_rate_a_gamma() -> None:
    """Weights are differences of the distributions at the cuts, after division by the design effect."""
    beta = stats.beta(5 / 3 + 0.5, 4 / 3 + 0.5).cdf([0.2, 0.6, 0.9])
    expected = np.diff([0.0, *beta, 1.0])
    assert category_weights(with_cuts(0.2, 0.6, 0.9, design_effect=3.0), share("x", 5, 9)) == pytest.approx(expected)
    gamma = stats.gamma(7 + 0.5, scale=1 / 2.5).cdf([1, 10, 40])
    assert category_weights(with_cuts(1, 10, 40, measure="rate"), rate("x", 7, 2.5)) == pytest.approx(
        np.diff([0.0, *gamma, 1.0])
    )


def test_what_was_read_exactly_has_one_category() -> None:
    """Ratios, counts and shares without their numbers are not softened."""
    assert category_weights(with_cuts(2, 6, 12, measure="ratio"), amount("x", 6)).tolist() == [0, 0, 1, 0]
    assert category_weights(with_cuts(1, measure="count"), amount("x", 1)).tolist() == [0, 1, 0, 0]
    assert category_weights(with_cuts(0.2, 0.6, 0.9), amount("x", 0.7)).tolist() == [0, 0, 1, 0]
    with pytest.raises(ValueError, match="no value"):
        category_weights(with_cuts(0.2, 0.6, 0.9), unknown("x", Missing("why")))


def test_any_is_certain_in_both_directions() -> None:
    """None of three is category 0 for sure; one of three is anything but category 0."""
    rules = MODEL.by_id["rules_pools"]
    assert category_weights(rules, share("rules_pools", 0, 3)).tolist() == [1, 0, 0, 0]
    some = category_weights(rules, share("rules_pools", 1, 3))
    assert some[0] == 0
    assert some[1:] == pytest.approx(np.diff([0.0, *stats.beta(1.5, 2.5).cdf([0.1, 0.4]), 1.0]))


def test_huge_samples_do_not_underflow() -> None:
    """A million of a million and none of a million still sum to one."""
    item = with_cuts(0.2, 0.6, 0.9)
    assert category_weights(item, share("x", 1e6, 1e6)) == pytest.approx([0, 0, 0, 1])
    assert category_weights(item, share("x", 0, 1e6)) == pytest.approx([1, 0, 0, 0])
    assert np.isfinite(grid_of(share("ha_share", 0, 1e6), share("drs_auto", 1e6, 1e6), amount("scale", 1e9))).all()


def plain_posterior(likelihoods: dict[str, list[tuple[list[float], list[float], float]]]) -> list[float]:
    """Posterior by loops: for each family, (weights, positions, slope) of its items."""
    grid = [step * 0.025 for step in range(161)]
    prior = {0: 0.1 / 40, 1: 0.35 / 40, 2: 0.35 / 40, 3: 0.2 / 41}
    result = [prior[min(3, int(theta + 1e-9))] for theta in grid]
    for items in likelihoods.values():
        product = []
        for theta in grid:
            value = 1.0
            for weights, positions, slope in items:
                steps = [1.0, *(1 / (1 + math.exp(-slope * (theta - b))) for b in positions), 0.0]
                value *= sum(w * (steps[k] - steps[k + 1]) for k, w in enumerate(weights))
            product.append(value)
        for place, theta in enumerate(grid):
            kernel = [math.exp(-0.5 * ((theta - other) / 0.5) ** 2) for other in grid]
            result[place] *= sum(k * p for k, p in zip(kernel, product, strict=True)) / sum(kernel)
    total = sum(result)
    return [value / total for value in result]


def test_the_posterior_equals_one_computed_by_loops() -> None:
    """Families, kernel, prior and slopes together give what plain sums give."""
    evacuated = np.diff([0.0, *stats.beta(4 / 3 + 0.5, 1 / 3 + 0.5).cdf([0.2, 0.6, 0.9]), 1.0]).tolist()
    ready = np.diff([0.0, *stats.beta(8.5, 0.5).cdf([0.25, 0.7, 0.95]), 1.0]).tolist()
    clustered = np.diff([0.0, *stats.beta(6.5, 2.5).cdf([0.25, 0.6, 0.9]), 1.0]).tolist()
    expected = plain_posterior(
        {
            "foundation": [(clustered, [0.8, 1.2, 1.6], 2.0), ([0, 0, 1, 0], [0.6, 1.2, 2.2], 1.0)],
            "mobility": [(evacuated, [1.4, 1.8, 2.3], 3.0), (ready, [1.0, 1.25, 1.6], 2.0)],
            "workloads": [([0, 1, 0, 0], [1.7, 2.2, 2.8], 3.0)],
        }
    )
    ours = grid_of(
        share("cluster_share", 6, 8),
        amount("scale", 120),
        share("maint_evac", 4, 5),
        share("vmotion_ready", 8, 8),
        amount("biz_div", 2),
    )
    assert ours == pytest.approx(expected, rel=1e-9)


def test_configuration_counts_one_category_above_exercise_at_most() -> None:
    """With no DRS move at all, full automation weighs as category 1; without a view of moves it is not capped."""
    place = MODEL.index["drs_auto"]
    capped = weights_of(share("drs_auto", 500, 500), share("drs_initiated", 0, 50))
    assert capped[place] == pytest.approx([0, 1, 0, 0])
    for blind in (unknown("drs_initiated", Missing("why")), not_applicable("drs_initiated", "why")):
        assert weights_of(share("drs_auto", 500, 500), blind)[place] == pytest.approx([0, 0, 0, 1])


def test_the_cap_follows_the_mean_of_exercise_rounded_up() -> None:
    """Categories 0 and 1 average to one half, rounded up to 1, so that configuration counts up to 2."""
    observations = share("vmotion_ready", 500, 500), amount("vmotion_breadth", 0.2), amount("maint_evac", 0.0)
    assert weights_of(*observations)[MODEL.index["vmotion_ready"]] == pytest.approx([0, 0, 1, 0])


def test_a_cap_moves_weight_down_and_loses_none() -> None:
    """What lies above the cap is added to the category at the cap."""
    place = MODEL.index["drs_auto"]
    free = weights_of(share("drs_auto", 2, 3))[place]
    capped = weights_of(share("drs_auto", 2, 3), share("drs_initiated", 0, 50))[place]
    assert capped == pytest.approx([free[0], free[1:].sum(), 0, 0])


def test_the_foundation_is_never_capped_and_neither_is_exercise() -> None:
    """Only configured items of capped families give way, however little is exercised beside them."""
    few_virtual = share("cluster_share", 500, 500), amount("pct_virtualized", 0.0)
    assert weights_of(*few_virtual)[MODEL.index["cluster_share"]] == pytest.approx([0, 0, 0, 1])
    hardly_moved = amount("maint_evac", 0.0), amount("vmotion_rate", 0.0), amount("vmotion_breadth", 1.0)
    assert weights_of(*hardly_moved)[MODEL.index["vmotion_breadth"]].tolist() == [0, 0, 0, 1]


def test_fault_tolerance_neither_caps_nor_is_missed() -> None:
    """Its absence says nothing, its presence speaks for a position and never against a higher one."""
    absent, nothing = grid_of(amount("ft", 0)), grid_of()
    assert absent == pytest.approx(nothing)
    present, more = grid_of(amount("ft", 1)), grid_of(amount("ft", 12))
    for stage in (1, 2, 3):
        assert reached(MODEL, nothing, stage) < reached(MODEL, present, stage) < reached(MODEL, more, stage)
    weights = weights_of(amount("ft", 1), share("ha_share", 500, 500))
    assert weights[MODEL.index["ha_share"]] == pytest.approx([0, 0, 0, 1])
    assert weights[MODEL.index["ft"]].tolist() == [0, 1, 1, 1]


def test_low_density_is_excused_where_business_runs() -> None:
    """Few VMs a host count against an estate, unless its business applications explain them."""
    low, business = amount("vm_per_host", 2), amount("biz_share", 0.08)
    for silent in (weights_of(low), weights_of(low, amount("biz_share", 0.079))):
        assert silent[MODEL.index["vm_per_host"]].tolist() == [0, 1, 0, 0]
    assert weights_of(low, business)[MODEL.index["vm_per_host"]].tolist() == [0, 1, 1, 1]


def test_one_family_cannot_add_more_than_its_offset_allows() -> None:
    """However many items of one family agree, the position stays as uncertain as the family's own offset."""
    everything = grid_of(
        share("vmotion_ready", 9000, 9000),
        rate("vmotion_rate", 9000, 400),
        amount("maint_evac", 0.7),
        amount("vmotion_breadth", 0.5),
        rate("svmotion_rate", 2000, 400),
    )
    assert summary(MODEL, everything).variance > 0.15


def test_a_facet_is_its_items_without_the_offset() -> None:
    """The view of one family alone is sharper than what it adds to the whole."""
    weights = weights_of(amount("maint_evac", 0.7), amount("vmotion_breadth", 0.5))
    families = [family.id for family in MODEL.specification.families]
    alone = facets(MODEL, weights[None])[0][families.index("mobility")]
    expected = (
        np.exp(MODEL.prior) * MODEL.curves[MODEL.index["maint_evac"], 2] * MODEL.curves[MODEL.index["vmotion_breadth"], 2]
    )
    assert alone == pytest.approx(expected / expected.sum())
    assert summary(MODEL, alone).variance < summary(MODEL, posterior(MODEL, weights[None])[0]).variance


def test_a_batch_equals_each_of_its_members() -> None:
    """What is computed together is as if it were computed alone."""
    sets = [weights_of(amount("biz_div", 1)), weights_of(amount("biz_div", 3)), weights_of(amount("scale", 5)), weights_of()]
    together = posterior(MODEL, np.stack(sets))
    for alone, of_batch in zip(sets, together, strict=True):
        assert of_batch == pytest.approx(posterior(MODEL, alone[None])[0])


def test_a_summary_describes_the_distribution() -> None:
    """Without evidence the summary is the prior; the interval leaves a tenth on either side, as much here as there."""
    prior = summary(MODEL, grid_of())
    assert prior.probabilities == pytest.approx((0.1, 0.35, 0.35, 0.2))
    assert prior.interval80[0] == pytest.approx(0.98, abs=0.03)
    assert prior.interval80[1] == pytest.approx(3.5, abs=0.03)
    around = np.exp(-2 * (MODEL.grid - 2) ** 2)
    assert sum(summary(MODEL, around / around.sum()).interval80) == pytest.approx(4)
    probabilities = grid_of(amount("biz_div", 3))
    assert summary(MODEL, probabilities).position == pytest.approx(float((probabilities * MODEL.grid).sum()))
    assert log_odds(stages(MODEL, probabilities), 2) == pytest.approx(
        math.log(reached(MODEL, probabilities, 2) / (1 - reached(MODEL, probabilities, 2)))
    )
    assert reached(MODEL, probabilities, 4) == 0


def test_what_configuration_alone_reaches_counts_half_and_else_as_one_below() -> None:
    """Half of the weight of the category moves to the one below it, whichever that is, and nowhere else."""
    moved = configured_weights(np.array([0.1, 0.2, 0.4, 0.3]), 2, 0.5)
    assert moved.tolist() == pytest.approx([0.1, 0.4, 0.2, 0.3])
