"""The fleet: which vCenters make it, and what they are together, as read now and as they were last seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from inference.declared import Servers
from inference.judging.model import Model
from inference.lost_evidence import recall_units
from inference.results import Assessment, Flag, Scope
from inference.rollup import roll_up
from vjourney.last_readings import Standing
from vjourney.store import LastReading

FLEET = Scope("fleet", "fleet", "fleet")


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
    def size(self) -> int:
        """How many vCenters make it when all could be read."""
        return self.vcenters - len(self._left_out)

    def is_only(self, vcenter: str) -> bool:
        """Whether the vCenter of this configured name is all that there is of the fleet."""
        return self.size == 1 and vcenter not in self._left_out

    @property
    def _left_out(self) -> frozenset[str]:
        return self.labs if len(self.labs) < self.vcenters else frozenset()

    def members(self, readings: Sequence[LastReading]) -> tuple[LastReading, ...]:
        """Those of these vCenters that belong to it."""
        return tuple(reading for reading in readings if reading.vcenter not in self._left_out)

    def rolled_up(
        self,
        members: Sequence[LastReading],
        standing: Standing,
        declared: int | None,
        others: Collection[str] = (),
    ) -> Assessment:
        """What its members are together. Those that are silent by ``standing`` stay in the numbers and count for no quorum.

        ``declared`` is the stage that holds, ``others`` are vCenters that only another process reads. Where not every
        vCenter could be read, or not lately, or not here, a flag says so.
        """
        units = [replace(each.unit, inferred=None) if each.vcenter in standing.silent else each.unit for each in members]
        fleet = self._pool(units, members, declared)
        if len(members) < self.size:
            missing = f"Only {len(members)} of {self.size} vCenters could be read so far; the others are not included."
            fleet = replace(fleet, flags=(Flag("incomplete", missing), *fleet.flags))
        if others:
            apart = f"Read by another process on the same store, and not included: {', '.join(others)}. Nothing is declared."
            fleet = replace(fleet, flags=(Flag("incomplete", apart), *fleet.flags))
        if names := sorted(each.vcenter for each in members if each.vcenter in standing.silent):
            old = f"Not readable for days: {', '.join(names)}. These numbers include what was last read there."
            fleet = replace(fleet, flags=(Flag("incomplete", old), *fleet.flags))
        if absent := [each for each in members if each.vcenter in standing.absent - standing.silent]:
            fleet = replace(fleet, flags=(*fleet.flags, _not_current(absent)))
        return fleet

    def as_last_seen(self, members: Sequence[LastReading], silent: Collection[str], declared: int | None) -> Assessment | None:
        """The same with every vCenter as it was last seen; ``None`` where none of them lost anything."""
        units = [each.unit for each in members]
        recalled = {each.unit.scope.id: each.recalled for each in members if each.recalled is not None}
        since = {each.unit.scope.id: each.read_at for each in members if each.vcenter in silent}
        known = recall_units(units, recalled, since, _moment(members), self.model)
        return None if known is None else self._pool(known, members, declared)

    def _pool(self, units: Sequence[Assessment], members: Sequence[LastReading], declared: int | None) -> Assessment:
        return roll_up(FLEET, _moment(members), units, self.model, declared=declared, servers=self.servers)


def _not_current(absent: Sequence[LastReading]) -> Flag:
    told = ", ".join(f"{each.vcenter} ({each.read_at:%Y-%m-%d %H:%M} UTC)" for each in absent)
    return Flag("not_current", f"Included as last read, since the last poll failed: {told}.")


def _moment(members: Sequence[LastReading]) -> datetime:
    """When the fleet was last read, by our clock: those of vCenters differ, and one that is ahead would stand still for all."""
    return max(each.read_at for each in members)
