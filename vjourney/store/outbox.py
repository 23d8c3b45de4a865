"""The outbox: what has to reach a target, written with the change it tells of, and kept until the target has it.

Several processes may share one store. A delivery is claimed for a time by one of them; whoever dies while sending loses its
claim when that time is over, and another one sends again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from vjourney.store.tables import metadata

Kind = Literal["change", "digest"]
Connecting = Callable[[], AbstractContextManager[sa.Connection]]

_TABLE = metadata.tables["delivery"]
_KEYS = ("kind", "subject", "at", "target")
_FIELDS = (*_KEYS, "content", "recorded_at", "attempts", "accepted_at")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One piece of news for one target; kind, subject, time and target are its identity.

    ``subject`` is the scope id of a change and ``at`` its time, or that of the digest. ``accepted_at`` is when the target took
    it first, ``attempts`` counts failures since it last took it.
    """

    kind: Kind
    subject: str
    at: datetime
    target: str
    content: dict[str, Any] = field(compare=False)
    recorded_at: datetime
    attempts: int = 0
    accepted_at: datetime | None = None


def add(connection: sa.Connection, deliveries: Iterable[Delivery]) -> None:
    """Put deliveries in, due at once; one that is or was there already changes nothing."""
    for delivery in deliveries:
        if connection.execute(sa.select(_TABLE.c.kind).where(*_is(delivery))).first() is None:
            row = {**asdict(delivery), "next_attempt": delivery.recorded_at}
            with suppress(IntegrityError), connection.begin_nested():  # another replica may have been as fast
                connection.execute(_TABLE.insert().values(row))


class Outbox:
    """Deliveries of a store. Any thread may use it; a method raises ``StoreError`` where the database fails."""

    def __init__(self, read: Connecting, write: Connecting) -> None:
        """Use the connections of the store, one transaction each."""
        self._read = read
        self._write = write

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Put deliveries in that belong to no poll; what is there already stays as it is."""
        with self._write() as connection:
            add(connection, deliveries)

    def claim(
        self, target: str, now: datetime, *, holder: str, lease: timedelta, most: int | None = None
    ) -> tuple[Delivery, ...]:
        """What is due for ``target``, least tried first, and until ``now + lease`` nobody else's.

        ``holder`` names this claim and no other one.
        """
        due = (
            sa.select(*(_TABLE.c[name] for name in _KEYS))
            .where(
                _TABLE.c.target == target,
                _TABLE.c.done_at.is_(None),
                _TABLE.c.next_attempt <= now,
                sa.or_(_TABLE.c.leased_until.is_(None), _TABLE.c.leased_until <= now),
            )
            .order_by(_TABLE.c.attempts, _TABLE.c.recorded_at, _TABLE.c.at, _TABLE.c.subject)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        mine = {"lease_holder": holder, "leased_until": now + lease}
        with self._write() as connection:
            for keys in connection.execute(due).mappings().all():
                connection.execute(_TABLE.update().filter_by(**keys).values(mine))
            held = sa.select(*(_TABLE.c[name] for name in _FIELDS)).where(
                _TABLE.c.target == target, _TABLE.c.lease_holder == holder, _TABLE.c.done_at.is_(None)
            )
            ordered = held.order_by(_TABLE.c.attempts, _TABLE.c.recorded_at, _TABLE.c.at, _TABLE.c.subject)
            return tuple(Delivery(**row) for row in connection.execute(ordered).mappings())

    def finish(self, delivery: Delivery, now: datetime) -> None:
        """The target has it, and nothing is left to do."""
        self._set(delivery, accepted_at=delivery.accepted_at or now, done_at=now)

    def give_up(self, delivery: Delivery, now: datetime) -> None:
        """Nothing more will be tried."""
        self._set(delivery, done_at=now)

    def repeat(self, delivery: Delivery, now: datetime, at: datetime) -> None:
        """The target has it and has to hear it again ``at`` this time."""
        self._set(delivery, accepted_at=delivery.accepted_at or now, attempts=0, next_attempt=at)

    def postpone(self, delivery: Delivery, until: datetime) -> None:
        """The target did not take it: whatever waits for this target waits until then, and this one has failed once more."""
        behind = (_TABLE.c.target == delivery.target, _TABLE.c.done_at.is_(None), _TABLE.c.next_attempt < until)
        with self._write() as connection:
            connection.execute(_TABLE.update().where(*behind).values(next_attempt=until))
            connection.execute(
                _TABLE.update()
                .where(*_is(delivery))
                .values(attempts=_TABLE.c.attempts + 1, next_attempt=until, lease_holder=None, leased_until=None)
            )

    def superseded(self, delivery: Delivery) -> bool:
        """Whether the same target was given later news of the same kind and subject."""
        later = sa.select(_TABLE.c.at).where(
            *(_TABLE.c[name] == getattr(delivery, name) for name in ("kind", "subject", "target")), _TABLE.c.at > delivery.at
        )
        with self._read() as connection:
            return connection.execute(later.limit(1)).first() is not None

    def last(self, kind: Kind) -> Delivery | None:
        """The latest of a kind, whoever it is for; ``None`` before the first one."""
        wanted = sa.select(*(_TABLE.c[name] for name in _FIELDS)).where(_TABLE.c.kind == kind)
        with self._read() as connection:
            row = connection.execute(wanted.order_by(_TABLE.c.at.desc()).limit(1)).mappings().first()
        return None if row is None else Delivery(**row)

    def _set(self, delivery: Delivery, **values: object) -> None:
        with self._write() as connection:
            connection.execute(
                _TABLE.update().where(*_is(delivery)).values(values | {"lease_holder": None, "leased_until": None})
            )


def _is(delivery: Delivery) -> list[sa.ColumnElement[bool]]:
    return [_TABLE.c[name] == getattr(delivery, name) for name in _KEYS]
