"""Maintenance: what became of the running virtual machines when a host entered maintenance mode.

vCenter says only that nothing runs there any more. Whether its machines were moved live or shut down follows from their
own events between the two of the host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from collector.facts import Event, EventId
from inference.events.event_kinds import NOT_OF_MACHINES, Kind
from inference.events.moves import Move
from inference.events.timeline import Timeline

Outcome = Literal["evacuated", "shutdown", "empty", "unclear"]

EVACUATED_SHARE = 0.9
"""The part of the running virtual machines that has to leave live for an entry to count as evacuated."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry into maintenance mode and the virtual machines that left the host on the way, by id."""

    host: str
    key: int
    at: datetime
    live: frozenset[str]
    stopped: frozenset[str]
    unclear: frozenset[str]

    @property
    def outcome(self) -> Outcome:
        """``empty`` where nothing ran there before, ``unclear`` where moves could not be told live from cold."""
        running = len(self.live | self.stopped | self.unclear)
        if not running:
            return "empty"
        if self.stopped:
            return "shutdown"
        return "evacuated" if len(self.live) >= EVACUATED_SHARE * running else "unclear"


@dataclass(slots=True)
class _Open:
    live: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)


def find_entries(timeline: Timeline, moves: Iterable[Move]) -> tuple[Entry, ...]:
    """Every entry that was seen from its beginning to its end, in the order of the timeline, whose ``moves`` these are."""
    if Kind.MAINTENANCE not in timeline.kinds:
        return ()
    completed: Mapping[EventId, Move] = {(move.key, move.at): move for move in moves}
    entering: dict[str, _Open] = {}
    host_of: dict[str, str] = {}
    entries: list[Entry] = []
    for kind, event in timeline.pairs():
        if event.host and kind is Kind.MAINTENANCE_BEGIN:
            entering[event.host] = _Open()
        elif event.host and kind is Kind.MAINTENANCE_END:
            entering.pop(event.host, None)
        elif event.host and kind is Kind.MAINTENANCE and (done := entering.pop(event.host, None)):
            entries.append(
                Entry(event.host, event.key, event.at, frozenset(done.live), frozenset(done.stopped), frozenset(done.unclear))
            )
        vm = event.vm
        if vm is None or kind in NOT_OF_MACHINES:
            continue
        if entering:
            _note(kind, event, completed.get(event.identity), entering, host_of.get(vm))
        if event.host:
            host_of[vm] = event.host
    return tuple(entries)


def _note(kind: Kind, event: Event, move: Move | None, entering: Mapping[str, _Open], host: str | None) -> None:
    """Write down what a virtual machine did while its host was entering maintenance mode."""
    vm, where = event.vm or "", event.host or host
    if kind is Kind.POWERED_OFF and where is None:  # it may have been on any of them
        for emptied in entering.values():
            emptied.unclear.add(vm)
    elif kind is Kind.POWERED_OFF and (left := entering.get(where or "")):
        left.stopped.add(vm)
    elif move and move.host_changed and (left := entering.get(move.source or "")):
        if move.manner == "live":
            left.live.add(vm)
        elif move.manner == "unknown":
            left.unclear.add(vm)
