"""Operations: what was done to machines and by whom: made, powered, deleted; not by the platform, by tools or by converters.

Changes of configuration are not among them: backup products change every machine at every run, and each such event carries
the whole change, so vCenter is not asked for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from inference.events.accounts import is_import, role_of, works_like_a_machine
from inference.events.event_kinds import Kind
from inference.events.timeline import Timeline

Actor = Literal["program", "person", "unclear"]

LONGEST_RECOVERY = timedelta(days=1)
"""A recovery plan that has not ended for so long no longer explains what its account does."""

_MAKING = frozenset({Kind.CREATED, Kind.CLONED, Kind.DEPLOYED, Kind.INSTANT_CLONED, Kind.REGISTERED})
KINDS = _MAKING | {Kind.REMOVED, Kind.POWERED_ON, Kind.POWERED_OFF}
_CROSSINGS = {Kind.ARRIVED: _MAKING, Kind.LEFT: frozenset({Kind.REMOVED})}
"""Between two vCenters a machine is neither made nor deleted, whatever each of them writes down of its own inventory."""

_RECOVERY_ENDS = frozenset({Kind.RECOVERY_TEST, Kind.RECOVERY_END})


class Operation(NamedTuple):
    """One operation on one machine, whatever the number of its events."""

    at: datetime
    user: str
    vm: str
    host: str | None
    cluster: str | None


def find_operations(timeline: Timeline) -> tuple[Operation, ...]:
    """Operations of people and programs; those of an account while it runs a recovery plan are left out.

    Each chain counts once, and so does the making of a machine: a clone is created too, and not always in one chain.
    """
    recovering: dict[str, datetime] = {}
    crossed = {(event.vm, kind) for way, event in timeline.pairs() if event.vm for kind in _CROSSINGS.get(way, ())}
    seen: set[tuple[str, int | None]] = set()  # machines with a chain, and with None once they were made
    found: list[Operation] = []
    for kind, event in timeline.pairs():
        if kind is Kind.RECOVERY_BEGIN:
            recovering[event.user] = event.at
        elif kind in _RECOVERY_ENDS:
            recovering.pop(event.user, None)
        elif kind in KINDS and (event.vm, kind) not in crossed and _counts(event.user):
            since = recovering.get(event.user)
            vm = event.vm or event.vm_name or str(event.key)
            if since and event.at - since <= LONGEST_RECOVERY:
                continue
            names: list[tuple[str, int | None]] = [(vm, event.chain or event.key)]
            if event.vm and kind in _MAKING:
                names.append((vm, None))
            if seen.isdisjoint(names):
                found.append(Operation(event.at, event.user, vm, event.host, event.cluster))
            seen.update(names)
    return tuple(found)


def _counts(user: str) -> bool:
    """Whether what an account does changes the estate itself: not that of the platform, of a tool or of a converter."""
    return role_of(user) not in {"platform", "tool"} and not is_import(user)


def actors(operations: Iterable[Operation]) -> Mapping[str, Actor]:
    """Who is behind each account. A person who works like a machine may be one, and an account of both kinds is unclear."""
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for operation in operations:
        times[operation.user].append(operation.at)
    return {user: _actor(user, own) for user, own in times.items()}


def _actor(user: str, times: list[datetime]) -> Actor:
    role = role_of(user)
    if role in {"automation", "self_service"}:
        return "program"
    if role == "shared":
        return "unclear"
    return "unclear" if works_like_a_machine(times) else "person"
