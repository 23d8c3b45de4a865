"""Ceiling: what a reading could reach that was fitted to the laboratory, where the model was fitted to nothing."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from vjourney.laboratory.measures import Figure
from vjourney.laboratory.metrics import Floats, Ints, bootstrap_mean, ranked_probability_score
from vjourney.laboratory.trials import Bench

FOLDS = 3
PENALTY = 20.0
"""Of the squared weights of the regression: with some eighty of them and a few hundred estates, they need holding."""


def of_ceiling(positions: Floats, stages: Ints, bench: Bench, rng: np.random.Generator) -> tuple[Figure, ...]:
    """The score of a ridge regression of ``positions`` (m) on the categories of all items, fitted to the other estates.

    What it cannot tell, chance and the ways of single organisations have hidden from everybody.
    """
    shares = _fitted(_categories(bench), positions)
    score = ranked_probability_score(shares, stages)
    return (Figure.of("rps_fitted", "The score of a regression fitted to other such estates", bootstrap_mean(score, rng)),)


def _categories(bench: Bench) -> Floats:
    """The expected category of each item (m, n), NaN where it does not speak."""
    ranks = np.arange(bench.reading.weights.shape[-1])
    return np.where(bench.reading.present, bench.reading.weights @ ranks, np.nan)


def _fitted(categories: Floats, positions: Floats) -> Floats:
    """Probabilities of the stages (m, 4); every fold is predicted from the others."""
    fold = np.arange(len(positions)) % FOLDS
    shares = np.zeros((len(positions), 4))
    for own in range(FOLDS):
        others = fold != own
        weights, spread = _regression(categories[others], positions[others])
        below = ndtr((np.arange(1, 4) - (_design(categories[~others], categories[others]) @ weights)[:, None]) / spread)
        shares[~others] = np.diff(below, prepend=0.0, append=1.0)
    return shares


def _regression(categories: Floats, positions: Floats) -> tuple[Floats, float]:
    """Weights of the regression, and the spread of what is left."""
    design = _design(categories, categories)
    penalty = np.diag([0.0, *[PENALTY] * (design.shape[1] - 1)])
    weights = np.asarray(np.linalg.solve(design.T @ design + penalty, design.T @ positions), dtype=np.float64)
    return weights, float((positions - design @ weights).std())


def _design(categories: Floats, reference: Floats) -> Floats:
    """A constant, categories about the mean of the reference, and which of them are missing."""
    missing, known = np.isnan(categories), ~np.isnan(reference)
    mean = np.where(known, reference, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.concatenate([np.ones((len(categories), 1)), np.where(missing, 0.0, categories - mean), missing], axis=1)
