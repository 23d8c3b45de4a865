"""What numbers an observation may hold: the laws of shares, rates and counts, in one place for files and for estates."""

from __future__ import annotations

import math
from collections.abc import Iterator

from inference.judging.specification import Item
from inference.observations import Observation

TOLERANCE = 1e-6

MOST = 1e15
"""More than anything that is counted; far beyond it the distributions of shares and rates have no value."""

ROUNDED = 0.005
"""How far a value may be from its ratio: people write two digits."""


def faults(observation: Observation, item: Item) -> tuple[str, ...]:
    """Why these numbers cannot be an answer to the item, as clauses; empty when they can. States are not judged."""
    numbers = {
        "value": observation.value,
        "numerator": observation.numerator,
        "denominator": observation.denominator,
        "seen": observation.seen,
    }
    broken = [f"{name} is {number}, not a finite number" for name, number in numbers.items() if _is_broken(number)]
    if broken:
        return tuple(broken)
    given = {name: number for name, number in numbers.items() if number is not None}
    beyond = [f"{name} {number:g} is negative; 0 is the least" for name, number in given.items() if number < 0]
    beyond += [f"{name} {number:g} is too large; {MOST:g} is the most" for name, number in given.items() if number > MOST]
    if beyond:
        return tuple(beyond)
    return tuple(_contradictions(observation, item))


def _is_broken(number: float | None) -> bool:
    return number is not None and not math.isfinite(number)


def _contradictions(observation: Observation, item: Item) -> Iterator[str]:
    value, numerator, denominator = observation.value, observation.numerator, observation.denominator
    if observation.seen > 1 + TOLERANCE:
        yield f"seen {observation.seen:g} is above 1"
    if (numerator is None) != (denominator is None):
        yield "numerator and denominator come together or not at all"
    elif observation.state == "observed" and value is None:
        yield "it is observed and has no value; give it, or say unknown"
    if item.measure == "share" and value is not None and value > 1 + TOLERANCE:
        yield f"share {value:g} is above 1; 80 % is 0.8"
    if item.maximum is not None and value is not None and value > item.maximum + TOLERANCE:
        yield f"value {value:g} is above {item.maximum:g}, the highest there is"
    if numerator is None or denominator is None:
        return
    if denominator == 0:
        yield "denominator is 0; say unknown instead"
    elif item.measure == "share" and numerator > denominator * (1 + TOLERANCE):
        yield f"{numerator:g} of {denominator:g} is more than there are"
    elif value is not None and not math.isclose(
        value, numerator / denominator, rel_tol=2 * ROUNDED, abs_tol=ROUNDED + TOLERANCE
    ):
        yield f"value {value:g} is not {numerator:g} / {denominator:g}"
