"""Types of columns: moments, which go in and come out as aware UTC datetimes, and small collections that are kept as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, TypeDecorator

from inference.observations import Observation
from inference.results import LastSeen


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. PostgreSQL keeps it with its zone; SQLite has no zones and keeps the UTC reading of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone, since nobody could say what it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the interface
        """The moment in UTC, whatever zone the database session is in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Counts(TypeDecorator[tuple[tuple[datetime, int], ...]]):
    """Numbers, each with a moment, kept as JSON: a few that are only ever read together."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[tuple[datetime, int], ...] | None, dialect: Dialect) -> list[Any]:  # noqa: ARG002  # the interface
        """The moments as text, in UTC."""
        return [[at.astimezone(UTC).isoformat(), count] for at, count in value or ()]

    def process_result_value(self, value: list[Any] | None, dialect: Dialect) -> tuple[tuple[datetime, int], ...]:  # noqa: ARG002  # the interface
        """The pairs as they were; none in a row from before there was this column."""
        return tuple((datetime.fromisoformat(at), count) for at, count in value or ())


class Memory(TypeDecorator[tuple[LastSeen, ...]]):
    """What a scope showed when it was last well seen, kept as JSON: some forty answers that are only ever read together."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[LastSeen, ...] | None, dialect: Dialect) -> list[Any]:  # noqa: ARG002  # the interface
        """One list for each indicator, the moments as text, in UTC."""
        return [[each.at.astimezone(UTC).isoformat(), each.sight, *_numbers(each.observation)] for each in value or ()]

    def process_result_value(self, value: list[Any] | None, dialect: Dialect) -> tuple[LastSeen, ...]:  # noqa: ARG002  # the interface
        """The answers as they were; none in a row from before there was this column."""
        return tuple(
            LastSeen(datetime.fromisoformat(at), sight, Observation(state="observed", **dict(zip(_KEPT, numbers, strict=True))))
            for at, sight, *numbers in value or ()
        )


_KEPT = ("indicator", "value", "numerator", "denominator", "seen")


def _numbers(observation: Observation) -> list[Any]:
    return [getattr(observation, name) for name in _KEPT]
