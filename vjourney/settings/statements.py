"""The kinds of value that a file of declared inputs holds: days, counts, amounts, levels and words from a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from math import isfinite
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from inference import declared as inputs
from inference.declared import HIGHEST_LEVEL
from vjourney.settings import values
from vjourney.settings.section import reading

MOST_STEPS = 200
_DAY = "write a day such as 2026-03-31"


def _day(value: object, info: ValidationInfo) -> date:
    if value is None:
        raise ValueError(f"has no value; {_DAY}")
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"{value!s} is not a day; {_DAY}")  # noqa: TRY004  # pydantic wants this
    today = reading(info).today
    if value > today:
        raise ValueError(f"{value} is in the future; write the day it happened or was stated, {today} at the latest")
    return value


def _at_least(least: float, why: str) -> Callable[[Any], Any]:
    def check(value: float) -> float:
        if not isfinite(value) or value < least:
            raise ValueError(f"{value} {why}")
        return value

    return check


def _above_nothing(value: float) -> float:
    if not isfinite(value) or value <= 0:
        raise ValueError(f"{value} is not above 0; write what it is, or leave it out where it is not known")
    return value


def _level(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= HIGHEST_LEVEL:
        raise ValueError(f"{value!r} is not a level; write a whole number from 1 to {HIGHEST_LEVEL}")
    return value


def _one_of(words: Iterable[str]) -> BeforeValidator:
    allowed = tuple(words)

    def check(value: object) -> object:
        if value not in allowed:
            raise ValueError(f"{value!r} is not known here; write one of {', '.join(allowed)}")
        return value

    return BeforeValidator(check)


def _steps(value: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(value) <= MOST_STEPS:
        raise ValueError(f"holds {len(value)} steps; write 1 to {MOST_STEPS}, in the order in which they are done")
    return value


Word = Annotated[str, AfterValidator(values.word)]
Day = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, AfterValidator(_at_least(0, "is negative; write how many there are, or leave it out where unknown"))]
Amount = Annotated[float, AfterValidator(_at_least(0, "is not an amount; write one from 0 on, or leave it out where unknown"))]
Above = Annotated[float, AfterValidator(_above_nothing)]
Pue = Annotated[float, AfterValidator(_at_least(1, "is no power usage effectiveness; the lowest that can be is 1"))]
Level = Annotated[int, BeforeValidator(_level)]
StepList = Annotated[tuple[Word, ...], AfterValidator(_steps)]
Sponsor = Annotated[inputs.Sponsor, _one_of(get_args(inputs.Sponsor))]
Resistance = Annotated[inputs.Resistance, _one_of(get_args(inputs.Resistance))]
Benefit = Annotated[inputs.Benefit, _one_of(get_args(inputs.Benefit))]
Reporting = Annotated[inputs.Reporting, _one_of(get_args(inputs.Reporting))]
Obstruction = Annotated[inputs.Obstruction, _one_of(get_args(inputs.Obstruction))]
Readiness = Annotated[inputs.Readiness, _one_of(get_args(inputs.Readiness))]
