"""Last readings: what each vCenter last said to its fleet, so that the fleet goes on while one of them is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "last_reading",
        sa.Column("vcenter", sa.String(), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_sha256", sa.String(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("vcenter", name="pk_last_reading"),
    )


def downgrade() -> None:
    """Take this step back; a fleet then waits for every vCenter after a restart."""
    op.drop_table("last_reading")
