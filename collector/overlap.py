"""Overlap: events from a little before the high-water mark are read again, since vCenter may store one late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.facts import Event

OVERLAP = timedelta(minutes=5)
"""How far before the high-water mark events are read again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The high-water mark of events: key and time of the newest one that is safely stored."""

    key: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Handed:
    """The latest events that a poll handed out after a mark, and all that it met, by key with their times."""

    after: Mark | None = None
    found: Mapping[int, datetime] = field(default_factory=dict)
    met: Mapping[int, datetime] = field(default_factory=dict)


class Overlap:
    """Knows which of the events that come again were kept, from what one poller handed out and how the mark moved on."""

    def __init__(self) -> None:
        self._kept: Mapping[int, datetime] = {}
        self._handed = _Handed()
        self.news = False
        """Whether the last poll found an event that the one before it had not."""

    def begin(self, mark: Mark | None) -> datetime | None:
        """Where reading begins for this mark; ``None`` is with the oldest event.

        What was handed out was kept where the mark has moved to something of it. Where the mark stayed, nobody knows: what was
        stored late is older than it. Of any other mark another process knows.
        """
        handed, self.news = self._handed, False
        if mark is None or (mark != handed.after and handed.found.get(mark.key) != mark.at):
            self._kept = {}
        elif mark != handed.after:
            self._kept = _lately({**self._kept, **handed.met}, mark.at)
        return None if mark is None else mark.at - OVERLAP

    def is_kept(self, event: Event) -> bool:
        """Whether an event was kept. Keys start again when a vCenter is restored, so that times count too."""
        return self._kept.get(event.key) == event.at

    def end(self, mark: Mark | None, found: Sequence[Event], met: Mapping[int, datetime]) -> None:
        """Remember what a poll after ``mark`` hands out, and the times of all events that it met by key."""
        self.news = any(self._handed.found.get(event.key) != event.at for event in found)
        latest = max((event.at for event in found), default=None)
        self._handed = _Handed(mark, _lately({event.key: event.at for event in found}, latest), _lately(met, latest))


def _lately(times: Mapping[int, datetime], at: datetime | None) -> Mapping[int, datetime]:
    """Those that the overlap of the next poll can bring again, if ``at`` is where it begins."""
    return {} if at is None else {key: time for key, time in times.items() if time >= at - 2 * OVERLAP}
