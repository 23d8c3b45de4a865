"""What each scope showed when it was last well seen: an answer that is lost afterwards speaks for no higher stage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("declaration", sa.Column("last_seen", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take this step back; what was lost until then is forgotten."""
    op.drop_column("declaration", "last_seen")
