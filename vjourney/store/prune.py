"""What is thrown away, and when: nothing that a window of the model or a reader of the past still needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from vjourney.store.record import KEPT
from vjourney.store.tables import metadata

_WEEKLY_AFTER = timedelta(days=90)
_T = metadata.tables


def prune(connection: sa.Connection, now: datetime) -> None:
    """Drop what is older than 400 days, and of documents older than 90 days all but the last of each ISO week."""
    _prune_vcenters(connection, now)
    for name in ("observation", "assessment"):
        connection.execute(_T[name].delete().where(_T[name].c.taken_at <= now - KEPT))
    _thin_documents(connection, now)


def _prune_vcenters(connection: sa.Connection, now: datetime) -> None:
    vcenter = _T["vcenter"]
    for uuid, polled_at in connection.execute(sa.select(vcenter.c.instance_uuid, vcenter.c.polled_at)).all():
        # Counted back from the last poll too: an event that can still be read again must not become new again.
        oldest = min(now, polled_at) - KEPT
        for name in ("event", "motion_count"):
            connection.execute(_T[name].delete().where(_T[name].c.instance_uuid == uuid, _T[name].c.at <= oldest))


def _thin_documents(connection: sa.Connection, now: datetime) -> None:
    table = _T["assessment"]
    old = (
        sa.select(table.c.scope_id, table.c.taken_at)
        .where(table.c.taken_at <= now - _WEEKLY_AFTER)
        .order_by(table.c.scope_id, table.c.taken_at.desc())
    )
    kept = None
    for scope_id, taken_at in connection.execute(old).all():
        week = (scope_id, *taken_at.astimezone(UTC).isocalendar()[:2])
        if week == kept:
            connection.execute(table.delete().where(table.c.scope_id == scope_id, table.c.taken_at == taken_at))
        kept = week
