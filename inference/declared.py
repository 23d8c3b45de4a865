"""Declared inputs: what vCenter cannot see, as the operator stated it, each with the day it was stated.

Nothing here is inferred and nothing is guessed: what was not declared is ``None`` or missing, and stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Literal

from inference.observations import Missing, Observation, Remedy, share, unknown, unreadable
from inference.results import Scope
from inference.wording import counted

Sponsor = Literal["none", "ownership", "it_manager", "it_director", "application_owners", "cio"]
Resistance = Literal["application_owners", "senior_management", "other_it_teams"]
Benefit = Literal["cost_saving", "quality_of_service", "agility"]
Reporting = Literal["never", "on_request", "yearly", "quarterly", "monthly"]
Obstruction = Literal["in_the_way", "handled", "none"]
Readiness = Literal["ready", "partly", "not_ready"]
Practice = Literal["repeatable", "documented", "measured", "improved"]

PRACTICES: tuple[Practice, ...] = ("repeatable", "documented", "measured", "improved")
"""What each level of a process adds to the one below, levels 2 to 5; level 1 asks for nothing."""

HIGHEST_LEVEL = len(PRACTICES) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Something the operator stated on a day."""

    declared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsorship(Stated):
    """Who carries the initiative, whether there is a mandate for business applications, and who pushes back.

    ``pushback_from`` empty with ``pushback_known`` is a statement that nobody does.
    """

    level: Sponsor | None = None
    mandate: bool | None = None
    pushback_from: tuple[Resistance, ...] = ()
    pushback_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTracking(Stated):
    """The benefit that virtualization is expected to bring, and whether it is tracked and reported."""

    primary: Benefit | None = None
    tracked: bool | None = None
    reported: Reporting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Stated):
    """A virtualization-first policy: in place or not, since when, and whether it is enforced."""

    in_place: bool
    since: date | None = None
    enforced: bool | None = None
    enforced_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers(Stated):
    """Counts of servers. ``physical`` still run without a hypervisor, ``replaced`` were retired for virtual machines.

    ``per_workload`` is how many servers one workload would have needed without virtualization.
    """

    physical: int | None = None
    replaced: int | None = None
    per_workload: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices(Stated):
    """The operator's own figures for the value ledger; a line needs all of its figures, or it has no money.

    Watts are mean draws; ``pue`` is the power usage effectiveness of the rooms; rack units are heights.
    """

    currency: str
    server: float | None = None
    server_years: float | None = None
    host: float | None = None
    host_years: float | None = None
    kwh: float | None = None
    server_watts: float | None = None
    host_watts: float | None = None
    pue: float | None = None
    rack_unit_year: float | None = None
    server_rack_units: float | None = None
    host_rack_units: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Stated):
    """A business trigger, by its id in the value map, and when it began."""

    id: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle(Stated):
    """The state of an obstacle that vCenter cannot see."""

    state: Obstruction
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite(Stated):
    """How far one of the four prerequisites of automation is in place."""

    state: Readiness
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Stated):
    """What is practised in one process area; a level stands for every practice up to it. Practices left out are unknown."""

    practices: Mapping[Practice, bool]
    note: str = ""

    @classmethod
    def of_level(cls, level: int, *, declared_on: date, note: str = "") -> Score:
        """The score that a level from 1 to 5 stands for."""
        return cls(
            practices={practice: level >= step for step, practice in enumerate(PRACTICES, start=2)},
            declared_on=declared_on,
            note=note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Process(Stated):
    """One process as three lists of steps: on physical servers, as it should run now, and as it really runs."""

    name: str
    physical: tuple[str, ...]
    should_be: tuple[str, ...]
    actual: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a list without steps: there would be nothing to compare."""
        if not (self.physical and self.should_be and self.actual):
            raise ValueError(f"the process {self.name} needs at least one step in each of its three lists")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Everything the operator declared. ``servers_of`` holds the server counts of single vCenters by configured name.

    ``servers_key`` is where the file has the counts of ``servers``, or would have them.

    Mappings are by the ids that the lenses use. ``products`` run beside what is registered with vCenter, with the day each
    was declared.
    """

    sponsorship: Sponsorship | None = None
    value: ValueTracking | None = None
    policy: Policy | None = None
    servers: Servers | None = None
    servers_of: Mapping[str, Servers] = field(default_factory=lambda: MappingProxyType({}))
    servers_key: str = "servers"
    prices: Prices | None = None
    triggers: tuple[Trigger, ...] = ()
    products: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    obstacles: Mapping[str, Obstacle] = field(default_factory=lambda: MappingProxyType({}))
    prerequisites: Mapping[str, Prerequisite] = field(default_factory=lambda: MappingProxyType({}))
    maturity: Mapping[str, Score] = field(default_factory=lambda: MappingProxyType({}))
    processes: tuple[Process, ...] = ()

    def of(self, scope: Scope, *, alone: bool) -> Declared:
        """What holds for one scope. Server counts of the organisation hold for a vCenter only where it is the only one."""
        if scope.kind == "fleet":
            return self
        own = self.servers_of.get(scope.vcenter)
        if own is None and alone:
            return self
        return replace(self, servers=own, servers_key=f"vcenters.{scope.vcenter}.servers")


def pct_virtualized(servers: Servers | None, workload_vms: int | None) -> Observation:
    """The share of all servers that are virtual: workload VMs of these and the declared physical servers."""
    if servers is None or servers.physical is None:
        return unknown("pct_virtualized", Missing("the number of physical servers is not declared", Remedy.DECLARE))
    if workload_vms is None:
        return unknown("pct_virtualized", unreadable("the VMs could not be counted"))
    physical = counted(servers.physical, "physical server")
    said = f"{counted(workload_vms, 'workload VM')} and {physical}, as declared on {servers.declared_on:%Y-%m-%d}."
    return share("pct_virtualized", workload_vms, workload_vms + servers.physical, evidence=(said,))
