"""The stored events of each vCenter in memory: a poll reads what is new, also where another process recorded it."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collector.facts import Event
from vjourney.store.events import count_since, events_since
from vjourney.store.outbox import Connecting

SLACK = timedelta(days=1)
"""How far behind the newest event that is known others may turn up later, or memory reach before the window."""

_AGE = operator.attrgetter("at", "key")


@dataclass(frozen=True, slots=True)
class _Kept:
    """The events from ``since`` on, as stored when the poll at ``polled_at`` was recorded."""

    polled_at: datetime
    since: datetime
    events: tuple[Event, ...]


class EventCache:
    """Events by instance UUID; one thread at a time asks for those of one vCenter."""

    def __init__(self, read: Connecting) -> None:
        """Read from connections of the store."""
        self._read = read
        self._kept: dict[str, _Kept] = {}

    def events(self, instance_uuid: str, polled_at: datetime | None, start: datetime) -> tuple[Event, ...]:
        """The stored events from ``start`` on, oldest first; ``polled_at`` is the stored time of the last poll."""
        if polled_at is None:
            return ()
        kept = self._kept.get(instance_uuid)
        if kept is None or start < kept.since:  # the second after a clock was set back
            kept = _Kept(polled_at, start, self._stored(instance_uuid, start))
        elif kept.polled_at != polled_at:
            kept = _Kept(polled_at, start, self._caught_up(instance_uuid, kept, start))
        elif kept.events and kept.events[0].at < start - SLACK:
            kept = _Kept(polled_at, start, _since(kept.events, start))
        self._kept[instance_uuid] = kept
        return _since(kept.events, start)

    def add(self, instance_uuid: str, before: datetime | None, polled_at: datetime, fresh: Iterable[Event]) -> None:
        """Remember what a poll has just recorded; ``before`` is when the last one was recorded by whoever it was."""
        kept = self._kept.get(instance_uuid)
        if kept is not None and kept.polled_at == before:
            self._kept[instance_uuid] = replace(kept, polled_at=polled_at, events=merged(kept.events, fresh))

    def _stored(self, instance_uuid: str, start: datetime) -> tuple[Event, ...]:
        with self._read() as connection:
            return events_since(connection, instance_uuid, start)

    def _caught_up(self, instance_uuid: str, kept: _Kept, start: datetime) -> tuple[Event, ...]:
        """What is known with what others have recorded since; read anew where that does not add up."""
        known = _since(kept.events, start)
        edge = known[-1].at - SLACK if known else start
        with self._read() as connection:
            recent = events_since(connection, instance_uuid, max(edge, start))
            number = count_since(connection, instance_uuid, start)
        found = (*(event for event in known if event.at < edge), *recent)
        return found if len(found) == number else self._stored(instance_uuid, start)


def merged(stored: tuple[Event, ...], fresh: Iterable[Event]) -> tuple[Event, ...]:
    """Stored and fresh events, each once, oldest first."""
    read = {event.identity: event for event in fresh}
    kept = [event for event in stored if event.identity not in read] if read else stored
    return tuple(sorted((*kept, *read.values()), key=_AGE))


def _since(events: tuple[Event, ...], start: datetime) -> tuple[Event, ...]:
    return tuple(event for event in events if event.at >= start)
