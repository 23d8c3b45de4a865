"""The last reading of each vCenter: what a fleet goes on from while one of them is away, also after a restart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from inference.judging.model import Model
from vjourney.other_processes import Others
from vjourney.store import LastReading


class Stored(Protocol):
    """What the store tells of vCenters that were read by an earlier process, or by another one."""

    def last_readings(self, vcenters: Collection[str], model_sha256: str) -> Mapping[str, LastReading]:
        """The last readings that were judged by this model, by configured name of the vCenter."""


ALONE = Others()
"""No other process polls into the store."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is around a poll: the time by our clock, and how it is with the other vCenters, by configured name.

    ``unread`` were polled here, but too long ago to tell how things are: in the fleet they stay in the numbers and count for no
    quorum. The last polls of ``failed`` failed. ``others`` tell what other processes do in this store: where they read
    further vCenters, the fleet is a part of it, and where they judge by another model, flags say so.
    """

    now: datetime
    unread: Collection[str] = ()
    failed: Collection[str] = ()
    others: Others = ALONE


@dataclass(frozen=True, slots=True)
class Standing:
    """The last readings of all vCenters that were ever read, in the order of the configuration.

    ``absent`` are the names of those whose last poll failed, ``silent`` of those that were read too long ago to tell how things
    are.
    """

    readings: tuple[LastReading, ...]
    absent: frozenset[str]
    silent: frozenset[str]


class LastReadings:
    """Those of this process and, where it cannot read a vCenter, those that are stored. Used by one thread at a time."""

    def __init__(self, names: Collection[str], store: Stored, model: Model) -> None:
        """Tell of the vCenters of these configured ``names``, as ``model`` judged them."""
        self._names = tuple(names)
        self._store = store
        self._model_sha256 = model.info.sha256
        self._longest_gap = timedelta(days=model.specification.hysteresis.longest_gap_days.value)
        self._own: dict[str, LastReading] = {}

    def keep(self, reading: LastReading) -> None:
        """Remember what this process has read."""
        self._own[reading.vcenter] = reading

    def standing(self, present: LastReading, around: Circumstances) -> Standing:
        """How it stands with all vCenters, one of which was just read.

        One that is still to be polled is left out, if it was never read here: what is stored of it may be replaced at once.

        Raises:
            StoreError: the store cannot be read.
        """
        known = {**self._own, present.vcenter: present}
        wanted = {*around.unread, *around.failed}
        stored = self._store.last_readings(wanted, self._model_sha256) if wanted else {}
        newer = {name: each for name, each in stored.items() if name not in known or each.polled_at > known[name].polled_at}
        every = known | newer
        old = {name for name, each in newer.items() if present.polled_at - each.polled_at > self._longest_gap}
        return Standing(
            tuple(every[name] for name in self._names if name in every),
            absent=frozenset(around.failed),
            silent=frozenset(old | (set(around.unread) - newer.keys())),
        )
