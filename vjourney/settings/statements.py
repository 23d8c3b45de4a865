"""The kinds of value that a file of declared inputs holds: days, counts, amounts, levels and words from a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from inference import declared as inputs
from inference.declared import HIGHEST_LEVEL
from vjourney.settings.places import shown
from vjourney.settings.section import Word, reading

MOST_STEPS = 200
MOST_COUNTED = 10**9
MOST_PAID = 1e12
"""With these no sum of the ledger leaves what a number can hold."""

_DAY = "write one such as 2026-03-31, without quotes or a time"


def _day(value: object, info: ValidationInfo) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"{shown(value)} is not a day; {_DAY}")  # noqa: TRY004  # pydantic wants this
    today = reading(info).today
    if value > today:
        raise ValueError(f"{value} is in the future; write the day it happened or was stated, {today} at the latest")
    return value


def _within(least: float, most: float, why: str) -> Callable[[Any], Any]:
    def check(value: float) -> float:
        if not least <= value <= most:  # nor is it where it is no number
            raise ValueError(f"{value} {why}")
        return value

    return check


def _level(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= HIGHEST_LEVEL:
        raise ValueError(f"{shown(value)} is not a level; write a whole number from 1 to {HIGHEST_LEVEL}")
    return value


def _one_of(words: Iterable[str]) -> BeforeValidator:
    allowed = tuple(words)

    def check(value: object) -> object:
        if value not in allowed:
            said = "has no value" if value is None else f"{shown(value)} is not known here"
            raise ValueError(f"{said}; write one of {', '.join(allowed)}")
        return value

    return BeforeValidator(check)


def _steps(value: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(value) <= MOST_STEPS:
        raise ValueError(f"holds {len(value)} steps; write 1 to {MOST_STEPS}, in the order in which they are done")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, AfterValidator(_within(0, MOST_COUNTED, "is not a count; write one from 0 to 1,000,000,000"))]
Amount = Annotated[float, AfterValidator(_within(0, MOST_PAID, "is not an amount; write one from 0 to 1,000,000,000,000"))]
Ratio = Annotated[float, AfterValidator(_within(0.001, 1000, "is outside 0.001 to 1000; correct it, or leave it out"))]
Pue = Annotated[float, AfterValidator(_within(1, 100, "is not a power usage effectiveness; write one from 1 to 100"))]
Level = Annotated[int, BeforeValidator(_level)]
StepList = Annotated[tuple[Word, ...], AfterValidator(_steps)]
Sponsor = Annotated[inputs.Sponsor, _one_of(get_args(inputs.Sponsor))]
Resistance = Annotated[inputs.Resistance, _one_of(get_args(inputs.Resistance))]
Benefit = Annotated[inputs.Benefit, _one_of(get_args(inputs.Benefit))]
Reporting = Annotated[inputs.Reporting, _one_of(get_args(inputs.Reporting))]
Obstruction = Annotated[inputs.Obstruction, _one_of(get_args(inputs.Obstruction))]
Readiness = Annotated[inputs.Readiness, _one_of(get_args(inputs.Readiness))]
