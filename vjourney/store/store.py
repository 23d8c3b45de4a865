"""The store as the service sees it: one write for each poll, and the questions that are asked of the past."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from collector.facts import Event, EventId
from inference.estate.history import History, MotionCount
from inference.observations import Observation
from inference.publication import Tally
from inference.results import Declaration, Milestone, ModelInfo, Scope, Transition
from vjourney.store.configurations import Configurations
from vjourney.store.database import READING, alone, open_engine, sentences
from vjourney.store.event_cache import EventCache, merged
from vjourney.store.events import events_since, last_events
from vjourney.store.last_readings import LastReading, last_readings
from vjourney.store.marks import still_seen_since
from vjourney.store.outbox import Outbox
from vjourney.store.prune import prune
from vjourney.store.readings import readings
from vjourney.store.record import COUNTS_KEPT, KEPT, OBSERVED, PollRecord, declarations, write
from vjourney.store.reports import Reports
from vjourney.store.scopes import BY_BREADTH, is_current, meant, of_scope
from vjourney.store.tables import metadata

_T = metadata.tables


@dataclass(frozen=True, slots=True)
class StoredObservation:
    """A reading of the past: its numbers, from which another model can make its own assessment."""

    scope_id: str
    taken_at: datetime
    observation: Observation


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """An assessment of the past: its document as in the contract, and the model that made it."""

    scope_id: str
    taken_at: datetime
    model: ModelInfo
    document: dict[str, Any]


class Store:
    """History in a database. Any thread may use it; a method raises ``StoreError`` where the database fails.

    Every scope named in a question is a scope id or, where no scope has that id, a scope name, alone or as ``vcenter/cluster``;
    names may be shared.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Use ``engine``, which holds the current schema: see ``open``."""
        self._engine = engine
        self._writing = threading.Lock()
        self._event_cache = EventCache(self._read)
        self.outbox = Outbox(self._read, self._write)
        self.reports = Reports(self._read, self._write)
        self.configurations = Configurations(self._write)

    @classmethod
    def open(cls, url: str, wait: float = 10.0) -> Self:
        """Open the database at ``url``, made or migrated where needed; a lock is waited for ``wait`` seconds.

        Raises ``StoreError``.
        """
        return cls(open_engine(url, wait))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def record(self, poll: PollRecord) -> frozenset[EventId]:
        """Write one poll in one transaction and return the identities of the events that were new.

        All or nothing is written, also when the process is killed meanwhile. Recording a poll twice changes nothing, and
        processes that share the store record one after the other.

        Raises:
            OvertakenError: another one declared a stage since this poll was thought about.
        """
        events = tuple(poll.events)
        table = _T["vcenter"]
        with self._write() as connection:
            alone(connection)
            last = connection.scalar(sa.select(table.c.polled_at).where(table.c.instance_uuid == poll.instance_uuid))
            new = write(connection, replace(poll, events=events))
        self._event_cache.add(poll.instance_uuid, last, poll.taken_at, [event for event in events if event.identity in new])
        return new

    def prune(self, now: datetime) -> None:
        """Drop what is older than is needed."""
        with self._write() as connection:
            alone(connection)
            prune(connection, now)

    def high_water(self, instance_uuid: str) -> tuple[int, datetime] | None:
        """Key and time of the latest event stored of this vCenter; ``None`` before the first one."""
        row = self._vcenter(instance_uuid)
        return None if row is None or row["mark_at"] is None else (row["mark_key"], row["mark_at"])

    def polled_at(self, instance_uuid: str) -> datetime | None:
        """When this vCenter was last polled, by its own clock; ``None`` before the first time."""
        row = self._vcenter(instance_uuid)
        return None if row is None else row["polled_at"]

    def holder(self, instance_uuid: str) -> str | None:
        """The configured name under which this vCenter was last recorded; ``None`` before the first time."""
        row = self._vcenter(instance_uuid)
        return None if row is None else str(row["name"])

    def seen_since(self, instance_uuid: str) -> datetime | None:
        """Since when every event of this vCenter is stored; ``None`` where no event was ever seen."""
        row = self._vcenter(instance_uuid)
        return None if row is None else row["seen_since"]

    def events_since(self, instance_uuid: str, since: datetime) -> tuple[Event, ...]:
        """The stored events of this vCenter from ``since`` on, oldest first."""
        with self._read() as connection:
            return events_since(connection, instance_uuid, since)

    def last_events(self, instance_uuid: str, cluster: str | None, most: int) -> tuple[Event, ...]:
        """The last ``most`` events of this vCenter, or of one of its clusters by object id, newest first."""
        with self._read() as connection:
            return last_events(connection, instance_uuid, cluster, most)

    def history(  # what was just read comes along, so that nobody else has to merge it
        self,
        instance_uuid: str,
        now: datetime,
        *,
        events: Iterable[Event] = (),
        oldest_event: datetime | None = None,
        motion_counts: tuple[MotionCount, ...] = (),
        events_unreadable: str | None = None,
    ) -> History:
        """Events of the past 400 days and counts of the past 100, together with what was just read and is not recorded yet.

        ``now`` is the vCenter's clock; ``events``, ``oldest_event`` and ``motion_counts`` are of the poll at hand, and
        ``events_unreadable`` says why it could not read events.
        """
        start = now - KEPT
        row = self._vcenter(instance_uuid)
        seen_since, read_until = (row["seen_since"], row["read_until"]) if row is not None else (None, None)
        if events_unreadable is None:
            seen_since = still_seen_since(seen_since, read_until, oldest_event)
        fresh = [event for event in events if event.at >= start]
        stored = self._event_cache.events(instance_uuid, None if row is None else row["polled_at"], start)
        present = {(each.cluster, each.at) for each in motion_counts}
        counts = [
            each for each in self._motion_counts(instance_uuid, now - COUNTS_KEPT) if (each.cluster, each.at) not in present
        ]
        return History(
            events=merged(stored, fresh),
            seen_since=seen_since,
            events_unreadable=events_unreadable,
            motion_counts=(*counts, *motion_counts),
        )

    def declarations(self) -> dict[str, Declaration]:
        """The declared stage of every scope, by scope id."""
        with self._read() as connection:
            return declarations(connection)

    def last_readings(self, vcenters: Collection[str], model_sha256: str) -> dict[str, LastReading]:
        """What these vCenters last said to their fleet, by configured name, as far as this model judged it."""
        with self._read() as connection:
            return last_readings(connection, vcenters, model_sha256)

    def scopes(self) -> tuple[Scope, ...]:
        """Every scope that its vCenter's last assessment still had, the widest first."""
        scopes = _T["scope"]
        wanted = sa.select(scopes.c.kind, scopes.c.id, scopes.c.name, scopes.c.vcenter).where(is_current())
        with self._read() as connection:
            return tuple(Scope(*row) for row in connection.execute(wanted.order_by(*BY_BREADTH)))

    def transitions(self, scope: str | None = None) -> tuple[Transition, ...]:
        """Changes of declared stages, oldest first, those of one moment by scope id whatever the database."""
        table = _T["transition"]
        with self._read() as connection:
            rows = connection.execute(of_scope(table.select(), table, scope)).mappings().all()
        return tuple(sorted((Transition(**row) for row in rows), key=lambda change: (change.at, change.scope_id)))

    def milestones(self, scope: str | None = None) -> dict[str, tuple[Milestone, ...]]:
        """Milestones by scope id, oldest first, those of one moment by id whatever the database."""
        table = _T["milestone"]
        found: dict[str, tuple[Milestone, ...]] = {}
        with self._read() as connection:
            rows = connection.execute(of_scope(table.select(), table, scope)).all()
        for row in sorted(rows, key=lambda row: (row.first_seen, row.id)):
            found[row.scope_id] = (*found.get(row.scope_id, ()), Milestone(row.id, row.first_seen))
        return found

    def tallies(self) -> tuple[Tally, ...]:
        """Lifetime counts by configured name of the vCenter, which a rebuilt vCenter keeps."""
        tally, vcenter = _T["tally"], _T["vcenter"]
        columns = (vcenter.c.name, tally.c.name, tally.c.label)
        counts = (
            sa.select(*columns, sa.func.sum(tally.c["count"]))
            .join_from(tally, vcenter, tally.c.instance_uuid == vcenter.c.instance_uuid)
            .group_by(*columns)
            .order_by(*columns)
        )
        with self._read() as connection:
            return tuple(Tally(vcenter, name, label, int(count)) for vcenter, name, label, count in connection.execute(counts))

    def latest(self, scope: str | None = None, vcenters: Collection[str] | None = None) -> list[dict[str, Any]]:
        """The last documents: of a scope, or of every scope that its vCenter's last assessment still had.

        With ``vcenters``, of the fleet and of those that have one of these names.
        """
        table, scopes = _T["assessment"], _T["scope"]
        wanted = sa.select(table.c.document).join_from(
            scopes, table, (table.c.scope_id == scopes.c.id) & (table.c.taken_at == scopes.c.assessed_at)
        )
        wanted = wanted.where(is_current() if scope is None else meant(scope))
        if vcenters is not None:
            wanted = wanted.where((scopes.c.kind == "fleet") | scopes.c.vcenter.in_(vcenters))
        with self._read() as connection:
            return list(connection.scalars(wanted.order_by(*BY_BREADTH)))

    def documents(self, scope: str, since: datetime) -> tuple[StoredAssessment, ...]:
        """The kept assessments of a scope from ``since`` on, oldest first."""
        table = _T["assessment"]
        wanted = of_scope(table.select().where(table.c.taken_at >= since).order_by(table.c.taken_at), table, scope)
        with self._read() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            StoredAssessment(
                row.scope_id, row.taken_at, ModelInfo(row.model_name, row.model_version, row.model_sha256), row.document
            )
            for row in rows
        )

    def readings(self, scope_id: str, since: datetime) -> list[dict[str, Any]]:
        """Where a scope stood at each kept assessment from ``since`` on, oldest first; by its id, never by a name."""
        with self._read() as connection:
            return readings(connection, scope_id, since)

    def observations(self, scope: str, since: datetime) -> tuple[StoredObservation, ...]:
        """The kept readings of a scope from ``since`` on, oldest first: one when it changed, and one a day."""
        table = _T["observation"]
        ordered = table.select().where(table.c.taken_at >= since).order_by(table.c.taken_at, table.c.indicator)
        with self._read() as connection:
            rows = connection.execute(of_scope(ordered, table, scope)).mappings().all()
        return tuple(
            StoredObservation(row["scope_id"], row["taken_at"], Observation(**{name: row[name] for name in OBSERVED}))
            for row in rows
        )

    def _vcenter(self, instance_uuid: str) -> sa.RowMapping | None:
        table = _T["vcenter"]
        with self._read() as connection:
            return connection.execute(table.select().where(table.c.instance_uuid == instance_uuid)).mappings().one_or_none()

    def _motion_counts(self, instance_uuid: str, since: datetime) -> tuple[MotionCount, ...]:
        table = _T["motion_count"]
        wanted = table.select().where(table.c.instance_uuid == instance_uuid, table.c.at >= since)
        with self._read() as connection:
            rows = connection.execute(wanted.order_by(table.c.at, table.c.cluster)).mappings().all()
        return tuple(MotionCount(row["cluster"], row["at"], row["count"]) for row in rows)

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with sentences(self._engine), self._engine.connect() as connection:
            yield connection.execution_options(**READING)

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with self._writing, sentences(self._engine), self._engine.begin() as connection:
            yield connection
