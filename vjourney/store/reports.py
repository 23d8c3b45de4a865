"""What management was told, and as of when: the next report is compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from vjourney.store.outbox import Connecting
from vjourney.store.tables import metadata

EDITIONS = timedelta(hours=12)
"""Reports of readings that lie no further apart are one report: as HTML and as PDF, a draft, a second try."""

_TABLE = metadata.tables["report"]


@dataclass(frozen=True, slots=True)
class Reported:
    """A report of the past: when its subject had been read, and the document of then."""

    taken_at: datetime
    document: dict[str, Any]


class Reports:
    """Reports of a store. Any thread may use it; a method raises ``StoreError`` where the database fails."""

    def __init__(self, read: Connecting, write: Connecting) -> None:
        """Use the connections of the store, one transaction each."""
        self._read = read
        self._write = write

    def last(self, scope_id: str, taken_at: datetime) -> Reported | None:
        """The report before one that is about the reading of ``taken_at``; ``None`` before the first one."""
        wanted = (
            sa.select(_TABLE.c.taken_at, _TABLE.c.document)
            .where(_TABLE.c.scope_id == scope_id, _TABLE.c.taken_at <= taken_at - EDITIONS)
            .order_by(_TABLE.c.taken_at.desc())
            .limit(1)
        )
        with self._read() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else Reported(row.taken_at, row.document)

    def add(self, scope_id: str, taken_at: datetime, document: Mapping[str, Any], written_at: datetime) -> None:
        """Remember a report that was written; another edition of it replaces it."""
        keys = (_TABLE.c.scope_id == scope_id, _TABLE.c.taken_at == taken_at)
        with self._write() as connection:
            connection.execute(_TABLE.delete().where(*keys))
            row = {"scope_id": scope_id, "taken_at": taken_at, "written_at": written_at, "document": dict(document)}
            connection.execute(_TABLE.insert().values(row))
