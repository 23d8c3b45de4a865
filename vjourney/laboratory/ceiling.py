"""Ceiling: what could be reached at all, fitted to the laboratory or in a world of the model's form."""

from __future__ import annotations

from math import hypot

import numpy as np
from scipy.special import ndtr

from inference.judging.model import CATEGORIES, prepare
from inference.judging.posterior import Reading, effective_weights
from vjourney.laboratory.fitting import Sample, fit, stages_of
from vjourney.laboratory.measures import Figure
from vjourney.laboratory.metrics import Floats, Ints, bootstrap_mean, ranked_probability_score
from vjourney.laboratory.practices import CLOSE, FAMILY_SPREAD, WORLD_SPREAD
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


def of_positions(stages: Ints, bench: Bench, rng: np.random.Generator) -> tuple[Figure, ...]:
    """The score of the model with its positions fitted to the other estates, as calibration does for who has labels."""
    every = Sample(effective_weights(bench.model, bench.reading), bench.reading.present, stages)
    fold, shares = np.arange(len(stages)) % FOLDS, np.zeros((len(stages), CATEGORIES))
    for own in range(FOLDS):
        fitted = prepare(fit(bench.model, every.part(np.flatnonzero(fold != own))), "")
        shares[fold == own] = stages_of(fitted, every.part(np.flatnonzero(fold == own)))
    score = ranked_probability_score(shares, stages)
    return (Figure.of("rps_positions", "The score with positions fitted to other such estates", bootstrap_mean(score, rng)),)


LINK = 1.7
"""A logistic curve of slope a is, near enough, that of a normal distribution with this over a as its spread."""


def of_form(positions: Floats, stages: Ints, bench: Bench, rng: np.random.Generator) -> tuple[Figure, ...]:
    """The score of the model for ``positions`` (m) where answers come about as it has them, seen and unseen as in ``bench``.

    Every item has its own noise about its own positions, families and items are ahead or behind for good, and nothing else
    stands between an organisation and what is read of it.
    """
    score = ranked_probability_score(_drawn(positions, bench, rng).stages(), stages)
    return (Figure.of("rps_form", "The score where answers come about as the model has them", bootstrap_mean(score, rng)),)


def _drawn(positions: Floats, bench: Bench, rng: np.random.Generator) -> Bench:
    """The bench with answers of that world in place of those of the laboratory."""
    model, shape = bench.model, bench.reading.present.shape
    slopes = np.array([item.a for item in model.scored], dtype=np.float64)
    begins = np.array([(*item.b, *[np.inf] * (CATEGORIES - 1 - len(item.b))) for item in model.scored])
    families = rng.normal(0, FAMILY_SPREAD, (shape[0], len(model.member)))[:, model.member.argmax(axis=0)]
    lasting = rng.normal(0, hypot(CLOSE, WORLD_SPREAD), shape)
    reached = positions[:, None] + families + lasting + rng.normal(0, 1, shape) * LINK / slopes
    ranks = (reached[..., None] >= begins).sum(axis=-1)
    present = bench.reading.present & ~(model.positive_only & (ranks == 0))
    return bench.with_reading(Reading(np.eye(CATEGORIES)[ranks], ranks, present))


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
