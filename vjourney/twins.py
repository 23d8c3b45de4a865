"""Which vCenter is which where several answer with one instance UUID: copies of an appliance, or one under two names."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import NAMESPACE_OID, uuid5

import structlog

from collector.facts import Event, Snapshot
from collector.vcenter.errors import SameVcenter

log = structlog.get_logger()


class Past(Protocol):
    """What the store tells of a vCenter by its identity."""

    def holder(self, instance_uuid: str) -> str | None:
        """The configured name under which it was last recorded."""

    def events_since(self, instance_uuid: str, since: datetime) -> tuple[Event, ...]:
        """Its stored events."""


class Identities:
    """Gives each configured vCenter an identity of its own; threads may share it.

    The identity is the instance UUID. A cloned appliance keeps that of its original, and simulators share one: who comes
    second gets a UUID made of it and of the configured name, so that nothing of the two is mixed up.
    """

    def __init__(self, names: Collection[str], past: Past) -> None:
        """Tell ``names`` apart, as they were told apart in the ``past``."""
        self._names = frozenset(names)
        self._past = past
        self._settled: dict[str, tuple[Snapshot, str]] = {}
        self._lock = threading.Lock()

    def expected(self, name: str, instance_uuid: str) -> str:
        """The identity of the vCenter of this name that answers with this UUID, by all that is known so far."""
        with self._lock:
            return self._expected(name, instance_uuid)

    def settled(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot under the identity of its vCenter.

        Raises:
            SameVcenter: it shows the machines that are shown under another name already.
        """
        name, uuid = snapshot.vcenter, snapshot.about.instance_uuid
        with self._lock:
            for other in self._twins(name, uuid):
                if _same(self._settled[other][0], snapshot):
                    self._settled.pop(name, None)
                    raise SameVcenter(
                        name,
                        f"this is the same vCenter as {other} (instance UUID {uuid}); leave one of the two out",
                    )
            identity = self._expected(name, uuid)
            if identity != uuid and name not in self._settled:
                if not self._twins(name, uuid) and self._past.holder(identity) is None and self._is_renamed(snapshot):
                    identity = uuid
                else:
                    log.warning(
                        "instance UUID shared", vcenter=name, instance_uuid=uuid, advice="one may be a copy of the other"
                    )
            self._settled[name] = replace(snapshot, events=()), identity
        return replace(snapshot, about=replace(snapshot.about, instance_uuid=identity))

    def _expected(self, name: str, uuid: str) -> str:
        if name in self._settled and self._settled[name][0].about.instance_uuid == uuid:
            return self._settled[name][1]
        own = str(uuid5(NAMESPACE_OID, uuid + name))
        if any(self._settled[other][1] == uuid for other in self._twins(name, uuid)):
            return own
        holder = self._past.holder(uuid)
        if holder == name:
            return uuid
        if self._past.holder(own) == name:  # also once the other one is no longer configured
            return own
        return uuid if holder not in self._names or holder in self._settled else own

    def _is_renamed(self, snapshot: Snapshot) -> bool:
        """Whether its events are those that are stored under a name that another vCenter may have now."""
        stored = self._past.events_since(snapshot.about.instance_uuid, datetime.min.replace(tzinfo=UTC))
        known, keys = {event.identity for event in stored}, {event.key for event in stored}
        same = {event.identity in known for event in snapshot.events if event.key in keys}
        return not same or True in same

    def _twins(self, name: str, uuid: str) -> list[str]:
        """The other vCenters that answered with this UUID."""
        return [other for other, (seen, _) in self._settled.items() if other != name and seen.about.instance_uuid == uuid]


def _same(first: Snapshot, second: Snapshot) -> bool:
    """Whether two snapshots show one vCenter, seen by different accounts or a few changes apart.

    A copy has its machines from elsewhere, or soon makes others; object ids alone repeat from one vCenter to the next.
    """
    ours, theirs = _machines(first), _machines(second)
    if not ours and not theirs:
        ours, theirs = _hosts(first), _hosts(second)
    if not ours or not theirs:
        return ours == theirs
    return 2 * len(ours & theirs) >= min(len(ours), len(theirs))


def _machines(snapshot: Snapshot) -> frozenset[tuple[object, ...]]:
    return frozenset((vm.id, vm.name, vm.created) for vm in snapshot.vms)


def _hosts(snapshot: Snapshot) -> frozenset[tuple[object, ...]]:
    return frozenset((host.id, host.name) for host in snapshot.hosts)
