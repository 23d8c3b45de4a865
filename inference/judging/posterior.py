"""The posterior distribution of the journey position, computed on a grid from a graded response model.

The items of a family share an unknown offset of the position, which the kernel integrates out, so that a family with many
items does not outweigh the others.

Raising an indicator never lowers the probability of having reached a stage, since soft categories, graded responses and the
kernel all keep the likelihood ratio increasing in the position. Probabilities have no floor, which would break that. The only
exception is the cap on configured items: where it rises, a stage can lose up to 0.006 (a test has the worst case that a search
found).
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

_INTERVAL80 = (0.1, 0.9)
"""The quantiles at both ends of the 80 % interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The observations of the n scored items as arrays; leading axes may hold several readings at once.

    ``weights`` (..., n, 4) are the probabilities of the categories, ``hard`` (..., n) the category of the value itself, and
    ``present`` (..., n) whether the item was observed; where it was not, the other two have no meaning.
    """

    weights: Array
    hard: NDArray[np.intp]
    present: NDArray[np.bool_]

    @classmethod
    def stacked(cls, readings: Sequence[Reading]) -> Reading:
        """Stack m readings of one shape along a new first axis."""
        return cls(
            np.stack([reading.weights for reading in readings]),
            np.stack([reading.hard for reading in readings]),
            np.stack([reading.present for reading in readings]),
        )


def category_weights(item: Item, observation: Observation) -> Array:
    """The probabilities of the categories of an item, (4,), given an observation.

    A share of x in n is distributed as Beta(x + 1/2, n - x + 1/2), a rate of y events in exposure E as Gamma(y + 1/2) / E, with
    x, n, y and E divided by the design effect of the item. Any other measure is exact and has a single category. How much was
    ``seen`` matters for the coverage alone, since a smaller window already shows in smaller numbers.

    Raises:
        ValueError: the observation has no value.
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
    """Weights (..., 4) in which the part ``1 - discount`` of the weight of ``category`` is moved to the category below."""
    lowered = weights.copy()
    lowered[..., category - 1] += (1.0 - discount) * weights[..., category]
    lowered[..., category] = discount * weights[..., category]
    return lowered


def certain(category: int) -> Array:
    """The weights of a category that is certain, (4,)."""
    weights = np.zeros(CATEGORIES)
    weights[category] = 1.0
    return weights


def effective_weights(model: Model, reading: Reading) -> Array:
    """The weights as they enter the likelihood, (..., n, 4).

    In a capped family, configured items count at most one category above the mean category of the exercised items. Where a low
    value says nothing, "exactly this category" becomes "at least this category": the cumulative sum of the weights. Items that
    were not observed have equal weights.
    """
    weights = reading.weights.copy()
    capped = np.flatnonzero(model.capped)
    weights[..., capped, :] = _capped(weights[..., capped, :], _caps(model, reading)[..., capped, None])
    for place, one_sided in _one_sided(model, reading):
        weights[..., place, :] = np.where(one_sided[..., None], weights[..., place, :].cumsum(axis=-1), weights[..., place, :])
    return np.where(reading.present[..., None], weights, 1.0)


def _capped(weights: Array, cap: NDArray[np.intp]) -> Array:
    """Weights (..., 4) in which all that is above the cap is moved to the cap."""
    above = (weights * (cap <= _RANK)).sum(axis=-1, keepdims=True)
    return np.where(cap > _RANK, weights, np.where(cap == _RANK, above, 0.0))


def _caps(model: Model, reading: Reading) -> NDArray[np.intp]:
    """The highest category that counts for each item if it is capped, (..., n).

    Positive-only items have no part in the mean, since they are either absent or high.
    """
    bounding, families = reading.present & model.exercised & ~model.positive_only, model.member.T.astype(np.float64)
    number, total = bounding @ families, np.where(bounding, reading.hard, 0) @ families
    mean = np.ceil(total / np.maximum(number, 1))
    of_family = np.where(number > 0, np.minimum(mean + 1, CATEGORIES - 1), CATEGORIES - 1).astype(np.intp)
    return np.asarray(of_family[..., model.family])


def _one_sided(model: Model, reading: Reading) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """The indices of items whose low values can be without meaning, each with the readings (...) in which they are.

    They are for positive-only items, and where another item has reached the category that excuses this one.
    """
    for place, item in enumerate(model.scored):
        rule = item.not_penalised_when
        if item.positive_only:
            yield place, np.ones(reading.present.shape[:-1], dtype=np.bool_)
        elif rule is not None and rule.item in model.index:
            other = model.index[rule.item]
            yield place, reading.present[..., other] & (reading.hard[..., other] >= rule.category)


def posterior(model: Model, weights: Array) -> Array:
    """The probability of each grid point, (..., g), given effective weights (..., n, 4)."""
    return normalised(model.prior + _family_log_likelihoods(model, weights).sum(axis=0))


def without_families(model: Model, weights: Array) -> tuple[Array, Array]:
    """Leave out all items of one family at a time, given effective weights (m, n, 4).

    Returns the stage probabilities (m, f, 4), and how much lower the mean position is (m, f).
    """
    likelihoods = _family_log_likelihoods(model, weights).swapaxes(0, 1)
    whole = model.prior + likelihoods.sum(axis=1, keepdims=True)
    left = normalised(whole - likelihoods)
    return stages(model, left), (normalised(whole) - left) @ model.grid


def _family_log_likelihoods(model: Model, weights: Array) -> Array:
    """The log-likelihood of each family with its offset integrated out, (f, ..., g), up to a constant."""
    return np.stack([np.log(_likelihood(model, weights, items) @ model.kernel.T) for items in model.member])


def _likelihood(model: Model, weights: Array, items: NDArray[np.bool_]) -> Array:
    """The joint likelihood of some items, (..., g), scaled to a maximum of 1.

    The product does not underflow, since a model may not have items of more than a certain discrimination.
    """
    likelihood = np.ones((*weights.shape[:-2], model.grid.size))
    for item in np.flatnonzero(items).tolist():
        likelihood *= weights[..., item, :] @ model.curves[item]
    likelihood /= likelihood.max(axis=-1, keepdims=True)
    return np.asarray(likelihood)


def stages(model: Model, probabilities: Array) -> Array:
    """The probability of each stage, (..., 4), of posteriors (..., g)."""
    return np.asarray(probabilities @ (model.stage_of[:, None] == _RANK))


def varied_stages(model: Model, weights: Array, varied: Array) -> tuple[Array, Array, Array]:
    """The probability of each stage for m sets of effective weights, and for v variations of each of their items.

    ``weights`` has the shape (m, n, 4); ``varied`` has (m, v, n, n, 4), where [m, v, i] are all weights after variation v of
    item i. Returns (m, 4) and (m, v, n, 4), and how much lower the mean position of each variation is (m, v, n). A variation
    that changes no weight has exactly the probabilities and the mean of the original.

    A variation that changes weights within the family of its item leaves the likelihoods of the other families as they are. The
    probability of a stage and the mean are then linear in the likelihood of that family but for their norm, with factors that
    are computed once per family. Only variations beyond their family need a full posterior.
    """
    log_likelihoods = _family_log_likelihoods(model, weights)
    whole = normalised(model.prior + log_likelihoods.sum(axis=0))
    actual = stages(model, whole)
    shares = np.empty(varied.shape[:3] + actual.shape[-1:])
    means = np.empty(varied.shape[:3])
    for family, items in enumerate(model.member):
        others = normalised(model.prior + np.delete(log_likelihoods, family, axis=0).sum(axis=0))
        factors = (others[:, None] * (model.stage_of == _RANK[:, None])) @ model.kernel
        likelihood = _likelihood(model, varied[:, :, items], items)
        found = likelihood @ factors.swapaxes(1, 2)[:, None]
        total = found.sum(axis=-1, keepdims=True)
        shares[:, :, items] = found / total
        moments = (others * model.grid) @ model.kernel
        means[:, :, items] = (likelihood @ moments[:, None, :, None] / total)[..., 0]
    differs = (varied != weights[:, None, None]).any(axis=-1)
    beyond = (differs & (model.family != model.family[:, None])).any(axis=-1)
    full = posterior(model, varied[beyond])
    shares[beyond], means[beyond] = stages(model, full), full @ model.grid
    changed, mean = differs.any(axis=-1), whole @ model.grid
    lower = np.where(changed, mean[:, None, None] - means, 0.0)
    return actual, np.where(changed[..., None], shares, actual[:, None, None]), lower


def facets(model: Model, weights: Array) -> Array:
    """The posterior from each family alone, without an offset: (m, f, g) of m sets of effective weights (m, n, 4)."""
    return normalised(model.prior + model.member @ np.log((weights[:, :, None] @ model.curves)[:, :, 0]))


def normalised(logs: Array) -> Array:
    """Probabilities from their logarithms up to a constant, over the last axis."""
    probabilities = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(probabilities / probabilities.sum(axis=-1, keepdims=True))


def reached(model: Model, probabilities: Array, stage: int) -> Array:
    """The probability of having reached ``stage``, of posteriors (..., g); 0 beyond the last stage."""
    return np.asarray(probabilities[..., np.searchsorted(model.stage_of, stage) :].sum(axis=-1))


def log_odds(shares: Array, stage: int) -> Array:
    """The log-odds of having reached ``stage`` (1 to 3), given the probabilities of the stages (..., 4)."""
    return np.asarray(np.log(shares[..., stage:].sum(axis=-1)) - np.log(shares[..., :stage].sum(axis=-1)))


def summary(model: Model, probabilities: Array) -> Posterior:
    """Stage probabilities, mean, variance and 80 % interval of one posterior (g,)."""
    return summaries(model, probabilities[None])[0]


def summaries(model: Model, probabilities: Array) -> tuple[Posterior, ...]:
    """As ``summary``, of m posteriors (m, g)."""
    shares = stages(model, probabilities).tolist()
    means = probabilities @ model.grid
    variances = (probabilities * (model.grid - means[:, None]) ** 2).sum(axis=1).tolist()
    below = probabilities.cumsum(axis=1) - probabilities / 2
    intervals = (np.interp(_INTERVAL80, places, model.grid).tolist() for places in below)
    every = zip(shares, means.tolist(), variances, intervals, strict=True)
    return tuple(Posterior(tuple(of_stages), mean, variance, (low, high)) for of_stages, mean, variance, (low, high) in every)
