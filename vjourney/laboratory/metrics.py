"""Metrics: how good probabilities of four stages are, with the uncertainty of the estates that happened to be drawn.

Shapes: n estates, 4 stages. ``probabilities`` (n, 4) sum to 1 in each row, ``truth`` (n) holds stages 0 to 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
STAGE_COUNT = 4
BINS = 10
RESAMPLES = 400
SET_LEVEL = 0.9
"""What a set of stages has to hold together."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval by bootstrap over estates; ``count`` is how many it rests on."""

    value: float
    low: float
    high: float
    count: int


def ranked_probability_score(probabilities: Floats, truth: Ints) -> Floats:
    """The score of each estate (n): squared distance of the cumulated probabilities, over 3. Zero is perfect."""
    reached = probabilities.cumsum(axis=1)[:, :-1]
    actual = (truth[:, None] <= np.arange(STAGE_COUNT - 1)).astype(np.float64)
    return np.asarray(((reached - actual) ** 2).sum(axis=1) / (STAGE_COUNT - 1))


def calibration_error(confidence: Floats, correct: Floats) -> float:
    """Expected calibration error: ten bins of equal width, each weighted by how many fall into it."""
    if not confidence.size:
        return float("nan")
    bins = np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    gaps = np.abs(np.bincount(bins, confidence, BINS) - np.bincount(bins, correct, BINS))
    return float(gaps[counts > 0].sum() / confidence.size)


def top_calibration_error(probabilities: Floats, truth: Ints) -> float:
    """Whether the likeliest stage is right as often as it claims."""
    return calibration_error(probabilities.max(axis=1), hits(probabilities, truth))


def boundary_calibration_error(probabilities: Floats, truth: Ints, boundary: int) -> float:
    """Whether the probability of having reached stage ``boundary`` holds as often as it claims."""
    return calibration_error(probabilities[:, boundary:].sum(axis=1).clip(0, 1), (truth >= boundary).astype(np.float64))


def hits(probabilities: Floats, truth: Ints) -> Floats:
    """1 for each estate whose likeliest stage is the true one (n)."""
    return np.asarray(probabilities.argmax(axis=1) == truth, dtype=np.float64)


def balanced(values: Floats, truth: Ints) -> float:
    """The mean of one value for each estate, with the same weight for each stage that there is."""
    sums, counts = np.bincount(truth, values, STAGE_COUNT), np.bincount(truth, minlength=STAGE_COUNT)
    return float((sums[counts > 0] / counts[counts > 0]).mean())


def far_misses(probabilities: Floats, truth: Ints) -> Floats:
    """1 for each estate whose likeliest stage is two or more away (n)."""
    return np.asarray(np.abs(probabilities.argmax(axis=1) - truth) > 1, dtype=np.float64)


def smallest_sets(probabilities: Floats) -> tuple[Ints, Ints]:
    """First and last stage (n) of the smallest run of neighbouring stages that together hold 90 %; of equals the likelier."""
    first, last = np.zeros(len(probabilities), np.intp), np.zeros(len(probabilities), np.intp)
    runs = [(low, high) for width in range(STAGE_COUNT) for low in range(STAGE_COUNT - width) for high in (low + width,)]
    for row, shares in enumerate(probabilities):
        held = [(high - low, -shares[low : high + 1].sum(), low, high) for low, high in runs]
        enough = [entry for entry in held if -entry[1] >= SET_LEVEL - 1e-12]
        _, _, first[row], last[row] = min(enough)
    return first, last


def bootstrap(statistic: Callable[[Ints], float], count: int, rng: np.random.Generator) -> Estimate:
    """A statistic of the rows named by an index array, with its interval from resampled rows."""
    if not count:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    values = np.array([statistic(rng.integers(0, count, count)) for _ in range(RESAMPLES)])
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, (0.025, 0.975)) if values.size else (np.nan, np.nan)
    return Estimate(statistic(np.arange(count)), float(low), float(high), count)


def bootstrap_mean(values: Floats, rng: np.random.Generator) -> Estimate:
    """The mean of one value for each estate."""
    return bootstrap(lambda rows: float(values[rows].mean()), len(values), rng)
