"""History: the stored past of one vCenter that an assessment looks back on, next to the present Snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.facts import Event


@dataclass(frozen=True, slots=True)
class MotionCount:
    """A cluster's ``num_vmotions`` as read at one moment: a witness of migrations that does not depend on kept events."""

    cluster: str
    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class History:
    """Events of the windows, oldest first, this poll's included, and since when nothing was missed.

    ``seen_since`` is the start of the unbroken stretch of events up to now; ``None`` when no event was ever seen, which is
    unknown and not zero. ``events_unreadable`` says why events cannot be read at all, where that is so.
    """

    events: tuple[Event, ...] = ()
    seen_since: datetime | None = None
    events_unreadable: str | None = None
    motion_counts: tuple[MotionCount, ...] = ()
