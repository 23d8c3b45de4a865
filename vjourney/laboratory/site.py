"""Site: one organisation's virtual estate as the scripts see it: hosts, machines, settings and what has happened there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from collector.facts import Event
from vjourney.laboratory.naming import Naming
from vjourney.laboratory.practices import Character

START = datetime(2023, 1, 2, 6, tzinfo=UTC)
KEPT = timedelta(days=400)
BULK_KEPT = timedelta(days=100)
"""Events older than this matter only where they are about recovery or maintenance: dropping the rest keeps a site small."""

LASTING_EVENTS = ("com.vmware.vcDr", "EnteringMaintenance", "EnteredMaintenance", "ExitMaintenance")
MOST_MACHINES = 700
"""Larger estates are cut off here, so that the default size of an evaluation takes minutes and not hours."""

Figures = Mapping[str, float]


@dataclass(slots=True)
class HostState:
    """A host: which cluster it was bought for, and how far its patches are."""

    id: str
    cluster: int
    patched: int = 0


@dataclass(slots=True)
class Machine:
    """A virtual machine that runs."""

    id: str
    name: str
    folder: str
    host: int
    kind: str
    vcpus: int
    memory_mb: int
    created: datetime
    luck: float
    store: int = 0
    from_portal: bool = False
    protected: bool = False
    owner: str = ""


@dataclass(slots=True)
class Site:
    """The state of one vCenter. Ids carry ``generation``, which changes when the vCenter is made anew."""

    rng: np.random.Generator
    character: Character
    naming: Naming
    edition: str = "Enterprise Plus"
    prefix: str = ""
    quirks: frozenset[str] = frozenset()
    now: datetime = START
    position: float = 0.0
    hosts: list[HostState] = field(default_factory=list)
    machines: list[Machine] = field(default_factory=list)
    desktops: int = 0
    fullness: float = 1.0
    """Machines on a host, for one where organisations at this position usually have one."""

    events: list[Event] = field(default_factory=list)
    generation: int = 1
    activity: float = 1.0
    last_key: int = 0
    last_machine: int = 0
    motions: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    draws: dict[tuple[str, object], float] = field(default_factory=dict)
    week: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)

    def figure(self, practice: str) -> float:
        """The figure of a practice here and now."""
        return self.character.figure(practice, self.position)

    def draw(self, what: str, which: object = "") -> float:
        """A number from 0 to 1 that stays the same for the life of the site: equipment does not flicker."""
        key = (what, which)
        if key not in self.draws:
            self.draws[key] = float(self.rng.random())
        return self.draws[key]

    def has(self, practice: str, which: object = "") -> bool:
        """Whether this place follows a practice that a share of places follows."""
        return self.draw(practice, which) < self.figure(practice)

    def is_clustered(self, host: int) -> bool:
        """Whether a host is in its cluster, and not alone."""
        return self.has("clustering", host)

    def members(self) -> dict[int, list[int]]:
        """Hosts of each cluster that has any."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for index, host in enumerate(self.hosts):
            if self.is_clustered(index):
                found[host.cluster].append(index)
        return dict(found)

    def room(self) -> int:
        """How many machines an organisation at this position would have on these hosts."""
        return min(MOST_MACHINES, max(2, round(len(self.hosts) * self.figure("density") * self.fullness)))

    def can_move(self) -> bool:
        """Whether the licence includes live migration."""
        return self.edition != "Essentials"

    def is_balanced(self, cluster: int) -> bool:
        """Whether DRS works by itself in a cluster."""
        return self.edition == "Enterprise Plus" and self.has("drs", cluster)

    def is_mobile(self, host: int) -> bool:
        """Whether live migration works on a host."""
        return self.can_move() and self.has("vmotion_network", host)

    def say(self, at: datetime, kind: str, **fields: Any) -> None:  # noqa: ANN401 - any field of an event
        """Note an event of this week; its key follows when the week is over."""
        self.week.append((at, kind, fields))

    def moment(self) -> datetime:
        """Some time of this week, mostly at work."""
        day, hour = self.rng.integers(0, 7), self.rng.normal(13, 4)
        return self.now + timedelta(
            days=int(day), hours=float(np.clip(hour, 0, 23.5)), seconds=float(self.rng.integers(0, 1700))
        )

    def close_week(self) -> None:
        """Number what happened in the order of time, forget what is old, and go on; what begins later waits for its week."""
        self.now += timedelta(days=7)
        for at, kind, fields in sorted((noted for noted in self.week if noted[0] <= self.now), key=lambda noted: noted[0]):
            self.last_key += 1
            self.events.append(Event(key=self.last_key, type=kind, at=at, **fields))
        self.week = [noted for noted in self.week if noted[0] > self.now]
        oldest, bulk = self.now - KEPT, self.now - BULK_KEPT
        if self.events and self.events[0].at < bulk:
            self.events = [e for e in self.events if e.at >= bulk or (e.at >= oldest and e.type.startswith(LASTING_EVENTS))]
        self.character.next_week()

    def new_machine(self, kind: str, host: int, *, created: datetime) -> Machine:
        """Add a machine that runs on a host."""
        self.last_machine += 1
        number = self.last_machine
        name, folder = self.naming.of(kind, number, self.rng, self.figure("kinds"))
        vcpus, memory = _size(self, kind)
        machine = Machine(
            id=f"{self.prefix}vm-{self.generation}{number:05d}",
            name=name,
            folder=folder,
            host=host,
            kind=kind,
            vcpus=vcpus,
            memory_mb=memory,
            created=created,
            luck=float(self.rng.random()),
            store=int(self.rng.integers(0, 3)),
            owner=f"team-{int(self.rng.zipf(1.6)) % 40}",
        )
        self.machines.append(machine)
        return machine


STANDARD_SIZES = ((1, 2048), (2, 4096), (2, 8192), (4, 8192), (4, 12288))
SIZE_SHARES = (0.2, 0.35, 0.25, 0.12, 0.08)
BUSINESS_SIZE_SHARES = (0.05, 0.2, 0.25, 0.25, 0.25)
GIANTS = ((12, 98304), (16, 65536), (16, 131072), (24, 196608))


def _size(site: Site, kind: str) -> tuple[int, int]:
    """Standard sizes where there are such, anything between elsewhere; business machines are larger, and a few are giants."""
    rng = site.rng
    if rng.random() < site.figure("giants"):
        return GIANTS[int(rng.integers(0, len(GIANTS)))]
    if rng.random() < site.figure("sizes"):
        weights = BUSINESS_SIZE_SHARES if kind == "business" else SIZE_SHARES
        return STANDARD_SIZES[int(rng.choice(len(STANDARD_SIZES), p=weights))]
    vcpus = int(np.clip(rng.lognormal(1.0 if kind == "business" else 0.7, 0.35), 1, 48))
    return vcpus, int(np.clip(rng.lognormal(0, 0.4) * vcpus * 2600, 512, 786432)) // 256 * 256
