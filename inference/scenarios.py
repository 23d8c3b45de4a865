"""The evidence as it is, and as it might be: every posterior that an assessment compares, computed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.model import CATEGORIES, Array, Model
from inference.posterior import Reading, certain, configured_weights, effective_weights, facets, posterior, summary
from inference.reading import Answers
from inference.results import Posterior


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """Probabilities over the grid (g) for the same evidence under different assumptions.

    ``actual`` as observed; ``without`` (n, g) leaving each item out; ``raised`` (n, g) with each item one category higher;
    ``least`` and ``most`` with everything unknown absent or complete; ``configured``, ``exercised`` and ``team`` from those
    items alone. ``alone`` summarises each family that was seen, without its offset.
    """

    actual: Array
    without: Array
    raised: Array
    least: Array
    most: Array
    configured: Array
    exercised: Array
    team: Array
    alone: Mapping[str, Posterior]


def consider(model: Model, answers: Answers) -> Scenarios:
    """Compute all scenarios of one scope."""
    count, base = len(model.scored), answers.reading
    unseen = answers.applies & ~base.present
    readings = _stack(
        base,
        _without_each(base),
        _raised_each(model, answers),
        _filled(base, unseen, np.zeros_like(model.top)),
        _filled(base, unseen, model.top),
        _only(base, ~model.exercised),
        _only(_exercise(model, base), model.exercised),
        _only(_exercise(model, base), model.team),
    )
    weights = effective_weights(model, readings)
    probabilities = posterior(model, weights)
    least, most, configured, exercised, team = probabilities[1 + 2 * count :]
    return Scenarios(
        actual=probabilities[0],
        without=probabilities[1 : 1 + count],
        raised=probabilities[1 + count : 1 + 2 * count],
        least=least,
        most=most,
        configured=configured,
        exercised=exercised,
        team=team,
        alone=_alone(model, base, weights[0]),
    )


def coverage(model: Model, answers: Answers, probabilities: Array, among: NDArray[np.bool_] | None = None) -> float:
    """How much of the information that matters at this position was seen, 0 to 1; of ``among`` (n) only, where given.

    What does not apply does not count; where nothing applies, nothing was seen.
    """
    position = float(probabilities @ model.grid)
    place = int(np.abs(model.grid - position).argmin())
    matters = model.information[:, place] * answers.applies * (1.0 if among is None else among)
    total = float(matters.sum())
    return float(matters @ answers.seen) / total if total > 0 else 0.0


def _alone(model: Model, base: Reading, weights: Array) -> dict[str, Posterior]:
    each = facets(model, weights)
    families = zip(model.specification.families, model.member, each, strict=True)
    return {family.id: summary(model, own) for family, items, own in families if (items & base.present).any()}


def _stack(*readings: Reading) -> Reading:
    """Join single readings (n, ...) and stacks of them (m, n, ...) to one stack."""
    return Reading(
        np.concatenate([r.weights.reshape(-1, *r.weights.shape[-2:]) for r in readings]),
        np.concatenate([r.hard.reshape(-1, r.hard.shape[-1]) for r in readings]),
        np.concatenate([r.present.reshape(-1, r.present.shape[-1]) for r in readings]),
    )


def _without_each(base: Reading) -> Reading:
    count = base.present.size
    return Reading(
        np.broadcast_to(base.weights, (count, count, CATEGORIES)),
        np.broadcast_to(base.hard, (count, count)),
        base.present & ~np.eye(count, dtype=np.bool_),
    )


def _raised_each(model: Model, answers: Answers) -> Reading:
    """Each observed item with all of its weight one category up, as far as there are categories."""
    base, count = answers.reading, answers.reading.present.size
    own, step = np.arange(count), np.zeros((count, count, CATEGORIES))
    step[:] = base.weights
    observed = np.array([answers.by_id[item.id].state == "observed" for item in model.scored])
    start = np.where(base.present[:, None], base.weights, np.eye(CATEGORIES)[0])
    higher = np.roll(start, 1, axis=1)
    higher[:, 0] = 0.0
    spilled = start[own, model.top]
    higher[own, (model.top + 1) % CATEGORIES] = 0.0
    higher[own, model.top] += spilled
    hard = np.tile(base.hard, (count, 1))
    hard[own, own] = np.minimum(base.hard + 1, model.top)
    discount = model.specification.configured_discount.value
    for place, item in enumerate(model.scored):
        if item.configured_category is not None:  # what counted in part counts in full one higher, and the other way round
            higher[place] = configured_weights(certain(int(hard[place, place])), item.configured_category, discount)
    step[own[observed], own[observed]] = higher[observed]
    present = np.tile(base.present, (count, 1))
    present[own, own] |= observed
    return Reading(step, hard, present)


def _filled(base: Reading, missing: NDArray[np.bool_], category: NDArray[np.intp]) -> Reading:
    return Reading(
        np.where(missing[:, None], np.eye(CATEGORIES)[category], base.weights),
        np.where(missing, category, base.hard),
        base.present | missing,
    )


def _exercise(model: Model, base: Reading) -> Reading:
    """The reading with what items reach by configuration alone taken away: as exercise it is nothing."""
    bare = np.array([base.hard[place] <= (item.configured_category or -1) for place, item in enumerate(model.scored)])
    return _filled(base, bare & base.present, np.zeros_like(model.top))


def _only(base: Reading, items: NDArray[np.bool_]) -> Reading:
    return Reading(base.weights, base.hard, base.present & items)
