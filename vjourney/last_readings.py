"""The last reading of each vCenter: what a fleet goes on from while one of them is away, also after a restart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from inference.judging.model import Model
from vjourney.store import Reading


class Stored(Protocol):
    """What the store tells of vCenters that were read by an earlier process, or by another one."""

    def last_readings(self, vcenters: Collection[str], model_sha256: str) -> Mapping[str, Reading]:
        """The last readings that were judged by this model, by configured name of the vCenter."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The last readings of a fleet's other vCenters.

    ``silent`` are the names of those that were read too long ago to tell how things are, ``absent`` of those whose last poll
    failed or is still to come.
    """

    readings: tuple[Reading, ...]
    silent: frozenset[str]
    absent: frozenset[str]


class LastReadings:
    """Those of this process and, where it has none or an old one, those that are stored. Used by one thread at a time."""

    def __init__(self, names: Collection[str], store: Stored, model: Model) -> None:
        """Tell of the vCenters of these configured ``names``, as ``model`` judged them."""
        self._names = tuple(names)
        self._store = store
        self._model_sha256 = model.info.sha256
        self._longest_gap = timedelta(days=model.specification.hysteresis.longest_gap_days.value)
        self._own: dict[str, Reading] = {}

    def keep(self, reading: Reading) -> None:
        """Remember what this process has read."""
        self._own[reading.vcenter] = reading

    def beside(self, present: Reading, unread: Collection[str], failed: Collection[str]) -> Rest:
        """The last readings of all vCenters but the one of the ``present``.

        ``unread`` are those that this process has read, but not lately, and ``failed`` those whose last poll here failed.

        Raises:
            StoreError: the store cannot be read.
        """
        known = {name: reading for name, reading in self._own.items() if name != present.vcenter}
        wanted = {name for name in self._names if name not in known or name in unread or name in failed} - {present.vcenter}
        stored = self._store.last_readings(wanted, self._model_sha256) if wanted else {}
        newer = {name: each for name, each in stored.items() if name not in known or each.polled_at > known[name].polled_at}
        old = {name for name, each in newer.items() if present.polled_at - each.polled_at > self._longest_gap}
        every = known | newer
        return Rest(
            tuple(every[name] for name in self._names if name in every),
            silent=frozenset(old | {name for name in unread if name in known and name not in newer}),
            absent=frozenset(newer.keys() | {name for name in failed if name in known}),
        )
