"""Cron schedules: five fields of text, read into the values that each of them allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vjourney.settings.places import shown

SUNDAY, END_OF_WEEK = 0, 7
"""The two numbers of Sunday: the second one lets a range end with it."""

_MOST_DIGITS = 9
"""No value of a schedule needs as many, and Python refuses to read numbers of thousands of digits."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five fields: its lowest and highest value, and the names of values from ``first_named`` on."""

    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    first_named: int = 0


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS, first_named=1),
    _Field("day of the week", SUNDAY, END_OF_WEEK, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class CronFields:
    """The values that each field of a schedule allows, in rising order; ``weekdays`` are 0 for Sunday to 6.

    ``either_day`` is true where both kinds of day are restricted. Cron then runs on days that fit one of them.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool


def cron_fields(text: str) -> CronFields:
    """Read a schedule such as ``0 8 * * MON``: minute, hour, day of the month, month, day of the week.

    Raises:
        ValueError: it is not one; the sentence says what is allowed.
    """
    parts = text.lower().split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{shown(text)} is not a schedule; write minute, hour, day, month and weekday, such as 0 8 * * MON")
    minutes, hours, days, months, weekdays = (
        tuple(sorted(set(_values(part, field)))) for part, field in zip(parts, _FIELDS, strict=True)
    )
    return CronFields(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({number % END_OF_WEEK for number in weekdays})),
        either_day=not (parts[2].startswith("*") or parts[4].startswith("*")),
    )


def _values(text: str, field: _Field) -> Iterator[int]:
    """Every value of one field, from a list of ``*``, ``a``, ``a-b``, each with ``/step`` or without."""
    for part in text.split(","):
        span, slash, step = part.partition("/")
        bounds = (field.low, field.high) if span == "*" else _bounds(span, field, is_open=bool(slash))
        every = (_number(step) or 0) if slash else 1
        if bounds is None or every < 1:
            raise ValueError(
                f"{shown(text)} is not allowed as {field.title}; "
                f"write *, a value from {field.low} to {field.high}, a range a-b, or a step */n"
            )
        yield from range(bounds[0], bounds[1] + 1, every)


def _bounds(span: str, field: _Field, *, is_open: bool) -> tuple[int, int] | None:
    """The first and last value of ``a-b`` or ``a``, which goes on to the highest if ``is_open``; ``None`` if not allowed."""
    start, dash, end = span.partition("-")
    first = _number(start, field)
    last = _number(end, field) if dash else field.high if is_open else first
    if first is None or last is None:
        return None
    if dash and last == SUNDAY < first and end in _WEEKDAYS:  # fri-sun
        last = END_OF_WEEK
    return (first, last) if field.low <= first <= last <= field.high else None


def _number(text: str, field: _Field | None = None) -> int | None:
    """The number that digits or a name of the field stand for; ``None`` for anything else."""
    if field is not None and text in field.names:
        return field.names.index(text) + field.first_named
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
