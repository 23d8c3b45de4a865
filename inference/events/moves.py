"""Moves: migrations reconstructed from events: live or cold, between hosts or datastores, and on whose account.

A migration is a chain: it begins, runs, and ends in a completion or a failure. Either end can lie outside what vCenter still
keeps, and simulators leave out fields; so a completion alone counts, and what cannot be told stays unknown. A migration between
two vCenters counts in the one where the machine arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from collector.facts import Event, VirtualMachine
from inference.events.event_kinds import COMPLETIONS, NOT_OF_MACHINES, Kind
from inference.events.timeline import Timeline

Manner = Literal["live", "cold", "unknown"]
Cause = Literal["user", "drs", "evacuation", "storage_drs", "ha"]

BREADTH_DAYS = 90.0
"""Of so many days it is told whether a machine moved."""

EVACUATION_LIMIT = timedelta(days=1)
"""A host that has been entering maintenance mode for longer has given up, unless it enters it in the end after all."""

_BEGINS: Mapping[Kind, Manner] = {Kind.LIVE_BEGIN: "live", Kind.COLD_BEGIN: "cold", Kind.RELOCATE_BEGIN: "unknown"}
_NOT_SEEN: tuple[Manner, None] = ("unknown", None)
_BY_POWER: Mapping[str | None, Manner] = {"poweredOn": "live", "poweredOff": "cold", "suspended": "cold"}
_MAINTENANCE_OVER = frozenset({Kind.MAINTENANCE, Kind.MAINTENANCE_END})
_POWER = {Kind.POWERED_ON: True, Kind.HA_RESTART: True, Kind.POWERED_OFF: False}


class Move(NamedTuple):
    """One completed migration; ``key`` and ``at`` are those of the completion, hosts ``None`` where nothing names them."""

    key: int
    at: datetime
    vm: str
    manner: Manner
    cause: Cause
    host_changed: bool
    storage_changed: bool
    source: str | None
    dest: str | None
    vm_name: str | None = None


class _Reader:
    """One pass over a timeline; what it remembers belongs to that pass."""

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.began: dict[str, tuple[Manner, Event]] = {}
        self.ended: dict[str, tuple[Kind, int | None]] = {}
        self.power: dict[str, bool] = {}
        self.untold: dict[str, list[int]] = {}
        self.host: dict[str, str] = {}
        self.undecided: dict[str, int] = {}
        self.entering: dict[str, datetime] = {}
        self.restarted: dict[str, int | None] = {}

    def read(self, kind: Kind, event: Event) -> None:
        """Take in the next event. One of a host may name a machine too, which then means nothing."""
        if kind is Kind.MAINTENANCE_BEGIN:
            self.entering[event.host or ""] = event.at
        elif kind in _MAINTENANCE_OVER:
            since = self.entering.pop(event.host or "", None)
            if since and kind is Kind.MAINTENANCE and event.at - since > EVACUATION_LIMIT:
                self._emptied(event.host, since)
        elif event.vm is not None and kind not in NOT_OF_MACHINES:
            self._read_machine(kind, event, event.vm)

    def _read_machine(self, kind: Kind, event: Event, vm: str) -> None:
        if vm in self.undecided and event.host:
            self.decide(self.undecided.pop(vm), event.host)
        if kind in COMPLETIONS or kind is Kind.ARRIVED:
            self._complete(kind, event, vm)
        elif manner := _BEGINS.get(kind):
            self.began[vm] = (manner, event)
        elif kind is Kind.MOVE_FAILED:
            self.began.pop(vm, None)
        elif kind in _POWER:
            self.power[vm] = _POWER[kind]
            self.tell(vm, "unknown" if kind is Kind.POWERED_ON else "live")
            if kind is Kind.HA_RESTART:
                self.restarted[vm] = event.chain
        if event.host:
            self.host[vm] = event.host

    def _complete(self, kind: Kind, event: Event, vm: str) -> None:
        before_kind, before_chain = self.ended.get(vm, (None, None))
        self.ended[vm] = kind, event.chain
        if event.chain is not None and event.chain == before_chain and Kind.ARRIVED in {kind, before_kind}:
            return  # one migration, told twice
        begin_manner, begin = self.began.pop(vm, _NOT_SEEN)
        before = self.host.get(vm)
        source = event.source_host or (begin.host if begin else None) or (before if before != event.host else None)
        dest = event.host or (begin.dest_host if begin else None)
        moved, stored = _what_changed(kind, event, source, dest)
        manner: Manner = begin_manner
        if manner == "unknown" and vm in self.power:
            manner = "live" if self.power[vm] else "cold"
        elif manner == "unknown" and kind is Kind.DRS_MOVED:
            manner = "live"
        cause = self._cause(kind, event, vm, source if moved is not False else None)
        if cause == "ha":
            manner = "cold"
        if moved is None:
            self.undecided[vm] = len(self.moves)
        if manner == "unknown":
            self.untold.setdefault(vm, []).append(len(self.moves))
        self.moves.append(Move(event.key, event.at, vm, manner, cause, bool(moved), stored, source, dest, event.vm_name))

    def _cause(self, kind: Kind, event: Event, vm: str, source: str | None) -> Cause:
        if source and (since := self.entering.get(source)) and event.at - since <= EVACUATION_LIMIT:
            return "evacuation"
        if kind is Kind.DRS_MOVED:
            return "drs"
        if kind is Kind.SDRS_MOVED:
            return "storage_drs"
        return "ha" if event.chain and self.restarted.get(vm) == event.chain else "user"

    def _emptied(self, host: str | None, since: datetime) -> None:
        """Every move off a host that took long to enter maintenance mode, and did, was on the way there."""
        undecided = set(self.undecided.values())
        for index in reversed(range(len(self.moves))):
            move = self.moves[index]
            if move.at < since:
                return
            if move.source == host and move.cause in {"user", "drs"} and (move.host_changed or index in undecided):
                self.moves[index] = move._replace(cause="evacuation")

    def tell(self, vm: str, manner: Manner) -> None:
        """Settle moves of which nothing told live from cold: what is stopped or restarted by HA ran, whatever starts later."""
        for index in self.untold.pop(vm, ()):
            self.moves[index] = self.moves[index]._replace(manner=manner)

    def decide(self, index: int, seen_on: str | None) -> None:
        """Settle a completion that named no change by where its machine was seen next; unseen is taken as unmoved."""
        move = self.moves[index]
        if seen_on in {None, move.dest}:
            self.moves[index] = move._replace(storage_changed=True)
        else:
            self.moves[index] = move._replace(host_changed=True, dest=seen_on)


def _what_changed(kind: Kind, event: Event, source: str | None, dest: str | None) -> tuple[bool | None, bool]:
    """Whether the host changed, ``None`` when only a later sight of the machine can tell, and whether the datastore did.

    A completed migration that names no second host says by its type that one was involved, unless its datastores differ. One
    that names the same host and the same datastore twice moved single disks, or was written before its machine moved.
    """
    compared = event.source_datastore is not None and event.datastore is not None
    stored = compared and event.source_datastore != event.datastore
    if kind is Kind.DRS_MOVED:
        return True, stored
    if kind is Kind.SDRS_MOVED:
        return False, True
    if kind is Kind.ARRIVED:  # where its disks were, another vCenter knows
        return True, False
    known = source is not None and dest is not None
    if kind is Kind.RELOCATED:
        moved = known and source != dest
        return moved, stored or not compared or not moved
    if stored and (not known or source == dest):
        return False, True
    return (None if compared and known and source == dest else True), stored


def find_moves(timeline: Timeline, vms: Mapping[str, VirtualMachine]) -> tuple[Move, ...]:
    """Every completed migration of a timeline, in its order.

    ``vms`` are the virtual machines that are present, by id. Their power state tells live from cold where no begin was seen and
    no power event came before or since.
    """
    reader = _Reader()
    for kind, event in timeline.pairs():
        reader.read(kind, event)
    for vm, index in list(reader.undecided.items()):
        now = vms.get(vm)
        reader.decide(index, now.host if now else None)
    for vm in list(reader.untold):
        now = vms.get(vm)
        power = now.power if now and now.knows("power") else None
        reader.tell(vm, _BY_POWER.get(power, "unknown"))
    return tuple(reader.moves)
