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
)
from inference.judging.reading import Answers
from inference.results import Posterior

T = TypeVar("T", bound=np.generic)

AT_ONCE = 10
"""So many scopes are considered together: enough to spare most of the calls, and too few for numpy to start threads.

Its threads gain nothing here, and cost most of an assessment where other programs are busy.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """Probabilities for the same evidence under different assumptions.

    Over the grid (g): ``actual`` as observed; ``least`` and ``most`` with everything unknown absent or complete;
    ``configured``, ``exercised`` and ``team`` from those items alone. Of the stages: ``stages`` (4) as observed; ``without``
    (n, 4) leaving each item out; ``raised`` (n, 4) with each item one category higher. ``told`` summarises those over the grid
    by their names, ``alone`` each family that was seen, without its offset.
    """

    actual: Array
    stages: Array
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
    return consider_all(model, (answers,))[0]


def consider_all(model: Model, scopes: Sequence[Answers]) -> tuple[Scenarios, ...]:
    """Compute all scenarios of many scopes."""
    return tuple(
        found for start in range(0, len(scopes), AT_ONCE) for found in _consider(model, scopes[start : start + AT_ONCE])
    )


def _consider(model: Model, scopes: Sequence[Answers]) -> Iterator[Scenarios]:
    """The same of scopes (m) whose arrays fit into the memory together."""
    base, applies = _stack([answers.reading for answers in scopes]), np.stack([answers.applies for answers in scopes])
    unseen = applies & ~base.present
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
    weights = effective_weights(model, _stack(list(single.values())))
    varied = [effective_weights(model, _each(base, other)) for other in (silent, _raised(model, scopes, base))]
    probabilities = posterior(model, weights)
    alone = facets(model, weights[0])
    shares, varied_shares = varied_stages(model, weights[0], np.stack(varied, axis=1))
    told = summaries(model, np.concatenate([probabilities.swapaxes(0, 1), alone], axis=1).reshape(-1, model.grid.size))
    each = len(single) + len(model.member)
    for place, answers in enumerate(scopes):
        own = told[place * each : (place + 1) * each]
        seen = model.member @ answers.reading.present
        families = zip(model.specification.families, own[len(single) :], seen, strict=True)
        yield Scenarios(
            **dict(zip(single, probabilities[:, place], strict=True)),
            stages=shares[place],
            without=varied_shares[place, 0],
            raised=varied_shares[place, 1],
            told=dict(zip(single, own[: len(single)], strict=True)),
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


def _stack(readings: Sequence[Reading]) -> Reading:
    """Several readings (...) as one (m, ...)."""
    return Reading(
        np.stack([r.weights for r in readings]), np.stack([r.hard for r in readings]), np.stack([r.present for r in readings])
    )


def _each(base: Reading, other: Reading) -> Reading:
    """Of each of m readings one for each item, (m, n, n, ...): as in ``base``, but for that item, which is as in ``other``."""
    own = np.arange(base.present.shape[-1])

    def altered(before: NDArray[T], after: NDArray[T]) -> NDArray[T]:
        every = np.repeat(before[:, None], own.size, axis=1)
        every[:, own, own] = after
        return every

    return Reading(altered(base.weights, other.weights), altered(base.hard, other.hard), altered(base.present, other.present))


def _raised(model: Model, scopes: Sequence[Answers], base: Reading) -> Reading:
    """Every observed item with all of its weight one category up, as far as there are categories; (m, n, ...)."""
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
    return Reading(
        np.where(missing[..., None], np.eye(CATEGORIES)[category], base.weights),
        np.where(missing, category, base.hard),
        base.present | missing,
    )


def _exercise(model: Model, base: Reading) -> Reading:
    """The reading with what items reach by configuration alone taken away: as exercise it is nothing."""
    bare = base.hard <= model.by_configuration
    return _filled(base, bare & base.present, np.zeros_like(model.top))


def _only(base: Reading, items: NDArray[np.bool_]) -> Reading:
    return Reading(base.weights, base.hard, base.present & items)
