"""How documents write numbers and moments: rounded, finite, in UTC to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

SIGNIFICANT_DIGITS = 6
STAGE_DIGITS = 10
"""Readers add up probabilities of stages: of six digits each, the sums miss one, and fall where more evidence was seen."""


def _whole_seconds(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def rounded(number: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """The number as documents write it."""
    if float(number).is_integer():
        return float(number) + 0.0  # a count stays exact; + 0.0 turns a negative zero into a plain one
    return float(f"{number:.{digits}g}")


def _rounded_for_sums(number: float) -> float:
    return rounded(number, STAGE_DIGITS)


def _rounded_or_null(number: float | None) -> float | None:
    return None if number is None or not isfinite(number) else rounded(number)


# Ranges are promised in the published schema and not enforced here: one odd number must not cost a reader all the others.
UNIT_RANGE: dict[str, JsonValue] = {"minimum": 0, "maximum": 1}
JOURNEY_RANGE: dict[str, JsonValue] = {"minimum": 0, "maximum": 4}

Time = Annotated[datetime, AfterValidator(_whole_seconds)]
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(rounded)]
OptionalNumber = Annotated[float | None, BeforeValidator(_rounded_or_null)]
Share = Annotated[float, Field(allow_inf_nan=False, json_schema_extra=UNIT_RANGE), BeforeValidator(rounded)]
StageShare = Annotated[float, Field(allow_inf_nan=False, json_schema_extra=UNIT_RANGE), BeforeValidator(_rounded_for_sums)]
OptionalShare = Annotated[float | None, Field(json_schema_extra=UNIT_RANGE), BeforeValidator(_rounded_or_null)]
Position = Annotated[float, Field(allow_inf_nan=False, json_schema_extra=JOURNEY_RANGE), BeforeValidator(rounded)]
OptionalPosition = Annotated[float | None, Field(json_schema_extra=JOURNEY_RANGE), BeforeValidator(_rounded_or_null)]
