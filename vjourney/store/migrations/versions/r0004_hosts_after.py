"""Numbers of hosts: every one of the last days, so that a merger in several steps is seen as one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("declaration", sa.Column("hosts_after", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take this step back; steps of a merger before it are forgotten."""
    op.drop_column("declaration", "hosts_after")
