"""Workloads: which virtual machine does what, from which source and how sure that is.

Sources in their order: rules of the operator, tags, custom attributes, folder or vApp, name. The caller merges the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from collector.facts import Fact, ResourcePool, Snapshot, VirtualMachine
from inference.classification.attributes import Attributes
from inference.classification.lexicon import CRITICAL, FRONT, AppClass, Environment, Lexicon, Meaning

Source = Literal["rule", "tag", "attribute", "folder", "name", "none"]

CONFIDENCE: Mapping[Source, float] = {"rule": 1.0, "tag": 0.95, "attribute": 0.9, "folder": 0.8, "name": 0.6, "none": 0.0}
"""How far a source is trusted, 0 to 1 (expert prior): somebody filed the machine on purpose; a name can be a habit."""

SAID_BY: tuple[Source, ...] = ("tag", "attribute", "folder", "name")
"""What is believed, the first that says anything most."""

HIDDEN = "vm"
"""What vCenter calls the folder of a datacenter that holds all others of virtual machines."""

_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Workload:
    """What one virtual machine is for; ``app`` is ``None`` where nothing says so.

    ``is_business`` tells an application of the business that is no test or development copy, ``is_infrastructure`` work that IT
    does for itself, test and development among it (``is_of_tests``), ``is_recognised`` that anything at all says what it is.
    They are worked out once, since many machines share what they are.
    """

    app: AppClass | None = None
    environment: Environment | None = None
    source: Source = "none"
    is_business: bool = field(init=False, repr=False, compare=False)
    is_infrastructure: bool = field(init=False, repr=False, compare=False)
    is_recognised: bool = field(init=False, repr=False, compare=False)
    is_of_tests: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what follows."""
        kind, environment = self.app.kind if self.app else None, self.environment
        of_tests = environment in {"test", "development"}
        found = {
            "is_business": kind == "business" and environment in {None, "production"},
            "is_infrastructure": kind == "infrastructure" or of_tests,
            "is_recognised": self.app is not None or environment is not None,
            "is_of_tests": of_tests,
        }
        for name, answer in found.items():
            object.__setattr__(self, name, answer)

    @property
    def confidence(self) -> float:
        """How sure the class is, 0 to 1."""
        return CONFIDENCE[self.source]


UNRECOGNISED = Workload()


def read_names(vms: Iterable[VirtualMachine], lexicon: Lexicon) -> dict[str, Meaning]:
    """The meaning of every name, by virtual machine id."""
    return {vm.id: lexicon.read(vm.name) for vm in vms}


def read_places(snapshot: Snapshot, lexicon: Lexicon) -> dict[str, Meaning]:
    """The meaning of the folder path and vApp of every virtual machine, by its id; each place is read once."""
    containers = _containers(snapshot)
    homes = [(vm.id, vm.vapp if vm.vapp in containers else vm.parent) for vm in snapshot.vms]
    known = {home: lexicon.read_path(_path(home, containers)) for home in {home for _, home in homes}}
    return {machine: known[home] for machine, home in homes}


def folder_paths(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The paths of every virtual machine, by its id: the names of the folders around it, outermost first and joined by ``/``.

    The folder of a datacenter that holds all others is left out: no client shows it. In a vApp the path leads to that, and a
    second one leaves out the folders that it lies in.
    """
    vapps = _vapps(snapshot)
    containers = _containers(snapshot)
    known: dict[str | None, tuple[str, ...]] = {}

    def paths(place: str | None) -> tuple[str, ...]:
        if place not in known:
            names = _path(place, containers)
            whole = "/".join(names[1:] if names[:1] == [HIDDEN] else names)
            known[place] = tuple(dict.fromkeys((whole, "/".join(_path(place, vapps))))) if place in vapps else (whole,)
        return known[place]

    return {vm.id: paths(vm.vapp if vm.vapp in containers else vm.parent) for vm in snapshot.vms}


def partly_read(snapshot: Snapshot) -> frozenset[str]:
    """Ids of machines of which something that may tell what they are could not be read.

    A folder that the account has no rights to is in no list, and does not make one unreadable either: machines only name it.
    """
    containers = _containers(snapshot)
    hidden = {place for place, found in containers.items() if not found.knows("name", "parent")}
    told = {place for place in containers if not hidden or hidden.isdisjoint(_chain(place, containers))}

    def is_placed(vm: VirtualMachine) -> bool:
        if vm.vapp is None and vm.parent is None:
            return True
        return (vm.vapp if vm.vapp in containers else vm.parent) in told

    telling = ("name", "parent", "vapp", "custom_values")
    return frozenset(vm.id for vm in snapshot.vms if not (vm.knows(*telling) and is_placed(vm)))


def _containers(snapshot: Snapshot) -> dict[str, Fact]:
    """Folders and vApps, by id."""
    return {**{folder.id: folder for folder in snapshot.folders}, **_vapps(snapshot)}


def _vapps(snapshot: Snapshot) -> dict[str, Fact]:
    """vApps, by id."""
    return {pool.id: pool for pool in snapshot.resource_pools if pool.is_vapp}


def _path(place: str | None, containers: Mapping[str, Fact]) -> list[str]:
    """Names from the outermost folder to this one."""
    return [containers[found].name for found in _chain(place, containers)][::-1]


def _chain(place: str | None, containers: Mapping[str, Fact]) -> list[str]:
    """Ids from this folder to the outermost one; a loop or a lost parent ends the chain.

    The parent of a vApp is a resource pool, unless it is another vApp; where it lies, its own folder says.
    """
    chain: list[str] = []
    while place is not None and (found := containers.get(place)) and len(chain) < _DEEPEST:
        chain.append(place)
        place = (found.folder if isinstance(found, ResourcePool) else None) or found.parent
    return chain


def classify(
    vms: Iterable[VirtualMachine], names: Mapping[str, Meaning], places: Mapping[str, Meaning], attributes: Attributes
) -> dict[str, Workload]:
    """What each virtual machine is for, by id: its tags decide before its attributes, then its place, and its name last."""
    made: dict[tuple[int, ...], Workload] = {}
    answer: dict[str, Workload] = {}
    for vm in vms:
        said = attributes.tag_meaning(vm), attributes.meaning(vm), places[vm.id], names[vm.id]
        key = id(said[0]), id(said[1]), id(said[2]), id(said[3])  # each is kept by whoever read it
        workload = made.get(key)
        if workload is None:
            workload = made[key] = _first([one.app for one in said], [one.environment for one in said])
        answer[vm.id] = workload
    return answer


def _first(apps: Sequence[AppClass | None], environments: Sequence[Environment | None]) -> Workload:
    """What the first says that says anything; in the order of ``SAID_BY``."""
    environment = next((environment for environment in environments if environment), None)
    for source, app in zip(SAID_BY, apps, strict=True):
        if app is not None:
            return _workload(_precise(app, apps), environment, source)
    return _workload(None, environment, "none")


@lru_cache(maxsize=4096)
def _workload(app: AppClass | None, environment: Environment | None, source: Source) -> Workload:
    """Remembered, since what follows from it is the same for every machine that is so."""
    return Workload(app, environment, source)


def _precise(app: AppClass, apps: Sequence[AppClass | None]) -> AppClass:
    """What it is, where what is believed first only says that it is critical: IT has critical work of its own too."""
    if app.id != CRITICAL:
        return app
    known = [other for other in apps if other and other.id not in {CRITICAL, FRONT}]
    return next((other for other in known if other.kind == "business"), next(iter(known), app))
