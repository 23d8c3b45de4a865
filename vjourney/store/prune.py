"""What is thrown away, and when: nothing that a window of the model or a reader of the past still needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from vjourney.store.record import COUNTS_KEPT, KEPT
from vjourney.store.tables import metadata

_WEEKLY_AFTER = timedelta(days=90)
_T = metadata.tables


def prune(connection: sa.Connection, now: datetime) -> None:
    """Drop the clusters' counts of 100 days ago, all else of 400 days, and of documents older than 90 days all but one a week.

    Age is counted back from ``now`` or, where that is earlier, from the last poll of the vCenter that a row belongs to: what
    can still be read again, as from an old recording, must not look new when it is.
    """
    vcenter, scope = _T["vcenter"], _T["scope"]
    connection.execute(_T["delivery"].delete().where(_T["delivery"].c.recorded_at <= now - KEPT))
    connection.execute(_T["configuration"].delete().where(_T["configuration"].c.seen_at <= now - KEPT))
    connection.execute(_T["last_reading"].delete().where(_T["last_reading"].c.polled_at <= now - KEPT))
    present = {
        row.instance_uuid: min(now, row.polled_at)
        for row in connection.execute(sa.select(vcenter.c.instance_uuid, vcenter.c.polled_at)).all()
    }
    for uuid, here in present.items():
        for name, kept in (("event", KEPT), ("motion_count", COUNTS_KEPT)):
            connection.execute(_T[name].delete().where(_T[name].c.instance_uuid == uuid, _T[name].c.at <= here - kept))
    for row in connection.execute(sa.select(scope.c.id, scope.c.instance_uuid, scope.c.assessed_at)).all():
        here = present.get(row.instance_uuid) or min(now, row.assessed_at)
        for name in ("observation", "assessment"):
            connection.execute(_T[name].delete().where(_T[name].c.scope_id == row.id, _T[name].c.taken_at <= here - KEPT))
        _thin_documents(connection, row.id, here)


def _thin_documents(connection: sa.Connection, scope_id: str, now: datetime) -> None:
    table = _T["assessment"]
    old = sa.select(table.c.taken_at).where(table.c.scope_id == scope_id, table.c.taken_at <= now - _WEEKLY_AFTER)
    last = None
    for taken_at in connection.scalars(old.order_by(table.c.taken_at.desc())).all():
        week = taken_at.astimezone(UTC).isocalendar()[:2]
        if week == last:
            connection.execute(table.delete().where(table.c.scope_id == scope_id, table.c.taken_at == taken_at))
        last = week
