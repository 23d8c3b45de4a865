"""Metrics on cases small enough to be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vjourney.laboratory.metrics import (
    balanced,
    bootstrap,
    bootstrap_mean,
    boundary_calibration_error,
    calibration_error,
    far_misses,
    hits,
    ranked_probability_score,
    smallest_sets,
    top_calibration_error,
)

SURE_OF_ONE = [0.0, 1.0, 0.0, 0.0]
EVEN = [0.25, 0.25, 0.25, 0.25]
SPLIT = [0.0, 0.5, 0.5, 0.0]


def stages(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """True stages as an array."""
    return np.array(numbers, dtype=np.intp)


def test_a_sure_and_right_answer_scores_zero() -> None:
    """Nothing is better than all probability on the truth."""
    assert ranked_probability_score(np.array([SURE_OF_ONE]), stages(1))[0] == 0


@pytest.mark.parametrize(("truth", "score"), [(0, 1 / 3), (2, 1 / 3), (3, 2 / 3)], ids=["one below", "one above", "two above"])
def test_a_sure_and_wrong_answer_scores_its_distance(truth: int, score: float) -> None:
    """Each boundary that is wrong costs a third."""
    assert ranked_probability_score(np.array([SURE_OF_ONE]), stages(truth))[0] == pytest.approx(score)


def test_half_and_half_between_neighbours_scores_a_twelfth() -> None:
    """One boundary is wrong by a half: a quarter, over three."""
    assert ranked_probability_score(np.array([SPLIT]), stages(1))[0] == pytest.approx(0.25 / 3)


def test_no_opinion_scores_worst_at_the_ends() -> None:
    """Even shares miss the boundaries by 1/4, 2/4 and 3/4 seen from an end."""
    score = ranked_probability_score(np.array([EVEN, EVEN]), stages(0, 1))
    assert score[0] == pytest.approx((9 + 4 + 1) / 16 / 3)
    assert score[1] == pytest.approx((1 + 4 + 1) / 16 / 3)


def test_calibration_weighs_bins_by_their_size() -> None:
    """Three of 0.95 of which two are right, and one of 0.55 that is right."""
    confidence, correct = np.array([0.95, 0.95, 0.95, 0.55]), np.array([1.0, 1.0, 0.0, 1.0])
    assert calibration_error(confidence, correct) == pytest.approx((3 * abs(0.95 - 2 / 3) + abs(0.55 - 1)) / 4)


def test_perfect_confidence_falls_into_the_last_bin() -> None:
    """A probability of one has a bin."""
    assert calibration_error(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == 0


def test_calibration_of_nobody_is_no_number() -> None:
    """Nothing is not zero."""
    assert np.isnan(calibration_error(np.array([]), np.array([])))


def test_the_likeliest_stage_and_the_boundaries_are_told_apart() -> None:
    """Half-sure answers that are always right are under-confident; at the lowest boundary they are perfect."""
    shares = np.array([SPLIT, SPLIT])
    assert top_calibration_error(shares, stages(1, 1)) == pytest.approx(0.5)
    assert boundary_calibration_error(shares, stages(1, 1), 1) == 0
    assert boundary_calibration_error(shares, stages(1, 1), 2) == pytest.approx(0.5)


def test_hits_and_far_misses() -> None:
    """Neighbours are misses and not far ones."""
    shares = np.array([SURE_OF_ONE] * 3)
    assert hits(shares, stages(1, 2, 3)).tolist() == [1, 0, 0]
    assert far_misses(shares, stages(1, 2, 3)).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("shares", "run"),
    [
        (SURE_OF_ONE, (1, 1)),
        (SPLIT, (1, 2)),
        ([0.05, 0.9, 0.05, 0.0], (1, 1)),
        ([0.08, 0.82, 0.1, 0.0], (1, 2)),
        (EVEN, (0, 3)),
    ],
    ids=["sure", "two", "just one", "likelier neighbour", "all"],
)
def test_the_smallest_run_of_stages_that_holds_nine_tenths(shares: list[float], run: tuple[int, int]) -> None:
    """Of two runs as long the likelier one."""
    first, last = smallest_sets(np.array([shares]))
    assert (first[0], last[0]) == run


def test_every_stage_weighs_the_same_however_common() -> None:
    """Three of four right at one stage and none of one at another; stages of which there is no estate have no part in it."""
    right = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    assert balanced(right, stages(1, 1, 1, 1, 3)) == pytest.approx(3 / 8)


def test_the_bootstrap_of_a_constant_has_no_width() -> None:
    """Whoever is drawn, the mean is the same."""
    estimate = bootstrap_mean(np.full(5, 0.3), np.random.default_rng(1))
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((0.3, 0.3, 0.3))
    assert estimate.count == 5


def test_the_interval_holds_the_mean_and_narrows_with_numbers() -> None:
    """Ten times as many estates tell more."""
    few, many = np.arange(10.0) % 2, np.arange(100.0) % 2
    wide, narrow = (bootstrap_mean(values, np.random.default_rng(1)) for values in (few, many))
    assert wide.low <= 0.5 <= wide.high
    assert narrow.high - narrow.low < wide.high - wide.low


def test_a_statistic_of_nobody_is_no_number() -> None:
    """No estate, no figure, and no error either."""
    assert np.isnan(bootstrap(lambda _: 1.0, 0, np.random.default_rng(1)).value)
