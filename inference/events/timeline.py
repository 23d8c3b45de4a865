"""Timeline: the events that mean something, in the order in which vCenter numbered them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.facts import Event
from inference.events.event_kinds import LINKS, NOT_OF_MACHINES, Kind, kind_of

AHEAD = timedelta(hours=1)
"""So far after the present an event may be dated; one further ahead is of a clock that was wrong, and waits for that day."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events in the order of ``inference.events.numbering``, each with its kind.

    Two lists and no pairs: hundreds of thousands of tuples would keep the garbage collector busy.
    """

    kinds: Sequence[Kind]
    events: Sequence[Event]

    def pairs(self) -> Iterator[tuple[Kind, Event]]:
        """Each kind with its event."""
        return zip(self.kinds, self.events, strict=True)

    def by_kind(self) -> dict[Kind, tuple[Event, ...]]:
        """Events by kind in their order, but for those that are links of migrations."""
        found: defaultdict[Kind, list[Event]] = defaultdict(list)
        for kind, event in self.pairs():
            if kind not in LINKS:
                found[kind].append(event)
        return {kind: tuple(events) for kind, events in found.items()}

    @classmethod
    def of(
        cls,
        events: Iterable[Event],
        not_counted: Collection[str] = (),
        present: Collection[str] = (),
        *,
        nested: Collection[str] = (),
        is_apart: Callable[[str], bool] = lambda _: False,
        now: datetime | None = None,
    ) -> Timeline:
        """The timeline of events that are in their order, each once.

        Those of machines in ``not_counted`` are left out, those of machines that are ``present`` no more and whose name
        ``is_apart`` or that were on ``nested`` hosts, those of such hosts, and those dated after ``now``, the vCenter's clock.
        """
        kinds: list[Kind] = []
        kept: list[Event] = []
        latest = None if now is None else now + AHEAD
        for event in events:
            kind = kind_of(event.type)
            if kind is None or (latest is not None and event.at > latest):
                continue
            vm, name = event.vm, event.vm_name
            if event.host in nested and (kind in NOT_OF_MACHINES or vm not in present):
                continue
            was_apart = name is not None and vm not in present and is_apart(name)
            if kind not in NOT_OF_MACHINES and (vm in not_counted or was_apart):
                continue
            kinds.append(kind)
            kept.append(event)
        return cls(kinds, kept)
