"""Provisioning: how each new machine came to be, and when it first ran.

One machine leaves several events: a clone is created too. The most telling one counts, so a machine is made once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from collector.facts import Event, EventId
from inference.events.accounts import is_import, role_of
from inference.events.event_kinds import Kind
from inference.events.timeline import Timeline

Method = Literal["template", "instant_clone", "clone", "registered", "blank"]

PROVISIONING_DAYS = 90.0
"""What was made in so many days shows how machines are made."""

GOLDEN_CLONES = 3
"""A machine that this many others were cloned from is a template, whatever it is called; copies that tools make say nothing."""

_METHODS: Mapping[Kind, Method] = {
    Kind.ARRIVED: "registered",
    Kind.DEPLOYED: "template",
    Kind.INSTANT_CLONED: "instant_clone",
    Kind.CLONED: "clone",
    Kind.REGISTERED: "registered",
    Kind.CREATED: "blank",
}
"""By the event that ends it, the telling ones first."""


class NewMachine(NamedTuple):
    """One machine that was made; ``machine`` is its id or, where no event says it, its name."""

    machine: str
    key: int
    at: datetime
    name: str
    user: str
    method: Method
    host: str | None
    cluster: str | None

    @property
    def is_import(self) -> bool:
        """Whether it came from elsewhere: another vCenter, registered, or brought in by a converter."""
        return self.method == "registered" or is_import(self.user) or is_import(self.name)

    @property
    def is_standard(self) -> bool:
        """Whether it was made of something that was tested before."""
        return self.method in {"template", "instant_clone"}


def find_new(events: Mapping[Kind, Iterable[Event]], templates: Collection[str]) -> tuple[NewMachine, ...]:
    """Every machine that was made, oldest first; clones of ``templates`` (ids) and of golden machines are templates."""
    cloned = (event for event in events.get(Kind.CLONED, ()) if role_of(event.user) != "tool")
    sources = Counter(event.source_vm for event in cloned if event.source_vm)
    golden = {source for source, clones in sources.items() if clones >= GOLDEN_CLONES}.union(templates)
    found: dict[str, NewMachine] = {}
    for kind, usual in _METHODS.items():
        for event in events.get(kind, ()):
            machine = _machine(event)
            if machine not in found:
                method = "template" if kind is Kind.CLONED and event.source_vm in golden else usual
                name, place = event.vm_name or "", (event.host, event.cluster)
                found[machine] = NewMachine(machine, event.key, event.at, name, event.user, method, *place)
    return tuple(sorted(found.values(), key=lambda new: (new.at, new.key)))


def known_before(events: Mapping[Kind, Iterable[Event]], new: Collection[EventId]) -> frozenset[str]:
    """Machines of which an event that is not among the ``new`` ones told already that they were made."""
    return frozenset(_machine(event) for kind in _METHODS for event in events.get(kind, ()) if event.identity not in new)


def _machine(event: Event) -> str:
    return event.vm or event.vm_name or str(event.key)


def first_runs(timeline: Timeline, made: Iterable[NewMachine]) -> dict[str, datetime]:
    """When each of these machines was powered on first after it was made; those that never were are left out."""
    making = {(new.key, new.at): new.machine for new in made}
    there: set[str] = set()
    found: dict[str, datetime] = {}
    for kind, event in timeline.pairs():
        if event.identity in making:
            there.add(making[event.identity])
        elif kind is Kind.POWERED_ON and event.vm in there:
            found.setdefault(event.vm, event.at)
    return found
