"""Other processes on the same store whose configuration is not ours: their fleet may be another, or their model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from inference.results import Flag, ModelInfo
from vjourney.store import Configuration

log = structlog.get_logger()

REMEMBERED = timedelta(days=1)
"""How long after its last poll somebody else's configuration counts: a process that was ended reads nothing more."""

_APART = "give every configuration a store of its own, or all of them the same"


class Turns(Protocol):
    """What the store tells of the configurations that poll into it."""

    def take_turn(
        self, id_: str, vcenters: Mapping[str, str], model: str, model_sha256: str, now: datetime
    ) -> Mapping[str, Configuration]:
        """Note that this one polls; all of them by id, as they were before."""


@dataclass(frozen=True, slots=True)
class Others:
    """What is known of other processes: ``vcenters`` that only they read, by name, and ``models`` that are not ours."""

    vcenters: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def flags(self) -> tuple[Flag, ...]:
        """That stages are judged by several models, where they are."""
        if not self.models:
            return ()
        told = (
            f"Judged by another process on the same store with another model: {', '.join(self.models)}. While both judge, a"
            " change of stage may never be declared: give all of them the same model, or each a store of its own."
        )
        return (Flag("other_model", told),)


class Strangers:
    """Notices that others poll between our own turns, or did so within a day and after our configuration was first used.

    What was last used before ours came may be what is configured no longer, and is nobody's. Used by one thread at a time.
    """

    def __init__(self, names: Collection[str], model: ModelInfo, store: Turns) -> None:
        """Know the vCenters of these ``names``, judged by ``model``, as our own."""
        self._names = frozenset(names)
        self._model = model
        self._id = hashlib.sha256(json.dumps([sorted(names), model.sha256]).encode()).hexdigest()
        self._store = store
        self._turns: dict[str, int] | None = None
        self._noticed: dict[str, tuple[Configuration, datetime]] = {}

    def present(self, name: str, instance_uuid: str, now: datetime) -> Others:
        """Take a turn for the poll of a vCenter; what others do that have polled within a day.

        Raises:
            StoreError: the store cannot be used.
        """
        label = _label(self._model.name, self._model.version, self._model.sha256)
        known = dict(self._store.take_turn(self._id, {name: instance_uuid}, label, self._model.sha256, now))
        own = known.pop(self._id, None)
        before = dict(self._noticed)
        for other in known.values():
            if (at := self._polled(other, own, now)) is not None:
                self._noticed[other.id] = other, at
        self._turns = {other.id: other.last_turn for other in known.values()}
        self._noticed = {
            id_: (other, at) for id_, (other, at) in self._noticed.items() if id_ in known and abs(now - at) <= REMEMBERED
        }
        ours = {instance_uuid, *(own.vcenters.values() if own else ())}
        for id_ in self._noticed.keys() - before.keys():
            self._tell(self._noticed[id_][0], ours)
        noticed = [other for other, _ in self._noticed.values()]
        return Others(
            vcenters=tuple(sorted({name for other in noticed for name in self._apart(other, ours)})),
            models=tuple(sorted({other.model for other in noticed if other.model_sha256 != self._model.sha256})),
        )

    def _polled(self, other: Configuration, own: Configuration | None, now: datetime) -> datetime | None:
        """When another configuration polled beside ours, as far as that is news."""
        if self._turns is not None:
            return now if self._turns.get(other.id) != other.last_turn else None
        if own is None or other.last_turn < own.first_turn:
            return None
        return now if other.last_turn > own.last_turn else other.seen_at

    def _apart(self, other: Configuration, ours: Collection[str]) -> list[str]:
        """The vCenters that another configuration reads and ours does not."""
        return sorted(name for name, uuid in other.vcenters.items() if uuid not in ours and name not in self._names)

    def _tell(self, other: Configuration, ours: Collection[str]) -> None:
        if vcenters := self._apart(other, ours):
            log.warning("another process reads other vCenters into this store", vcenters=vcenters, advice=_APART)
        if other.model_sha256 != self._model.sha256:
            log.warning("another process judges by another model in this store", model=other.model, advice=_APART)


def _label(name: str, version: str, sha256: str) -> str:
    """A model as people tell it from another; two files may have one version."""
    return f"{name} {version} (sha256 {sha256[:12]})"
