"""Stored assessments in brief. The database takes a few keys out of the documents: a year of whole ones is megabytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from exporters.history import is_whole
from vjourney.store.tables import metadata

_TABLE = metadata.tables["assessment"]
_PARTS = ("taken_at", "stage", "certainty", "coverage", "flags")
_OF_STAGE = ("inferred", "position", "interval80", "declared")


def readings(connection: sa.Connection, scope_id: str, since: datetime) -> list[dict[str, Any]]:
    """Where a scope stood at each kept assessment from ``since`` on, oldest first, and by which version of the model."""
    parts = [_TABLE.c.document[name].label(name) for name in _PARTS]
    wanted = sa.select(_TABLE.c.model_version, *parts).where(_TABLE.c.scope_id == scope_id, _TABLE.c.taken_at >= since)
    return [
        {"scope": scope_id, "taken_at": row.taken_at, "model": row.model_version}
        | {name: row.stage[name] for name in _OF_STAGE}
        | {"certainty": row.certainty, "coverage": row.coverage, "whole": is_whole({"flags": row.flags})}
        for row in connection.execute(wanted.order_by(_TABLE.c.taken_at))
    ]
