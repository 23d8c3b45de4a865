"""What the parts of a name say beside each other."""

from __future__ import annotations

import pytest

from inference.lexicon import builtin


@pytest.mark.parametrize(
    ("name", "app"),
    [
        *[(name, "management") for name in ("wsus-sql01", "sql-sccm-prod", "vcdb01", "zabbix-mysql", "dbadmin-jump")],
        *[("citrix-sql-2", "citrix"), ("gitlab-postgres", "build"), ("horizon-sql01", None), ("vdi-db", None)],
        *[(name, "database") for name in ("ca-sql01", "mon-sql-2", "sql-web-1")],
        *[("sql-sap01", "sap"), ("erp-wsus", "erp")],
    ],
)
def test_a_database_belongs_to_what_is_named_beside_it(name: str, app: str | None) -> None:
    """One of a product with which IT works is no application of the business, and a place is no product."""
    found = builtin().read(name).app
    assert (found.id if found else None) == app
