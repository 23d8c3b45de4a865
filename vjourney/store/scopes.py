"""Scopes in questions to the store: which of them are current, which one a name means, and in what order they come."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from vjourney.store.tables import metadata

_T = metadata.tables

BY_BREADTH = (
    sa.case({"fleet": 0, "vcenter": 1}, value=_T["scope"].c.kind, else_=2),
    *(_T["scope"].c[name] for name in ("vcenter", "name", "id")),
)
"""The order of scopes: the widest first."""


def is_current() -> sa.ColumnElement[bool]:
    """The scopes that the last assessment of their vCenter still had; a cluster that is gone stays in the store.

    Of vCenters that had one name after another, as one that was built anew, the one that was read last has it now. The last
    assessment is that of the vCenter itself: the clock may have been set back since a cluster was last there.
    """
    scopes, own, other = _T["scope"], _T["scope"].alias(), _T["scope"].alias()
    replaced = sa.exists().where(
        other.c.kind == "vcenter", other.c.vcenter == own.c.vcenter, other.c.assessed_at > own.c.assessed_at
    )
    last = sa.exists().where(own.c.id == scopes.c.instance_uuid, own.c.assessed_at == scopes.c.assessed_at, ~replaced)
    return (scopes.c.kind == "fleet") | last


def meant(scope: str) -> sa.ColumnElement[bool]:
    """The scopes that are meant by an id, or else by a name, with that of the vCenter before it or not.

    A cluster may be called ``fleet``, and is not the fleet.
    """
    scopes, known = _T["scope"], _T["scope"].alias()
    named = (scopes.c.name == scope) | (scopes.c.vcenter + "/" + scopes.c.name == scope)
    return (scopes.c.id == scope) | (named & ~sa.exists().where(known.c.id == scope))


def of_scope(wanted: sa.Select[Any], table: sa.Table, scope: str | None) -> sa.Select[Any]:
    """Those rows of a table that are of the scope that is meant; all of them without one."""
    if scope is None:
        return wanted
    named = sa.select(_T["scope"].c.id).where(meant(scope))
    return wanted.where((table.c.scope_id == scope) | table.c.scope_id.in_(named))
