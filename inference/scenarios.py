"""The evidence as it is, and as it might be: every posterior that an assessment compares, computed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.model import CATEGORIES, Array, Model
from inference.posterior import Reading, certain, configured_weights, effective_weights, facets, posterior, summaries
from inference.reading import Answers
from inference.results import Posterior


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """Probabilities over the grid (g) for the same evidence under different assumptions.

    ``actual`` as observed; ``without`` (n, g) leaving each item out; ``raised`` (n, g) with each item one category higher;
    ``least`` and ``most`` with everything unknown absent or complete; ``configured``, ``exercised`` and ``team`` from those
    items alone. ``told`` summarises those of one row by their names, ``alone`` each family that was seen, without its offset.
    """

    actual: Array
    without: Array
    raised: Array
    least: Array
    most: Array
    configured: Array
    exercised: Array
    team: Array
    told: Mapping[str, Posterior]
    alone: Mapping[str, Posterior]


def consider(model: Model, answers: Answers) -> Scenarios:
    """Compute all scenarios of one scope."""
    count, base = len(model.scored), answers.reading
    unseen = answers.applies & ~base.present
    practised = _exercise(model, base)
    single = {
        "actual": base,
        "least": _filled(base, unseen, np.zeros_like(model.top)),
        "most": _filled(base, unseen, model.top),
        "configured": _only(base, ~model.exercised),
        "exercised": _only(practised, model.exercised),
        "team": _only(practised, model.team),
    }
    silent = Reading(base.weights, base.hard, np.zeros_like(base.present))
    readings = _stack(*single.values(), _each(base, silent), _each(base, _raised(model, answers)))
    weights = effective_weights(model, readings)
    probabilities = posterior(model, weights)
    alone = facets(model, weights[0])
    told = summaries(model, np.concatenate([probabilities[: len(single)], alone]))
    seen = model.member @ base.present
    families = zip(model.specification.families, told[len(single) :], seen, strict=True)
    return Scenarios(
        **dict(zip(single, probabilities[: len(single)], strict=True)),
        without=probabilities[-2 * count : -count],
        raised=probabilities[-count:],
        told=dict(zip(single, told[: len(single)], strict=True)),
        alone={family.id: summary for family, summary, is_seen in families if is_seen},
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


def _stack(*readings: Reading) -> Reading:
    """Join single readings (n, ...) and stacks of them (m, n, ...) to one stack."""
    return Reading(
        np.concatenate([r.weights.reshape(-1, *r.weights.shape[-2:]) for r in readings]),
        np.concatenate([r.hard.reshape(-1, r.hard.shape[-1]) for r in readings]),
        np.concatenate([r.present.reshape(-1, r.present.shape[-1]) for r in readings]),
    )


def _each(base: Reading, other: Reading) -> Reading:
    """One reading for each item, (n, n, ...): as in ``base``, but for that item, which is as in ``other``."""
    count, own = base.present.size, np.arange(base.present.size)
    readings = Reading(np.tile(base.weights, (count, 1, 1)), np.tile(base.hard, (count, 1)), np.tile(base.present, (count, 1)))
    readings.weights[own, own], readings.hard[own, own], readings.present[own, own] = other.weights, other.hard, other.present
    return readings


def _raised(model: Model, answers: Answers) -> Reading:
    """Every observed item with all of its weight one category up, as far as there are categories."""
    base, own = answers.reading, np.arange(answers.reading.present.size)
    observed = np.array([answers.by_id[item.id].state == "observed" for item in model.scored])
    start = np.where(base.present[:, None], base.weights, np.eye(CATEGORIES)[0])
    higher = np.roll(start, 1, axis=1)
    higher[:, 0] = 0.0
    spilled = start[own, model.top]
    higher[own, (model.top + 1) % CATEGORIES] = 0.0
    higher[own, model.top] += spilled
    hard = np.minimum(base.hard + 1, model.top)
    discount = model.specification.configured_discount.value
    for place in np.flatnonzero(model.by_configuration > 0):  # what counted in part counts in full one higher, and vice versa
        higher[place] = configured_weights(certain(int(hard[place])), int(model.by_configuration[place]), discount)
    return Reading(
        np.where(observed[:, None], higher, base.weights), np.where(observed, hard, base.hard), base.present | observed
    )


def _filled(base: Reading, missing: NDArray[np.bool_], category: NDArray[np.intp]) -> Reading:
    return Reading(
        np.where(missing[:, None], np.eye(CATEGORIES)[category], base.weights),
        np.where(missing, category, base.hard),
        base.present | missing,
    )


def _exercise(model: Model, base: Reading) -> Reading:
    """The reading with what items reach by configuration alone taken away: as exercise it is nothing."""
    bare = base.hard <= model.by_configuration
    return _filled(base, bare & base.present, np.zeros_like(model.top))


def _only(base: Reading, items: NDArray[np.bool_]) -> Reading:
    return Reading(base.weights, base.hard, base.present & items)
