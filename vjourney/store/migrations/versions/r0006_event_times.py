"""Events: known by their key and their time, so that a vCenter whose keys start again replaces none of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    _identify("key", "at")


def downgrade() -> None:
    """Take this step back; of several events with one key the latest is kept."""
    op.execute(
        sa.text(
            "DELETE FROM event WHERE EXISTS (SELECT 1 FROM event AS later WHERE later.instance_uuid = event.instance_uuid"
            " AND later.key = event.key AND later.at > event.at)"
        )
    )
    _identify("key")


def _identify(*columns: str) -> None:
    with op.batch_alter_table("event") as table:
        table.drop_constraint("pk_event", type_="primary")
        table.create_primary_key("pk_event", ["instance_uuid", *columns])
