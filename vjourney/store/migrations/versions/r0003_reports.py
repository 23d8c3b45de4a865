"""Reports: what each management report was about, so that the next one knows what it said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "report",
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "taken_at", name="pk_report"),
    )


def downgrade() -> None:
    """Take this step back; the next report will look like the first one."""
    op.drop_table("report")
