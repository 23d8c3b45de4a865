"""The overlap of polls: events from shortly before the high-water mark are read again, since vCenter may store some late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.facts import Event

OVERLAP = timedelta(minutes=5)
"""How far before the high-water mark events are read again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The high-water mark of events: key and time of the newest event that is stored."""

    key: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Handed:
    """The latest events that a poll handed out (``found``) and read (``met``) after a mark, as times by key."""

    after: Mark | None = None
    found: Mapping[int, datetime] = field(default_factory=dict)
    met: Mapping[int, datetime] = field(default_factory=dict)


class Overlap:
    """Knows which events of the overlap are already stored: those that a poller handed out before the mark moved to them."""

    def __init__(self) -> None:
        self._kept: Mapping[int, datetime] = {}
        self._handed = _Handed()
        self.news = False
        """Whether the last poll found an event that the poll before it had not found."""

    def begin(self, mark: Mark | None) -> datetime | None:
        """The time from which on events must be read for this mark; ``None`` for all events.

        If the mark has moved to an event that the last poll handed out, all that this poll read is stored. If the mark is the
        same as before, that is not known, since events that vCenter stored late are older than the mark. Any other mark was set
        by another process, and then nothing is known.
        """
        handed, self.news = self._handed, False
        if mark is None or (mark != handed.after and handed.found.get(mark.key) != mark.at):
            self._kept = {}
        elif mark != handed.after:
            self._kept = _lately({**self._kept, **handed.met}, mark.at)
        return None if mark is None else mark.at - OVERLAP

    def is_kept(self, event: Event) -> bool:
        """Whether an event is known to be stored. Times are compared, too, since keys repeat after a vCenter was restored."""
        return self._kept.get(event.key) == event.at

    def end(self, mark: Mark | None, found: Sequence[Event], met: Mapping[int, datetime]) -> None:
        """Remember the events that a poll after ``mark`` hands out, and all that it read, ``met``, as times by key."""
        self.news = any(self._handed.found.get(event.key) != event.at for event in found)
        latest = max((event.at for event in found), default=None)
        self._handed = _Handed(mark, _lately({event.key: event.at for event in found}, latest), _lately(met, latest))


def _lately(times: Mapping[int, datetime], at: datetime | None) -> Mapping[int, datetime]:
    """The events that the next poll can read again if its mark is at ``at`` or later."""
    return {} if at is None else {key: time for key, time in times.items() if time >= at - 2 * OVERLAP}
