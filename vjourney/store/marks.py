"""How far events have been read, and since when nothing was missed: pure functions of times and keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from collector.facts import Event


def still_seen_since(
    seen_since: datetime | None, read_until: datetime | None, oldest_event: datetime | None
) -> datetime | None:
    """Since when every event is known, after a complete read; all times are the vCenter's.

    ``read_until`` is the time of the last complete read before, ``oldest_event`` that of the oldest event vCenter keeps.
    Where vCenter's own memory reaches back to the last read, nothing was missed and the stretch goes on; otherwise it
    starts anew with vCenter's memory. ``None`` where vCenter keeps no event at all: it has then shown nothing. A stretch
    never begins after the oldest event: it would lie in the future once a clock that ran ahead is set right.
    """
    if seen_since is None or read_until is None or oldest_event is None or oldest_event > read_until:
        return oldest_event
    return min(seen_since, oldest_event)


def next_mark(mark: tuple[int, datetime] | None, events: Iterable[Event], now: datetime) -> tuple[int, datetime] | None:
    """The key and time of the latest event read so far, from which the next read goes on.

    The latest is so by time: a vCenter restored from a backup numbers from an earlier key again. ``now`` is the vCenter's
    clock: a mark that lies after it, because the clock was set back, would hide events and is dropped.
    """
    marks = [(event.at, event.key) for event in events]
    if mark is not None:
        marks.append((mark[1], mark[0]))
    latest = max((candidate for candidate in marks if candidate[0] <= now), default=None)
    return None if latest is None else (latest[1], latest[0])
