"""The posterior over the journey position: soft graded responses, an offset for each family, on a grid.

Families share an unknown offset, integrated out by the kernel, so that many items of one kind cannot shout down the others.
Raising an indicator never lowers the probability of having reached a stage: soft categories, graded responses and the kernel
keep likelihood ratios rising in the position. There is no floor under probabilities, since a floor breaks that. The one step
outside this argument is a cap that gives way; the largest fall found in a search built to provoke one was 1e-7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from inference.model import CATEGORIES, Array, Model
from inference.observations import Observation
from inference.results import Posterior
from inference.specification import Item

_RANK = np.arange(CATEGORIES)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Observed scored items as arrays; leading axes may hold several readings at once.

    ``weights`` (..., n, 4) how likely each category is, ``hard`` (..., n) the category of the plain value, ``present``
    (..., n) whether the item speaks at all; where it does not, the other two mean nothing.
    """

    weights: Array
    hard: NDArray[np.intp]
    present: NDArray[np.bool_]


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
    """Weights (4,) of which what lies in a category that configuration alone reaches counts only in part, else as one below."""
    lowered = weights.copy()
    lowered[category - 1] += (1.0 - discount) * weights[category]
    lowered[category] = discount * weights[category]
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
    cap = _caps(model, reading)[..., None]
    above = (reading.weights * (cap <= _RANK)).sum(axis=-1, keepdims=True)
    weights = np.where(cap > _RANK, reading.weights, np.where(cap == _RANK, above, 0.0))
    one_sided = (model.positive_only | _lenient(model, reading))[..., None]
    weights = np.where(one_sided, weights.cumsum(axis=-1), weights)
    return np.where(reading.present[..., None], weights, 1.0)


def _caps(model: Model, reading: Reading) -> NDArray[np.intp]:
    """The highest category that may count, (..., n). Positive-only items bound nothing: they are absent or good."""
    bounding = reading.present & model.exercised & ~model.positive_only
    number = bounding @ model.member.T.astype(np.intp)
    total = np.where(bounding, reading.hard, 0) @ model.member.T.astype(np.intp)
    mean = -(-total // np.maximum(number, 1))
    of_family = np.where(number > 0, np.minimum(mean + 1, CATEGORIES - 1), CATEGORIES - 1)
    of_item = of_family[..., model.member.argmax(axis=0)]
    return np.where(model.capped, of_item, CATEGORIES - 1)


def _lenient(model: Model, reading: Reading) -> NDArray[np.bool_]:
    """Items whose low values are excused by what another item has reached, (..., n)."""
    excused = np.zeros(reading.present.shape, dtype=np.bool_)
    for place, item in enumerate(model.scored):
        rule = item.not_penalised_when
        if rule is not None and rule.item in model.index:
            other = model.index[rule.item]
            excused[..., place] = reading.present[..., other] & (reading.hard[..., other] >= rule.category)
    return excused


def log_likelihoods(model: Model, weights: Array) -> Array:
    """Log-likelihood of each item over the grid: (..., n, g) of effective weights (..., n, 4)."""
    return np.asarray(np.log(np.einsum("...nk,nkg->...ng", weights, model.curves)))


def posterior(model: Model, weights: Array) -> Array:
    """Probability of each grid point, (m, g), for m sets of effective weights (m, n, 4).

    The first set is the one that the others vary: families that are as in the first are computed once.
    """
    logs = np.tile(model.prior, (len(weights), 1))
    for items in model.member:
        own = weights[:, items]
        changed = (own != own[0]).any(axis=(1, 2))
        changed[0] = True
        likelihood = np.log(np.einsum("mnk,nkg->mng", own[changed], model.curves[items])).sum(axis=1)
        smooth = np.log(np.exp(likelihood - likelihood.max(axis=-1, keepdims=True)) @ model.kernel.T)
        of_set = np.where(changed, changed.cumsum() - 1, 0)
        logs += smooth[of_set]
    return normalised(logs)


def facets(model: Model, weights: Array) -> Array:
    """Posterior of each family taken alone, without its offset: (f, g) of one set of effective weights (n, 4)."""
    return normalised(model.prior + model.member @ log_likelihoods(model, weights))


def normalised(logs: Array) -> Array:
    """Probabilities of log-weights, over the last axis."""
    probabilities = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(probabilities / probabilities.sum(axis=-1, keepdims=True))


def reached(model: Model, probabilities: Array, stage: int) -> Array:
    """P(position >= stage) over the last axis; 0 beyond the last stage."""
    return np.asarray(probabilities[..., model.stage_of >= stage].sum(axis=-1))


def log_odds(model: Model, probabilities: Array, stage: int) -> Array:
    """Log-odds of having reached ``stage``, 1 to 3, over the last axis."""
    return np.asarray(
        np.log(reached(model, probabilities, stage)) - np.log(probabilities[..., model.stage_of < stage].sum(axis=-1))
    )


def quantile(model: Model, probabilities: Array, share: float) -> float:
    """The position below which this share of the probability (g,) lies."""
    return float(np.interp(share, probabilities.cumsum() - probabilities / 2, model.grid))


def summary(model: Model, probabilities: Array) -> Posterior:
    """Stage probabilities, mean, variance and the middle 80 % of one posterior (g,)."""
    stages = np.bincount(model.stage_of, weights=probabilities, minlength=CATEGORIES)
    mean = float(probabilities @ model.grid)
    return Posterior(
        probabilities=(float(stages[0]), float(stages[1]), float(stages[2]), float(stages[3])),
        position=mean,
        variance=float(probabilities @ (model.grid - mean) ** 2),
        interval80=(quantile(model, probabilities, 0.1), quantile(model, probabilities, 0.9)),
    )
