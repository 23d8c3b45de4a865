"""The posterior over the journey position: soft graded responses, an offset for each family, on a grid.

Families share an unknown offset, integrated out by the kernel, so that many items of one kind cannot shout down the others.
Raising an indicator never lowers the probability of having reached a stage: soft categories, graded responses and the kernel
keep likelihood ratios rising in the position. There is no floor under probabilities, since a floor breaks that. The one step
outside this argument is a cap that gives way, by which a stage can lose up to 0.006 (the worst that a search found is a test).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from inference.judging.model import CATEGORIES, Array, Model
from inference.judging.specification import Item
from inference.observations import Observation
from inference.results import Posterior

_RANK = np.arange(CATEGORIES)
_MIDDLE = (0.1, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Observed scored items as arrays; leading axes may hold several readings at once.

    ``weights`` (..., n, 4) how likely each category is, ``hard`` (..., n) the category of the plain value, ``present``
    (..., n) whether the item speaks at all; where it does not, the other two mean nothing.
    """

    weights: Array
    hard: NDArray[np.intp]
    present: NDArray[np.bool_]

    @classmethod
    def stacked(cls, readings: Sequence[Reading]) -> Reading:
        """Several readings (...) of one shape as one (m, ...)."""
        return cls(
            np.stack([reading.weights for reading in readings]),
            np.stack([reading.hard for reading in readings]),
            np.stack([reading.present for reading in readings]),
        )


def category_weights(item: Item, observation: Observation) -> Array:
    """How likely each category is, given the numbers: (4,), summing to 1.

    A share x of n is Beta(x + 1/2, n - x + 1/2), a rate of y events in exposure E is Gamma(y + 1/2) / E, both after
    division of their numbers by the design effect; everything else was read exactly and has one category. The visible part
    (``seen``) enters coverage alone: a smaller window already shows in fewer numbers.
    """
    if observation.value is None:
        raise ValueError(f"{item.id} has no value to weigh")
    x, n = observation.numerator, observation.denominator
    if item.measure not in {"share", "rate"} or x is None or n is None:
        return certain(item.category(observation.value))
    if item.cuts[0] == "any" and x <= 0:
        return certain(0)
    cuts, x, n = np.asarray(item.thresholds), x / item.design_effect, n / item.design_effect
    below = betainc(x + 0.5, max(0.0, n - x) + 0.5, cuts) if item.measure == "share" else gammainc(x + 0.5, cuts * n)
    weights = np.zeros(CATEGORIES)
    weights[: cuts.size + 1] = np.diff(below, prepend=0.0, append=1.0).clip(0.0)
    return np.asarray(weights / weights.sum())


def configured_weights(weights: Array, category: int, discount: float) -> Array:
    """Weights (..., 4) of which what lies in a category that configuration alone reaches counts in part, else as one below."""
    lowered = weights.copy()
    lowered[..., category - 1] += (1.0 - discount) * weights[..., category]
    lowered[..., category] = discount * weights[..., category]
    return lowered


def certain(category: int) -> Array:
    """The weights of a category known exactly: (4,)."""
    weights = np.zeros(CATEGORIES)
    weights[category] = 1.0
    return weights


def effective_weights(model: Model, reading: Reading) -> Array:
    """Weights as they enter the likelihood, (..., n, 4): capped, one-sided where absence says nothing, flat where absent.

    In a capped family configuration counts at most one category above the mean category of what is exercised there. Items
    for which only presence speaks weigh "at least this category" in place of "exactly": the cumulative sum of weights.
    """
    weights = reading.weights.copy()
    capped = np.flatnonzero(model.capped)
    weights[..., capped, :] = _held(weights[..., capped, :], _caps(model, reading)[..., capped, None])
    for place, one_sided in _one_sided(model, reading):
        weights[..., place, :] = np.where(one_sided[..., None], weights[..., place, :].cumsum(axis=-1), weights[..., place, :])
    return np.where(reading.present[..., None], weights, 1.0)


def _held(weights: Array, cap: NDArray[np.intp]) -> Array:
    """Weights (..., 4) of which everything above a cap counts as the cap."""
    above = (weights * (cap <= _RANK)).sum(axis=-1, keepdims=True)
    return np.where(cap > _RANK, weights, np.where(cap == _RANK, above, 0.0))


def _caps(model: Model, reading: Reading) -> NDArray[np.intp]:
    """The highest category that may count where items are capped, (..., n).

    Positive-only items bound nothing: they are absent or good.
    """
    bounding, families = reading.present & model.exercised & ~model.positive_only, model.member.T.astype(np.float64)
    number, total = bounding @ families, np.where(bounding, reading.hard, 0) @ families
    mean = np.ceil(total / np.maximum(number, 1))
    of_family = np.where(number > 0, np.minimum(mean + 1, CATEGORIES - 1), CATEGORIES - 1).astype(np.intp)
    return np.asarray(of_family[..., model.family])


def _one_sided(model: Model, reading: Reading) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Places of items whose low values may mean nothing, each with the readings (...) in which they do.

    They do where only presence speaks, and where they are excused by what another item has reached.
    """
    for place, item in enumerate(model.scored):
        rule = item.not_penalised_when
        if item.positive_only:
            yield place, np.ones(reading.present.shape[:-1], dtype=np.bool_)
        elif rule is not None and rule.item in model.index:
            other = model.index[rule.item]
            yield place, reading.present[..., other] & (reading.hard[..., other] >= rule.category)


def posterior(model: Model, weights: Array) -> Array:
    """Probability of each grid point, (..., g), for sets of effective weights (..., n, 4)."""
    return normalised(model.prior + _said_by_families(model, weights).sum(axis=0))


def _said_by_families(model: Model, weights: Array) -> Array:
    """Log-likelihood of each family with its offset integrated out, (f, ..., g), up to a constant."""
    return np.stack([np.log(_likelihood(model, weights, items) @ model.kernel.T) for items in model.member])


def _likelihood(model: Model, weights: Array, items: NDArray[np.bool_]) -> Array:
    """Likelihood of some items together, (..., g), 1 at its highest.

    The product stays far from the smallest float, since the model limits how sharply an item may separate.
    """
    likelihood = np.ones((*weights.shape[:-2], model.grid.size))
    for item in np.flatnonzero(items).tolist():
        likelihood *= weights[..., item, :] @ model.curves[item]
    likelihood /= likelihood.max(axis=-1, keepdims=True)
    return np.asarray(likelihood)


def stages(model: Model, probabilities: Array) -> Array:
    """Probability of each stage, (..., 4), of posteriors (..., g)."""
    return np.asarray(probabilities @ (model.stage_of[:, None] == _RANK))


def varied_stages(model: Model, weights: Array, varied: Array) -> tuple[Array, Array]:
    """Probability of each stage, (m, 4), for m sets of effective weights (m, n, 4), and (m, v, n, 4) for variations of them.

    ``varied`` (m, v, n, n, 4) are v variations of each of the n items, which may change the weights of others too. What changes
    nothing has the very same probabilities. As long as a variation stays in the family of its item, what all other families say
    stays the same, and the probability of a stage is linear in the likelihood of the family: the factors are worked out once.
    """
    said = _said_by_families(model, weights)
    actual = stages(model, normalised(model.prior + said.sum(axis=0)))
    shares = np.empty(varied.shape[:3] + actual.shape[-1:])
    for family, items in enumerate(model.member):
        others = normalised(model.prior + np.delete(said, family, axis=0).sum(axis=0))
        factors = (others[:, None] * (model.stage_of == _RANK[:, None])) @ model.kernel
        found = _likelihood(model, varied[:, :, items], items) @ factors.swapaxes(1, 2)[:, None]
        shares[:, :, items] = found / found.sum(axis=-1, keepdims=True)
    differs = (varied != weights[:, None, None]).any(axis=-1)
    beyond = (differs & (model.family != model.family[:, None])).any(axis=-1)
    shares[beyond] = stages(model, posterior(model, varied[beyond]))
    return actual, np.where(differs.any(axis=-1)[..., None], shares, actual[:, None, None])


def facets(model: Model, weights: Array) -> Array:
    """Posterior of each family taken alone, without its offset: (m, f, g) of m sets of effective weights (m, n, 4)."""
    return normalised(model.prior + model.member @ np.log((weights[:, :, None] @ model.curves)[:, :, 0]))


def normalised(logs: Array) -> Array:
    """Probabilities of log-weights, over the last axis."""
    probabilities = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(probabilities / probabilities.sum(axis=-1, keepdims=True))


def reached(model: Model, probabilities: Array, stage: int) -> Array:
    """P(position >= stage) over the last axis; 0 beyond the last stage."""
    return np.asarray(probabilities[..., np.searchsorted(model.stage_of, stage) :].sum(axis=-1))


def log_odds(shares: Array, stage: int) -> Array:
    """Log-odds of having reached ``stage``, 1 to 3, of probabilities of stages (..., 4)."""
    return np.asarray(np.log(shares[..., stage:].sum(axis=-1)) - np.log(shares[..., :stage].sum(axis=-1)))


def summary(model: Model, probabilities: Array) -> Posterior:
    """Stage probabilities, mean, variance and the middle 80 % of one posterior (g,)."""
    return summaries(model, probabilities[None])[0]


def summaries(model: Model, probabilities: Array) -> tuple[Posterior, ...]:
    """The same of several posteriors (m, g)."""
    shares = stages(model, probabilities).tolist()
    means = probabilities @ model.grid
    variances = (probabilities * (model.grid - means[:, None]) ** 2).sum(axis=1).tolist()
    below = probabilities.cumsum(axis=1) - probabilities / 2
    middles = (np.interp(_MIDDLE, places, model.grid).tolist() for places in below)
    every = zip(shares, means.tolist(), variances, middles, strict=True)
    return tuple(Posterior(tuple(of_stages), mean, variance, (low, high)) for of_stages, mean, variance, (low, high) in every)
