"""The identities of vCenters where several have the same instance UUID: cloned appliances, or one under two names."""

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
    """The store, as far as it is needed here."""

    def holder(self, instance_uuid: str) -> str | None:
        """The configured name under which the vCenter of this identity was last stored; ``None`` if it never was."""

    def events_since(self, instance_uuid: str, since: datetime) -> tuple[Event, ...]:
        """The stored events of the vCenter of this identity."""


class Identities:
    """Gives each configured vCenter an identity of its own. Any thread may use it.

    The identity is the instance UUID. A cloned appliance keeps that of its original, and all simulators have the same one: the
    second to answer gets a UUID derived from it and the configured name, so that the two are not mixed up.
    """

    def __init__(self, names: Collection[str], past: Past) -> None:
        """``names`` are the configured vCenters, ``past`` the store, whose identities are kept."""
        self._names = frozenset(names)
        self._past = past
        self._settled: dict[str, tuple[Snapshot, str]] = {}
        self._lock = threading.Lock()

    def expected(self, name: str, instance_uuid: str) -> str:
        """The identity of the vCenter of this name that answers with this UUID, as far as it is known before its snapshot."""
        with self._lock:
            return self._expected(name, instance_uuid)

    def settled(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the identity of its vCenter in place of the instance UUID.

        Raises:
            SameVcenter: it shows the same machines as the vCenter of another name.
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
        """Whether its events are those that are stored for this UUID, so that the vCenter has only got another name."""
        stored = self._past.events_since(snapshot.about.instance_uuid, datetime.min.replace(tzinfo=UTC))
        known, keys = {event.identity for event in stored}, {event.key for event in stored}
        same = {event.identity in known for event in snapshot.events if event.key in keys}
        return not same or True in same

    def _twins(self, name: str, uuid: str) -> list[str]:
        """The names of the other vCenters that answered with this UUID."""
        return [other for other, (seen, _) in self._settled.items() if other != name and seen.about.instance_uuid == uuid]


def _same(first: Snapshot, second: Snapshot) -> bool:
    """Whether two snapshots are of one vCenter, perhaps seen by different accounts or before and after some changes.

    Machines are compared by id, name and time of creation, since ids alone repeat from one vCenter to the next.
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
