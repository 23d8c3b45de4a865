"""The fleet: which vCenters make it, and what they are together, as read now and as they were last seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from inference.declared import Servers
from inference.judging.model import Model
from inference.lenses.sightings import Sightings
from inference.recollection import recall_units
from inference.results import Assessment, Flag, Scope
from inference.rollup import roll_up

FLEET = Scope("fleet", "fleet", "fleet")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the last poll of a vCenter says: its Assessment, then those of its clusters.

    ``recalled`` are those that lost something, as they would be with it, by scope id; ``read_at`` is the time by our clock.
    """

    own: tuple[Assessment, ...]
    recalled: Mapping[str, Assessment]
    sightings: Sightings
    evidence_days: float
    read_at: datetime

    @property
    def uuid(self) -> str:
        """The instance UUID of the vCenter."""
        return self.own[0].scope.id


@dataclass(frozen=True, slots=True)
class Joined:
    """The fleet as it is after a poll; ``fleet`` holds none where no vCenter belongs to it.

    ``recalled`` is the fleet by its scope id with what its vCenters lost, where they did.
    """

    fleet: tuple[Assessment, ...] = ()
    recalled: Mapping[str, Assessment] = field(default_factory=dict)
    evidence_days: float = 0.0
    is_whole: bool = False


@dataclass(frozen=True)
class Fleet:
    """The vCenters that are assessed as one, by the model that judges each of them.

    ``vcenters`` is the number of those configured, ``labs`` the names of those that are left out, but where all of them are;
    ``servers`` are the counts declared for the whole.
    """

    model: Model
    vcenters: int
    labs: frozenset[str] = frozenset()
    servers: Servers | None = None

    @property
    def members(self) -> int:
        """How many vCenters make it when all could be read."""
        return self.vcenters - len(self._left_out)

    @property
    def _left_out(self) -> frozenset[str]:
        return self.labs if len(self.labs) < self.vcenters else frozenset()

    def units(self, vcenters: Sequence[Assessment]) -> tuple[Assessment, ...]:
        """Those of these vCenters that belong to it."""
        return tuple(unit for unit in vcenters if unit.scope.vcenter not in self._left_out)

    def rolled_up(
        self,
        units: Sequence[Assessment],
        now: datetime,
        unread: Collection[str],
        declared: int | None,
        strangers: Collection[str] = (),
    ) -> Assessment:
        """What its vCenters are together. Those of the names ``unread`` stay in the numbers and count for no quorum.

        ``declared`` is the stage that holds, ``strangers`` are vCenters that only another process reads. Where not every
        vCenter could be read, or not lately, or not here, a flag says so.
        """
        silent = sorted(unit.scope.vcenter for unit in units if unit.scope.vcenter in unread)
        fleet = self._pool(
            [replace(unit, inferred=None) if unit.scope.vcenter in silent else unit for unit in units], now, declared
        )
        if len(units) < self.members:
            missing = f"Only {len(units)} of {self.members} vCenters could be read so far; the others are not included."
            fleet = replace(fleet, flags=(Flag("incomplete", missing), *fleet.flags))
        if strangers:
            apart = f"Read by another process on the same store, and not included: {', '.join(strangers)}. Nothing is declared."
            fleet = replace(fleet, flags=(Flag("incomplete", apart), *fleet.flags))
        if silent:
            old = f"Not readable for days: {', '.join(silent)}. These numbers include what was last read there."
            fleet = replace(fleet, flags=(Flag("incomplete", old), *fleet.flags))
        return fleet

    def as_last_seen(
        self,
        units: Sequence[Assessment],
        now: datetime,
        silent: Mapping[str, datetime],
        recalled: Mapping[str, Assessment],
        declared: int | None,
    ) -> Assessment | None:
        """The same with every vCenter as it was last seen; ``None`` where none of them lost anything.

        ``recalled`` are those that did, by scope id, and ``silent`` says when those that were not read lately were.
        """
        known = recall_units(units, recalled, silent, now, self.model)
        return None if known is None else self._pool(known, now, declared)

    def _pool(self, units: Sequence[Assessment], now: datetime, declared: int | None) -> Assessment:
        return roll_up(FLEET, now, units, self.model, declared=declared, servers=self.servers)
