"""Tallies: what newly seen events add to the lifetime counters of a vCenter.

Migrations and maintenance entries are chains: which of them are new follows from their last event, what they were from all
events of the window. So every chain counts once, whichever poll saw its end. A machine counts with the first poll that hears
of it, by what that poll heard. What is dated far ahead, by a clock that was wrong, counts when it is read: a count needs no
time, and once the day comes that windows wait for, the event is new to nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from collector.facts import EventId
from inference.estate.base import Base
from inference.estate.estate import Estate
from inference.events.event_kinds import Kind
from inference.events.moves import Move
from inference.events.provisioning import known_before
from inference.events.timeline import AHEAD
from inference.publication import Tally


def tally(estate: Estate, new: Collection[EventId]) -> tuple[Tally, ...]:
    """The increments of every counter by the ``new`` events; zero increments are left out.

    ``estate`` is that of the whole vCenter, and its history holds the new events. Counters and labels: ``migrations`` by cause
    (``user``, ``drs``, ``evacuation``, ``ha``, ``storage``, ``storage_drs``, ``cold``), ``ha_restarts``
    (``host_failure``), ``recovery_tests`` (``plan``), ``provisioned_vms`` by method, ``maintenance_entries`` by outcome. A
    machine that arrived from another vCenter was not provisioned here.
    """
    base = _by_their_dates(estate.base, new)
    counts: Counter[tuple[str, str]] = Counter()
    counts.update(("migrations", _label(move)) for move in base.moves if (move.key, move.at) in new)
    counts.update(("maintenance_entries", entry.outcome) for entry in base.entries if (entry.key, entry.at) in new)
    for name, label, kind in (
        ("ha_restarts", "host_failure", Kind.HA_RESTART),
        ("recovery_tests", "plan", Kind.RECOVERY_TEST),
    ):
        counts[name, label] += sum(event.identity in new for event in base.events.get(kind, ()))
    known = known_before(base.events, new) | base.arrived
    counts.update(
        ("provisioned_vms", made.method) for made in base.made if (made.key, made.at) in new and made.machine not in known
    )
    vcenter = estate.snapshot.vcenter
    return tuple(Tally(vcenter, name, label, count) for (name, label), count in sorted(counts.items()) if count)


def _by_their_dates(base: Base, new: Collection[EventId]) -> Base:
    """The vCenter as it is, or as it would be at the latest of these events where that is dated ahead of its clock."""
    latest = max((at for _, at in new), default=base.snapshot.taken_at)
    if latest <= base.snapshot.taken_at + AHEAD:
        return base
    return Base(replace(base.snapshot, taken_at=latest), base.history, base.lexicon, base.rules)


def _label(move: Move) -> str:
    if move.manner == "cold" and move.cause != "ha":
        return "cold"
    return "storage" if move.cause == "user" and not move.host_changed else move.cause
