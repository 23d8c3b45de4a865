"""What one poll leaves in the store, and the steps of writing it; every step runs inside the one transaction of the poll."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from collector.facts import Event, EventId
from inference.estate.history import MotionCount
from inference.observations import Observation
from inference.results import Assessment, Declaration, ModelInfo, Transition
from vjourney.store import outbox
from vjourney.store.database import OvertakenError
from vjourney.store.events import add_events
from vjourney.store.last_readings import LastReading, last_reading_row
from vjourney.store.marks import next_mark, still_seen_since
from vjourney.store.outbox import Delivery
from vjourney.store.tables import metadata

KEPT = timedelta(days=400)
"""How far back events and readings are kept: the longest window of the model is a year."""

COUNTS_KEPT = timedelta(days=100)
"""How far back the clusters' own counts are kept: the longest window that they are asked about is of 90 days."""

OBSERVED = ("indicator", "state", "reason", "value", "numerator", "denominator", "seen")
"""The fields of an observation that are kept; its evidence is in the document."""

_DECLARED = tuple(each.name for each in fields(Declaration))
_DAY = timedelta(days=1)
_NOTICEABLE = 0.01
_NEVER = datetime.max.replace(tzinfo=UTC)
_INSERT: Mapping[str, Callable[[sa.Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_T = metadata.tables

Counts = Mapping[tuple[str, str], int]


def _no_counts(_new: frozenset[EventId]) -> Counts:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """One poll of one vCenter with what was thought about it.

    ``taken_at`` is the vCenter's clock. ``events`` may repeat events of earlier polls. ``events_read`` is false where the
    read of events failed, which leaves marks as they are. ``count`` is called inside the transaction with the identities of
    the events that are new to the store and gives the increments of tallies by name and label; so no event counts twice.
    ``documents`` holds the assessment of the contract by scope id, for each of ``assessments``. ``deliveries`` tell of
    ``transitions``. ``stepped_from`` is what the store held of a scope when its declaration was thought about. ``reading`` is
    what a fleet goes on from while this vCenter is away.
    """

    instance_uuid: str
    vcenter: str
    taken_at: datetime
    model: ModelInfo
    events: Iterable[Event] = ()
    events_read: bool = True
    oldest_event: datetime | None = None
    motion_counts: tuple[MotionCount, ...] = ()
    count: Callable[[frozenset[EventId]], Counts] = _no_counts
    reading: LastReading | None = None
    assessments: tuple[Assessment, ...] = ()
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    declarations: Mapping[str, Declaration] = field(default_factory=dict)
    stepped_from: Mapping[str, Declaration] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


def write(connection: sa.Connection, poll: PollRecord) -> frozenset[EventId]:
    """Everything of one poll; the identities of the events that are new.

    Raises:
        OvertakenError: another declaration holds than the one that was thought about.
    """
    _check_not_overtaken(connection, poll.stepped_from)
    events = [event for event in poll.events if event.at > poll.taken_at - KEPT]
    _write_vcenter(connection, poll, events)
    new = add_events(connection, poll.instance_uuid, events)
    _write_motion_counts(connection, poll)
    _write_tallies(connection, poll.instance_uuid, poll.count(new))
    _put(connection, "scope", [_scope_row(poll, assessment) for assessment in poll.assessments])
    _write_observations(connection, poll.assessments)
    _write_documents(connection, poll)
    _write_milestones(connection, poll.assessments)
    outbox.add(connection, poll.deliveries)
    _put(connection, "last_reading", [last_reading_row(poll.reading, poll.model.sha256)] if poll.reading else [])
    changed = (own for own in poll.declarations.items() if own[1] != poll.stepped_from.get(own[0]))
    _put(connection, "declaration", [_declaration_row(*own) for own in changed])
    _put(connection, "transition", [asdict(transition) for transition in poll.transitions])
    return new


def declarations(connection: sa.Connection) -> dict[str, Declaration]:
    """The declared stage of every scope, by scope id."""
    rows = connection.execute(_T["declaration"].select()).mappings()
    return {row["scope_id"]: Declaration(**{name: row[name] for name in _DECLARED}) for row in rows}


def _check_not_overtaken(connection: sa.Connection, stepped_from: Mapping[str, Declaration]) -> None:
    """Replicas think at the same time and write one after the other: the second would declare the same change again."""
    held = declarations(connection) if stepped_from else {}
    if any(held.get(scope_id, Declaration()) != before for scope_id, before in stepped_from.items()):
        raise OvertakenError("another process on the same store declared a stage meanwhile: poll again")


def _write_vcenter(connection: sa.Connection, poll: PollRecord, events: list[Event]) -> None:
    table = _T["vcenter"]
    row = connection.execute(table.select().where(table.c.instance_uuid == poll.instance_uuid)).one_or_none()
    mark = (row.mark_key, row.mark_at) if row is not None and row.mark_at is not None else None
    seen_since, read_until = (row.seen_since, row.read_until) if row is not None else (None, None)
    if poll.events_read:
        mark = next_mark(mark, events, poll.taken_at)
        seen_since = still_seen_since(seen_since, read_until, poll.oldest_event)
        read_until = poll.taken_at
    values = {
        "instance_uuid": poll.instance_uuid,
        "name": poll.vcenter,
        "mark_key": mark[0] if mark else None,
        "mark_at": mark[1] if mark else None,
        "seen_since": seen_since,
        "read_until": read_until,
        "polled_at": poll.taken_at,
    }
    _put(connection, "vcenter", [values])


def _write_motion_counts(connection: sa.Connection, poll: PollRecord) -> None:
    """Keep a count once a day, and one that fell: from the next one on it counts anew.

    What a count grew by since is known from the poll at hand. Kept at each change, busy clusters would add a row at every poll.
    """
    table = _T["motion_count"]
    # what lies ahead was read while the vCenter's clock was wrong, and must not stand in for the readings of now
    lately = (table.c.at > poll.taken_at - _DAY, table.c.at <= poll.taken_at)
    recent = table.select().where(table.c.instance_uuid == poll.instance_uuid, *lately).order_by(table.c.at)
    last = {row["cluster"]: row["count"] for row in connection.execute(recent).mappings()}
    kept = [each for each in poll.motion_counts if each.cluster not in last or each.count < last[each.cluster]]
    _put(connection, "motion_count", [{"instance_uuid": poll.instance_uuid, **asdict(reading)} for reading in kept])


def _write_tallies(connection: sa.Connection, instance_uuid: str, counts: Counts) -> None:
    table = _T["tally"]
    held = sa.select(table.c.name, table.c.label, table.c["count"]).where(table.c.instance_uuid == instance_uuid)
    before = {(name, label): count for name, label, count in connection.execute(held)}
    rows = [
        {"instance_uuid": instance_uuid, "name": name, "label": label, "count": before.get((name, label), 0) + increment}
        for (name, label), increment in counts.items()
    ]
    _put(connection, "tally", rows)


def _scope_row(poll: PollRecord, assessment: Assessment) -> dict[str, Any]:
    scope = assessment.scope
    return {
        "id": scope.id,
        "kind": scope.kind,
        "name": scope.name,
        "vcenter": scope.vcenter,
        "instance_uuid": "" if scope.kind == "fleet" else poll.instance_uuid,
        "assessed_at": assessment.taken_at,
    }


def _declaration_row(scope_id: str, declaration: Declaration) -> dict[str, Any]:
    return {"scope_id": scope_id} | {name: getattr(declaration, name) for name in _DECLARED}


def _write_observations(connection: sa.Connection, assessments: tuple[Assessment, ...]) -> None:
    """Keep an observation when it says something else than the last one, and once a day.

    A day is the pace at which declarations are evaluated, so one a day is enough to score the past again. A row for each of
    some forty indicators, every scope and every poll would be millions a month that repeat each other.
    """
    table = _T["observation"]
    same = table.c.scope_id == sa.bindparam("scope"), table.c.taken_at == sa.bindparam("moment")
    _each(connection, table.delete().where(*same), [{"scope": made.scope.id, "moment": made.taken_at} for made in assessments])
    rows = []
    for at, made in _by_moment(assessments):
        last = _last_observations(connection, [assessment.scope.id for assessment in made], at)
        for assessment in made:
            for evidence in assessment.evidence:
                now = _observation_row(evidence.observation)
                before = last.get((assessment.scope.id, now["indicator"]))
                if before is None or _differs(before, now):
                    rows.append({"scope_id": assessment.scope.id, "taken_at": at, **now})
    _each(connection, table.insert(), rows)


def _by_moment(assessments: tuple[Assessment, ...]) -> Iterator[tuple[datetime, list[Assessment]]]:
    """The assessments of each moment: a vCenter and its clusters are of one, and their fleet may be of another."""
    for at in dict.fromkeys(assessment.taken_at for assessment in assessments):
        yield at, [assessment for assessment in assessments if assessment.taken_at == at]


def _last_observations(connection: sa.Connection, scopes: list[str], at: datetime) -> dict[tuple[str, str], sa.RowMapping]:
    """What was kept last of each scope and indicator in the day before a moment."""
    table = _T["observation"]
    recent = table.select().where(table.c.scope_id.in_(scopes), table.c.taken_at > at - _DAY, table.c.taken_at < at)
    found = connection.execute(recent.order_by(table.c.taken_at)).mappings()
    return {(row["scope_id"], row["indicator"]): row for row in found}


def _observation_row(observation: Observation) -> dict[str, Any]:
    return {name: getattr(observation, name) for name in OBSERVED}


def _differs(before: sa.RowMapping, now: Mapping[str, Any]) -> bool:
    """Whether the state or its reason is another, or a number moved by more than a hundredth of itself."""
    if (before["state"], before["reason"]) != (now["state"], now["reason"]):
        return True
    pairs = [(before[name], now[name]) for name in ("value", "numerator", "denominator", "seen")]
    return any(
        (old is None) != (new is None) or (old is not None and not math.isclose(old, new, rel_tol=_NOTICEABLE))
        for old, new in pairs
    )


def _write_documents(connection: sa.Connection, poll: PollRecord) -> None:
    """Keep the last document of each day: it is large, and the numbers in between are among the observations."""
    table, model = _T["assessment"], poll.model
    days, rows = [], []
    for assessment in poll.assessments:
        scope_id, at = assessment.scope.id, assessment.taken_at.astimezone(UTC)
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        days.append({"scope": scope_id, "midnight": midnight, "next_midnight": midnight + _DAY})
        made_by = {"model_name": model.name, "model_version": model.version, "model_sha256": model.sha256}
        rows.append({"scope_id": scope_id, "taken_at": at, **made_by, "document": poll.documents[scope_id]})
    same_day = table.c.taken_at >= sa.bindparam("midnight"), table.c.taken_at < sa.bindparam("next_midnight")
    _each(connection, table.delete().where(table.c.scope_id == sa.bindparam("scope"), *same_day), days)
    _each(connection, table.insert(), rows)


def _write_milestones(connection: sa.Connection, assessments: tuple[Assessment, ...]) -> None:
    table = _T["milestone"]
    known = table.select().where(table.c.scope_id.in_([assessment.scope.id for assessment in assessments]))
    first_seen = {(row.scope_id, row.id): row.first_seen for row in connection.execute(known)}
    rows = [
        {"scope_id": assessment.scope.id, "id": milestone.id, "first_seen": milestone.first_seen}
        for assessment in assessments
        for milestone in assessment.milestones
        if milestone.first_seen < first_seen.get((assessment.scope.id, milestone.id), _NEVER)
    ]
    _put(connection, "milestone", rows)


def _put(connection: sa.Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """Set whole rows, each the only one with its primary key; a large vCenter has thousands in every poll."""
    table = _T[name]
    insert = _INSERT[connection.dialect.name](table)
    set_ = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    _each(connection, insert.on_conflict_do_update(index_elements=table.primary_key.columns, set_=set_), rows)


def _each(connection: sa.Connection, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
    """Run a statement with each of the rows, if there are any: without one it would run on nothing in particular."""
    if rows:
        connection.execute(statement, rows)
