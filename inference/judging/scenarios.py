"""The evidence as it is, and as it might be: every posterior that an assessment compares, computed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.judging.model import CATEGORIES, Array, Model
from inference.judging.posterior import (
    Reading,
    configured_weights,
    effective_weights,
    facets,
    posterior,
    summaries,
    varied_stages,
    without_families,
)
from inference.judging.reading import Answers
from inference.results import Posterior

T = TypeVar("T", bound=np.generic)

AT_ONCE = 10
"""How many scopes are computed together: enough to save most calls of numpy, too few for its BLAS to start threads.

The threads gain nothing with arrays of this size, and slow an assessment down where other programs use the processors.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """The posterior under one assumption: ``probabilities`` of the grid points (g), and their ``summary``."""

    probabilities: Array
    summary: Posterior


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """Posteriors of the same evidence under different assumptions.

    ``actual`` is as observed; ``absent`` and ``complete`` take everything that is unknown as not in use, or in full use;
    ``configured``, ``exercised`` and ``team`` rest on those items alone. ``stages`` (4) are the stage probabilities as
    observed, ``without`` (n, 4) those with one item left out, ``without_family`` (f, 4) those with all items of one family left
    out, ``raised`` (n, 4) those with one item a category higher. ``moved_by`` (n) and ``moved_by_family`` (f) are by how much
    the mean position would be lower without an item or a family.
    ``families`` holds the posterior of each family that was seen, taken alone and without its offset, by its id.
    """

    actual: Scenario
    absent: Scenario
    complete: Scenario
    configured: Scenario
    exercised: Scenario
    team: Scenario
    stages: Array
    without: Array
    without_family: Array
    raised: Array
    moved_by: Array
    moved_by_family: Array
    families: Mapping[str, Posterior]


def consider(model: Model, answers: Answers) -> Scenarios:
    """Compute the scenarios of one scope."""
    return consider_all(model, (answers,))[0]


def consider_all(model: Model, scopes: Sequence[Answers]) -> tuple[Scenarios, ...]:
    """Compute the scenarios of many scopes, each from its own answers."""
    return tuple(
        found for start in range(0, len(scopes), AT_ONCE) for found in _consider(model, scopes[start : start + AT_ONCE])
    )


def _consider(model: Model, scopes: Sequence[Answers]) -> Iterator[Scenarios]:
    """The scenarios of a few scopes, whose arrays fit into memory together.

    Shapes: m scopes, s assumptions, f families, and n, g as in ``Model``.
    """
    observed = Reading.stacked([answers.reading for answers in scopes])
    readings = _under_each_assumption(model, observed, np.stack([answers.applies for answers in scopes]))
    weights = effective_weights(model, Reading.stacked(list(readings.values())))  # (s, m, n, 4), as observed first
    probabilities = posterior(model, weights)  # (s, m, g)
    of_families = facets(model, weights[0])  # (m, f, g)
    silenced = Reading(observed.weights, observed.hard, np.zeros_like(observed.present))
    varied = [
        effective_weights(model, _varied_one_by_one(observed, other)) for other in (silenced, _raised(model, scopes, observed))
    ]
    without_family, moved_by_family = without_families(model, weights[0])  # (m, f, 4), (m, f)
    stages, (without, raised), (moved_by, _) = _stages_and_variations(model, weights[0], varied)
    # summed up in one call: sums over arrays of other shapes may differ in the last digit
    every = np.concatenate([probabilities.swapaxes(0, 1), of_families], axis=1)  # (m, s + f, g)
    summed_up = summaries(model, every.reshape(-1, model.grid.size))
    for place, answers in enumerate(scopes):
        own = summed_up[place * every.shape[1] : (place + 1) * every.shape[1]]
        under_assumptions, by_family = own[: len(readings)], own[len(readings) :]
        is_seen = model.member @ answers.reading.present
        yield Scenarios(
            **{name: Scenario(probabilities[number, place], under_assumptions[number]) for number, name in enumerate(readings)},
            stages=stages[place],
            without=without[place],
            without_family=without_family[place],
            raised=raised[place],
            moved_by=moved_by[place],
            moved_by_family=moved_by_family[place],
            families={
                family.id: summary
                for family, summary, seen in zip(model.specification.families, by_family, is_seen, strict=True)
                if seen
            },
        )


def _under_each_assumption(model: Model, observed: Reading, applies: NDArray[np.bool_]) -> dict[str, Reading]:
    """The readings (m, n) of m scopes under each assumption, by the names of ``Scenarios``; ``applies`` is (m, n)."""
    unknown = applies & ~observed.present
    exercised = _without_mere_configuration(model, observed)
    return {
        "actual": observed,
        "absent": _filled(observed, unknown, np.zeros_like(model.top)),
        "complete": _filled(observed, unknown, model.top),
        "configured": _only(observed, ~model.exercised),
        "exercised": _only(exercised, model.exercised),
        "team": _only(exercised, model.team),
    }


def _stages_and_variations(model: Model, weights: Array, varied: Sequence[Array]) -> tuple[Array, Array, Array]:
    """Stage probabilities (m, 4) of effective weights (m, n, 4), and (v, m, n, 4) of the v ``varied``, each (m, n, n, 4).

    The third is by how much the mean positions of these are lower, (v, m, n).
    """
    stages, of_variations, lower = varied_stages(model, weights, np.stack(varied, axis=1))
    return stages, of_variations.swapaxes(0, 1), lower.swapaxes(0, 1)


def coverage(model: Model, answers: Answers, probabilities: Array, among: NDArray[np.bool_] | None = None) -> float:
    """The share of the Fisher information at the mean of ``probabilities`` (g) that was seen, 0 to 1.

    Only the items ``among`` (n) count, where given, and of these only those that apply; where none applies it is 0.
    """
    place = model.nearest_point(float(probabilities @ model.grid))
    matters = model.information[:, place] * answers.applies * (1.0 if among is None else among)
    total = float(matters.sum())
    return float(matters @ answers.seen) / total if total > 0 else 0.0


def _varied_one_by_one(base: Reading, other: Reading) -> Reading:
    """From readings of m scopes those with one item changed, (m, n, n, ...): as in ``base``, the item as in ``other``."""
    own = np.arange(base.present.shape[-1])

    def altered(before: NDArray[T], after: NDArray[T]) -> NDArray[T]:
        every = np.repeat(before[:, None], own.size, axis=1)
        every[:, own, own] = after
        return every

    return Reading(altered(base.weights, other.weights), altered(base.hard, other.hard), altered(base.present, other.present))


def _raised(model: Model, scopes: Sequence[Answers], base: Reading) -> Reading:
    """The readings (m, n) with the whole weight of every observed item one category up, up to its highest."""
    own = np.arange(len(model.scored))
    observed = np.array([[answers.by_id[item.id].state == "observed" for item in model.scored] for answers in scopes])
    start = np.where(base.present[..., None], base.weights, np.eye(CATEGORIES)[0])
    higher = np.roll(start, 1, axis=-1)
    higher[..., 0] = 0.0
    spilled = start[:, own, model.top]
    higher[:, own, (model.top + 1) % CATEGORIES] = 0.0
    higher[:, own, model.top] += spilled
    hard = np.minimum(base.hard + 1, model.top)
    discount = model.specification.configured_discount.value
    for place in np.flatnonzero(model.by_configuration > 0):  # what counted in part counts in full one higher, and vice versa
        known = np.eye(CATEGORIES)[hard[:, place]]
        higher[:, place] = configured_weights(known, int(model.by_configuration[place]), discount)
    return Reading(
        np.where(observed[..., None], higher, base.weights), np.where(observed, hard, base.hard), base.present | observed
    )


def _filled(base: Reading, missing: NDArray[np.bool_], category: NDArray[np.intp]) -> Reading:
    """The readings with the ``missing`` items (m, n) observed exactly at a ``category`` (n)."""
    return Reading(
        np.where(missing[..., None], np.eye(CATEGORIES)[category], base.weights),
        np.where(missing, category, base.hard),
        base.present | missing,
    )


def _without_mere_configuration(model: Model, base: Reading) -> Reading:
    """The readings with exercised items at 0 where they only reached what configuration alone gives."""
    bare = base.hard <= model.by_configuration
    return _filled(base, bare & base.present, np.zeros_like(model.top))


def _only(base: Reading, items: NDArray[np.bool_]) -> Reading:
    """The readings with nothing but these items (n)."""
    return Reading(base.weights, base.hard, base.present & items)
