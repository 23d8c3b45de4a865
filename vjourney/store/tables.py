"""The tables. Nothing here is particular to one database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, MetaData
from sqlmodel import Field, SQLModel

from vjourney.store.columns import Counts, Memory, UtcDateTime

NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
"""Names of constraints, so that a migration can refer to them on every database."""

metadata = MetaData(naming_convention=NAMING)

_Json = JSON(none_as_null=True)


class Table(SQLModel):
    """The base of every table here, with metadata of its own."""

    metadata = metadata


class VcenterRow(Table, table=True):
    """One vCenter, by instance UUID, and how far its events have been read."""

    __tablename__ = "vcenter"

    instance_uuid: str = Field(primary_key=True)
    name: str
    mark_key: int | None = Field(default=None, sa_type=BigInteger)
    mark_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    polled_at: datetime = Field(sa_type=UtcDateTime)


class EventRow(Table, table=True):
    """One event of one vCenter: the columns are the fields of ``collector.facts.Event``, in their order.

    The time belongs to the key, since a vCenter that is restored from a backup numbers from an earlier key again.
    """

    __tablename__ = "event"
    __table_args__ = (Index(None, "instance_uuid", "at"),)

    instance_uuid: str = Field(primary_key=True, foreign_key="vcenter.instance_uuid")
    key: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    type: str
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    chain: int | None = Field(default=None, sa_type=BigInteger)
    user: str
    vm: str | None = None
    vm_name: str | None = None
    host: str | None = None
    cluster: str | None = None
    datacenter: str | None = None
    datastore: str | None = None
    source_host: str | None = None
    source_datastore: str | None = None
    dest_host: str | None = None
    source_vm: str | None = None
    object_id: str | None = None
    arguments: list[Any] | None = Field(default=None, sa_type=_Json)


class MotionCountRow(Table, table=True):
    """A reading of a cluster's lifetime count of migrations, kept once a day and when it fell."""

    __tablename__ = "motion_count"

    instance_uuid: str = Field(primary_key=True, foreign_key="vcenter.instance_uuid")
    cluster: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    count: int = Field(sa_type=BigInteger)


class ScopeRow(Table, table=True):
    """A scope that was ever assessed; ``instance_uuid`` is empty for the fleet."""

    __tablename__ = "scope"

    id: str = Field(primary_key=True)
    kind: str
    name: str
    vcenter: str
    instance_uuid: str
    assessed_at: datetime = Field(sa_type=UtcDateTime)


class ObservationRow(Table, table=True):
    """The numbers of one indicator, from which history can be scored again with another model."""

    __tablename__ = "observation"

    scope_id: str = Field(primary_key=True, foreign_key="scope.id")
    taken_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    indicator: str = Field(primary_key=True)
    state: str
    reason: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    seen: float


class AssessmentRow(Table, table=True):
    """The assessment of one scope as the document of the contract, and the model that made it."""

    __tablename__ = "assessment"

    scope_id: str = Field(primary_key=True, foreign_key="scope.id")
    taken_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    model_name: str
    model_version: str
    model_sha256: str
    document: dict[str, Any] = Field(sa_type=JSON)


class DeclarationRow(Table, table=True):
    """The declared stage of one scope: the columns are the fields of ``inference.results.Declaration``."""

    __tablename__ = "declaration"

    scope_id: str = Field(primary_key=True)
    declared: int | None = None
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    candidate: int | None = None
    candidate_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    candidate_coverage: float | None = None
    evaluated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    quiet_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hosts: int | None = None
    hosts_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    coverage: float | None = None
    coverage_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    model: str = ""
    model_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    candidate_cause: str = ""
    hosts_after: Any = Field(default=(), sa_type=Counts, nullable=True)
    last_seen: Any = Field(default=(), sa_type=Memory, nullable=True)


class TransitionRow(Table, table=True):
    """A change of a declared stage."""

    __tablename__ = "transition"

    scope_id: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    from_stage: int | None = None
    to_stage: int
    cause: str


class MilestoneRow(Table, table=True):
    """A point of the journey and the earliest time it was seen."""

    __tablename__ = "milestone"

    scope_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    first_seen: datetime = Field(sa_type=UtcDateTime)


class TallyRow(Table, table=True):
    """A lifetime count of one vCenter, by label."""

    __tablename__ = "tally"

    instance_uuid: str = Field(primary_key=True, foreign_key="vcenter.instance_uuid")
    name: str = Field(primary_key=True)
    label: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)


class DeliveryRow(Table, table=True):
    """News for one target: until ``done_at`` it is due at ``next_attempt`` and belongs to ``lease_holder`` for a while."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "target", "done_at", "next_attempt"),)

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    target: str = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    next_attempt: datetime = Field(sa_type=UtcDateTime)
    attempts: int
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_holder: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportRow(Table, table=True):
    """A management report that was written: the reading of its subject that it was about."""

    __tablename__ = "report"

    scope_id: str = Field(primary_key=True)
    taken_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    written_at: datetime = Field(sa_type=UtcDateTime)
    document: dict[str, Any] = Field(sa_type=JSON)


class ConfigurationRow(Table, table=True):
    """A configuration that polls were recorded under: the columns are the fields of ``Configuration``."""

    __tablename__ = "configuration"

    id: str = Field(primary_key=True)
    vcenters: dict[str, Any] = Field(sa_type=JSON)
    model: str
    model_sha256: str
    first_turn: int = Field(sa_type=BigInteger)
    last_turn: int = Field(sa_type=BigInteger)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class LastReadingRow(Table, table=True):
    """What a vCenter last said to its fleet, by its configured name, and the model that judged it."""

    __tablename__ = "last_reading"

    vcenter: str = Field(primary_key=True)
    polled_at: datetime = Field(sa_type=UtcDateTime)
    model_sha256: str
    reading: dict[str, Any] = Field(sa_type=JSON)
