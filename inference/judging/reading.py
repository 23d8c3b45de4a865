"""From Observations to what a model can weigh: aligned with its items, with numbers that can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inference.judging.model import CATEGORIES, Array, Model
from inference.judging.posterior import Reading, category_weights, configured_weights
from inference.judging.soundness import TOLERANCE, faults
from inference.judging.specification import Item
from inference.observations import Missing, Observation, not_yet, unknown


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One observation for every item of the model, and the same as arrays over its scored items.

    ``few`` are those that were counted and are too few to say anything alone; in ``by_id`` they are unknown. ``seen`` (n) is
    the visible part of each, 0 where unknown; ``applies`` (n) is false where the question does not arise.
    """

    by_id: Mapping[str, Observation]
    few: Mapping[str, Observation]
    reading: Reading
    seen: Array
    applies: NDArray[np.bool_]


def read(model: Model, observations: Iterable[Observation]) -> Answers:
    """Align observations with the model, in any order.

    An item without an observation is unknown; so is one with impossible numbers or too few of them. Indicators that the
    model does not know are left out.

    Raises:
        ValueError: an indicator is given twice.
    """
    given: dict[str, Observation] = {}
    for observation in observations:
        if observation.indicator in given:
            raise ValueError(f"indicator {observation.indicator} was observed twice for one scope; pool its answers first")
        given[observation.indicator] = observation
    by_id = {item.id: _believed(item, given.get(item.id)) for item in model.items}
    few = {item.id: given[item.id] for item in model.items if by_id[item.id].state == "unknown" and _is_few(item, given)}
    count = len(model.scored)
    reading = Reading(np.ones((count, CATEGORIES)), np.zeros(count, dtype=np.intp), np.zeros(count, dtype=np.bool_))
    applies = np.ones(count, dtype=np.bool_)
    for place, item in enumerate(model.scored):
        observation = by_id[item.id]
        if observation.state == "not_applicable" or _says_nothing(item, observation):
            applies[place] = False
        elif observation.state == "observed" and observation.value is not None:
            weights = _weights(item, observation.value, observation.numerator, observation.denominator)
            if item.configured_category is not None:
                discount = model.specification.configured_discount.value
                weights = configured_weights(weights, item.configured_category, discount)
            reading.weights[place] = weights
            reading.hard[place] = item.category(observation.value)
            reading.present[place] = True
    seen = np.array([by_id[item.id].seen if by_id[item.id].state == "observed" else 0.0 for item in model.scored])
    return Answers(by_id, few, reading, np.clip(seen, 0.0, 1.0), applies)


@lru_cache(maxsize=8192)
def _weights(item: Item, value: float, numerator: float | None, denominator: float | None) -> Array:
    """Remembered, since clusters share many answers and most stay as they are from poll to poll; nobody may write to it."""
    return category_weights(
        item,
        Observation(indicator=item.id, state="observed", value=value, numerator=numerator, denominator=denominator),
    )


def _says_nothing(item: Item, observation: Observation) -> bool:
    """Absence of something that only speaks when present is no answer."""
    return item.positive_only and observation.state == "observed" and item.category(observation.value or 0.0) == 0


def _believed(item: Item, observation: Observation | None) -> Observation:
    """The observation, or unknown with the reason why its numbers cannot be used."""
    if observation is None:
        return unknown(item.id, Missing("it was not observed"))
    if observation.state != "observed":
        return observation
    problems = faults(observation, item)
    if problems:
        return _doubted(observation, Missing(f"its numbers are not plausible: {'; '.join(problems)}"))
    if _is_below(item, observation):
        exposure = f" (in units of {item.unit.partition(' per ')[2]})" if item.measure == "rate" else ""
        seen = f"{observation.denominator:.3g}, at least {item.minimum:g} needed{exposure}"
        return _doubted(observation, not_yet(f"too little was seen: {seen}"))
    return observation


def _is_few(item: Item, given: Mapping[str, Observation]) -> bool:
    """Whether an answer was counted rightly and would say something if there were more of it."""
    observation = given.get(item.id)
    return (
        observation is not None
        and observation.state == "observed"
        and _is_below(item, observation)
        and not faults(observation, item)
    )


def _is_below(item: Item, observation: Observation) -> bool:
    """Whether too little was counted; sums of many small units may miss by the rounding what they are meant to meet."""
    return observation.denominator is not None and observation.denominator < item.minimum * (1 - TOLERANCE)


def _doubted(observation: Observation, why: Missing) -> Observation:
    return unknown(observation.indicator, why, evidence=observation.evidence)
