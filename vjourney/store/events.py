"""Events in the store: which of those just read are new, and the way back into facts."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from collector.facts import Event, EventId
from vjourney.store.tables import metadata

_TABLE = metadata.tables["event"]
_NAMES = tuple(field.name for field in fields(Event))
_COLUMNS = tuple(_TABLE.c[name] for name in _NAMES)
_VALUES = operator.attrgetter(*_NAMES)
_TEXTS = tuple(number for number, column in enumerate(_COLUMNS) if isinstance(column.type, sa.String))
_ARGUMENTS = _NAMES.index("arguments")
_AT_ONCE = sa.text("INSERT INTO event SELECT * FROM json_populate_recordset(CAST(NULL AS event), CAST(:rows AS json))")
_BATCH = 10_000
_LOOKED_AT = 10_000
"""How far back the events of one cluster are looked for, so that a quiet cluster costs no walk through the whole past."""


def add_events(connection: sa.Connection, instance_uuid: str, events: Iterable[Event]) -> frozenset[EventId]:
    """Store the events that are not there yet and return their identities; an event read again changes nothing.

    One with a key that is stored with another time is another event: the vCenter began its numbering again.
    """
    read = {event.identity: event for event in events}
    if not read:
        return frozenset()
    known = _known(connection, instance_uuid, min(key for key, _ in read), max(key for key, _ in read))
    new = [event for identity, event in read.items() if identity not in known]
    for batch in _batches(new):
        _insert(connection, [_row(instance_uuid, event) for event in batch])
    return frozenset(event.identity for event in new)


def events_since(connection: sa.Connection, instance_uuid: str, since: datetime) -> tuple[Event, ...]:
    """The stored events from ``since`` on, oldest first."""
    wanted = (
        sa.select(*_COLUMNS)
        .where(_TABLE.c.instance_uuid == instance_uuid, _TABLE.c.at >= since)
        .order_by(_TABLE.c.at, _TABLE.c.key)
        .execution_options(yield_per=_BATCH)
    )
    # The same few users, hosts and machines recur in every event: keep one copy of each text.
    copies: dict[str, str] = {}
    return tuple(_event(row, copies) for row in connection.execute(wanted))


def last_events(connection: sa.Connection, instance_uuid: str, cluster: str | None, most: int) -> tuple[Event, ...]:
    """The last ``most`` stored events, newest first: of a vCenter, or of one cluster among its last ``_LOOKED_AT``."""
    wanted = sa.select(*_COLUMNS).where(_TABLE.c.instance_uuid == instance_uuid)
    recent = wanted.order_by(_TABLE.c.at.desc(), _TABLE.c.key.desc()).limit(most if cluster is None else _LOOKED_AT)
    if cluster is not None:
        found = recent.subquery()
        recent = sa.select(found).where(found.c.cluster == cluster).order_by(found.c.at.desc(), found.c.key.desc()).limit(most)
    return tuple(_event(row, {}) for row in connection.execute(recent))


def count_since(connection: sa.Connection, instance_uuid: str, since: datetime) -> int:
    """How many events are stored from ``since`` on."""
    wanted = sa.select(sa.func.count()).where(_TABLE.c.instance_uuid == instance_uuid, _TABLE.c.at >= since)
    return connection.scalar(wanted) or 0


def _insert(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Put rows in; into PostgreSQL as one value: row by row, without a prepared statement, takes several times as long."""
    if connection.dialect.name == "postgresql":
        connection.execute(_AT_ONCE, {"rows": json.dumps(rows, default=datetime.isoformat)})
    else:
        connection.execute(_TABLE.insert(), rows)


def _known(connection: sa.Connection, instance_uuid: str, first: int, last: int) -> frozenset[EventId]:
    found = sa.select(_TABLE.c.key, _TABLE.c.at).where(
        _TABLE.c.instance_uuid == instance_uuid, _TABLE.c.key.between(first, last)
    )
    return frozenset((key, at) for key, at in connection.execute(found))


def _row(instance_uuid: str, event: Event) -> dict[str, Any]:
    row = dict(zip(_NAMES, _VALUES(event), strict=True))
    row["instance_uuid"] = instance_uuid
    row["arguments"] = [list(pair) for pair in event.arguments] or None
    return row


def _event(row: sa.Row[Any], copies: dict[str, str]) -> Event:
    values = list(row)
    for number in _TEXTS:
        if (text := values[number]) is not None:
            values[number] = copies.setdefault(text, text)
    values[_ARGUMENTS] = tuple((name, value) for name, value in values[_ARGUMENTS] or ())
    return Event(*values)


def _batches(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + _BATCH] for at in range(0, len(items), _BATCH))
