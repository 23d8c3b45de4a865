"""The first tables: events with their marks, readings, assessments, declarations and lifetime counts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_EVENT_REFERENCES = (
    *("vm", "vm_name", "host", "cluster", "datacenter", "datastore"),
    *("source_host", "source_datastore", "dest_host", "source_vm", "object_id"),
)


def upgrade() -> None:
    """Apply this step."""
    _upgrade_vcenters()
    _upgrade_scopes()


def downgrade() -> None:
    """Take this step back, with everything that was stored."""
    for table in ("tally", "milestone", "transition", "declaration", "assessment", "observation", "scope"):
        op.drop_table(table)
    for table in ("motion_count", "event", "vcenter"):
        op.drop_table(table)


def _upgrade_vcenters() -> None:
    op.create_table(
        "vcenter",
        _text("instance_uuid"),
        _text("name"),
        sa.Column("mark_key", sa.BigInteger()),
        _time("mark_at", optional=True),
        _time("seen_since", optional=True),
        _time("read_until", optional=True),
        _time("polled_at"),
        sa.PrimaryKeyConstraint("instance_uuid", name="pk_vcenter"),
    )
    op.create_table(
        "event",
        _text("instance_uuid"),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("type"),
        _time("at"),
        sa.Column("chain", sa.BigInteger()),
        _text("user"),
        *(sa.Column(name, sa.String()) for name in _EVENT_REFERENCES),
        sa.Column("arguments", sa.JSON()),
        sa.PrimaryKeyConstraint("instance_uuid", "key", name="pk_event"),
        _of_vcenter("event"),
    )
    op.create_index("ix_event_instance_uuid_at", "event", ["instance_uuid", "at"])
    op.create_table(
        "motion_count",
        _text("instance_uuid"),
        _text("cluster"),
        _time("at"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instance_uuid", "cluster", "at", name="pk_motion_count"),
        _of_vcenter("motion_count"),
    )
    op.create_table(
        "tally",
        _text("instance_uuid"),
        _text("name"),
        _text("label"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instance_uuid", "name", "label", name="pk_tally"),
        _of_vcenter("tally"),
    )


def _upgrade_scopes() -> None:
    op.create_table(
        "scope",
        _text("id"),
        *(_text(name) for name in ("kind", "name", "vcenter", "instance_uuid")),
        _time("assessed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_scope"),
    )
    op.create_table(
        "observation",
        _text("scope_id"),
        _time("taken_at"),
        *(_text(name) for name in ("indicator", "state", "reason")),
        *(sa.Column(name, sa.Float()) for name in ("value", "numerator", "denominator")),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "taken_at", "indicator", name="pk_observation"),
        _of_scope("observation"),
    )
    op.create_table(
        "assessment",
        _text("scope_id"),
        _time("taken_at"),
        *(_text(name) for name in ("model_name", "model_version", "model_sha256")),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "taken_at", name="pk_assessment"),
        _of_scope("assessment"),
    )
    op.create_table(
        "declaration",
        _text("scope_id"),
        sa.Column("declared", sa.Integer()),
        _time("since", optional=True),
        sa.Column("candidate", sa.Integer()),
        _time("candidate_since", optional=True),
        sa.Column("candidate_coverage", sa.Float()),
        _time("evaluated_at", optional=True),
        _time("quiet_until", optional=True),
        sa.Column("hosts", sa.Integer()),
        _time("hosts_since", optional=True),
        sa.Column("coverage", sa.Float()),
        _time("coverage_since", optional=True),
        _text("model"),
        _time("model_since", optional=True),
        _text("candidate_cause"),
        sa.PrimaryKeyConstraint("scope_id", name="pk_declaration"),
    )
    op.create_table(
        "transition",
        _text("scope_id"),
        _time("at"),
        sa.Column("from_stage", sa.Integer()),
        sa.Column("to_stage", sa.Integer(), nullable=False),
        _text("cause"),
        sa.PrimaryKeyConstraint("scope_id", "at", name="pk_transition"),
    )
    op.create_table(
        "milestone",
        _text("scope_id"),
        _text("id"),
        _time("first_seen"),
        sa.PrimaryKeyConstraint("scope_id", "id", name="pk_milestone"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _time(name: str, *, optional: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _of_vcenter(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["instance_uuid"], ["vcenter.instance_uuid"], name=f"fk_{table}_instance_uuid")


def _of_scope(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["scope_id"], ["scope.id"], name=f"fk_{table}_scope_id")
