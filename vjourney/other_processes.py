"""Other processes that use the same store with another configuration: of other vCenters, or with another model."""

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
"""How long after its last poll another configuration is taken into account."""

_APART = "give every configuration a store of its own, or all of them the same"


class Turns(Protocol):
    """The store, as far as it is needed here."""

    def take_turn(
        self, id_: str, vcenters: Mapping[str, str], model: str, model_sha256: str, now: datetime
    ) -> Mapping[str, Configuration]:
        """Store that this configuration polls now; return all configurations by id, as they were before."""


@dataclass(frozen=True, slots=True)
class Others:
    """The names of ``vcenters`` that only other processes read, and the ``models`` of other processes that are not ours."""

    vcenters: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def flags(self) -> tuple[Flag, ...]:
        """The flag that stages are judged by several models, if they are."""
        if not self.models:
            return ()
        told = (
            f"Judged by another process on the same store with another model: {', '.join(self.models)}. While both judge, a"
            " change of stage may never be declared: give all of them the same model, or each a store of its own."
        )
        return (Flag("other_model", told),)


class OtherProcesses:
    """Notices that other configurations poll into the store, by their turns between our own.

    At the first turn, others count that have polled within a day and since our configuration was first used; what was last used
    before that may be a former configuration of ours. Used by one thread at a time.
    """

    def __init__(self, names: Collection[str], model: ModelInfo, store: Turns) -> None:
        """Our own configuration is that of the vCenters of these ``names``, judged by ``model``."""
        self._names = frozenset(names)
        self._model = model
        self._id = hashlib.sha256(json.dumps([sorted(names), model.sha256]).encode()).hexdigest()
        self._store = store
        self._turns: dict[str, int] | None = None
        self._noticed: dict[str, tuple[Configuration, datetime]] = {}

    def present(self, name: str, instance_uuid: str, now: datetime) -> Others:
        """Note the poll of a vCenter of ours in the store, and return what others do that have polled within a day.

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
        """When another configuration last polled, if it did so since our last turn; else ``None``."""
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
    """Name, version and beginning of the hash of a model: two files may have the same version."""
    return f"{name} {version} (sha256 {sha256[:12]})"
