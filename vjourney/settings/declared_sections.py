"""The sections of a file of declared inputs: what each key holds, and what does not go together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from inference.lenses.maturity import data as matrix_data
from inference.lenses.obstacles import DECLARED as OBSTACLES
from inference.lenses.phases import data as readiness_data
from inference.lenses.value_map import data as map_data
from vjourney.settings.places import Steps, shown
from vjourney.settings.section import Section, Word
from vjourney.settings.statements import (
    Amount,
    Benefit,
    Count,
    Day,
    Level,
    Obstruction,
    Pue,
    Ratio,
    Readiness,
    Reporting,
    Resistance,
    Sponsor,
    StepList,
)

ROUTINE = ("yearly", "quarterly", "monthly")


class Stated(Section):
    """A section with a day of its own; without one, the day of the file holds."""

    declared_on: Day | None = None


class Sponsorship(Stated):
    """Who carries the initiative, and who is against it."""

    level: Sponsor | None = None
    mandate: bool | None = None
    pushback_from: tuple[Resistance, ...] | None = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """A mandate comes from somebody."""
        if given.get("mandate") is True and given.get("level") in ("none", "ownership"):
            yield ("mandate",), f"is true, which contradicts level: {given['level']}; name under level who gave the mandate"


class ValueTracking(Stated):
    """What virtualization is expected to bring, and who hears of it."""

    primary: Benefit | None = None
    tracked: bool | None = None
    reported: Reporting | None = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """What is not tracked cannot be reported routinely."""
        if given.get("tracked") is False and given.get("reported") in ROUTINE:
            yield ("reported",), f"is {given['reported']}, which contradicts tracked: false; correct one of them"


class Policy(Stated):
    """The virtualization-first policy."""

    in_place: bool
    since: Day | None = None
    enforced: bool | None = None
    enforced_since: Day | None = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """Only a policy in place has a date or is enforced, and not before it was in place."""
        since, enforced_since = given.get("since"), given.get("enforced_since")
        if given.get("in_place") is False:
            if given.get("enforced") is True:
                yield ("enforced",), "is true, which contradicts in_place: false; a policy that is enforced is in place"
            for key in given.keys() & {"since", "enforced_since"}:
                yield (key,), "contradicts in_place: false; leave it out, or write in_place: true"
        elif enforced_since is not None and given.get("enforced") is not True:
            yield ("enforced_since",), "needs enforced: true beside it"
        if isinstance(since, date) and isinstance(enforced_since, date) and str(enforced_since) < str(since):
            yield ("enforced_since",), f"is before the policy was in place, which was on {since}; correct one of them"


class Servers(Stated):
    """Counts of servers."""

    physical: Count | None = None
    replaced: Count | None = None
    per_workload: Ratio | None = None


class OneVcenter(Section):
    """What is declared for one vCenter alone."""

    servers: Servers


class Prices(Stated):
    """The operator's own figures."""

    currency: Word
    server: Amount | None = None
    server_years: Ratio | None = None
    host: Amount | None = None
    host_years: Ratio | None = None
    kwh: Amount | None = None
    server_watts: Amount | None = None
    host_watts: Amount | None = None
    pue: Pue | None = None
    rack_unit_year: Amount | None = None
    server_rack_units: Amount | None = None
    host_rack_units: Amount | None = None


class Trigger(Stated):
    """A business trigger that is at work."""

    since: Day | None = None


class Obstacle(Stated):
    """An obstacle that vCenter cannot see."""

    state: Obstruction
    note: Word = ""


class Prerequisite(Stated):
    """One of the four prerequisites of automation."""

    state: Readiness
    note: Word = ""


class Practices(Section):
    """Which practices hold in a process area; those left out are unknown."""

    repeatable: bool | None = None
    documented: bool | None = None
    measured: bool | None = None
    improved: bool | None = None


class Score(Stated):
    """A process area: its level, or the practices that are met in it."""

    level: Level | None = None
    practices: Practices | None = None
    note: Word = ""

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """One way to say it, not two."""
        if "level" in given and "practices" in given:
            yield ("practices",), "is given beside level, which stands for practices too; keep one of them"
        if not given.keys() & {"level", "practices"}:
            yield ("level",), "is missing; write a level from 1 to 5, or the practices that are met"


class Process(Stated):
    """A process as three lists of steps."""

    refused: ClassVar[Mapping[str, str]] = {"actual": "is not a known key; write the steps as they are actually done under is"}

    name: Word
    physical: StepList
    should_be: StepList
    actual: StepList = Field(alias="is")


def _score(value: object) -> object:
    """A score may be written as its level alone."""
    return value if isinstance(value, Mapping | Score) or value is None else {"level": value}


class DeclaredFile(Section):
    """The whole file."""

    declared_on: Day
    sponsorship: Sponsorship | None = None
    value: ValueTracking | None = None
    policy: Policy | None = None
    servers: Servers | None = None
    vcenters: dict[str, OneVcenter] = Field({})
    prices: Prices | None = None
    triggers: dict[str, Trigger] = Field({})
    products: tuple[str, ...] = ()
    obstacles: dict[str, Obstacle] = Field({})
    prerequisites: dict[str, Prerequisite] = Field({})
    maturity: dict[str, Annotated[Score, BeforeValidator(_score)]] = Field({})
    processes: tuple[Process, ...] = ()

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """Only ids that the lenses know, no process twice, and no part larger than the whole."""
        for section, ids in _ids().items():
            named = given.get(section)
            for name in named if isinstance(named, Mapping) else ():
                if name not in ids:
                    yield (section, name), f"is not known here; write one of {', '.join(ids)}"
        products = given.get("products")
        for number, name in enumerate(products if isinstance(products, tuple) else ()):
            if name is not None and name not in _products():
                yield ("products", number), f"{shown(name)} is not known here; write one of {', '.join(_products())}"
        first: dict[object, int] = {}
        processes = given.get("processes")
        for number, process in enumerate(processes if isinstance(processes, tuple) else ()):
            name = process.get("name") if isinstance(process, Mapping) else None
            if isinstance(name, str) and first.setdefault(name, number) != number:
                yield (
                    ("processes", number, "name"),
                    f"{shown(name)} is also the name of processes[{first[name]}]; give each its own",
                )
        yield from _too_many(given)


def _ids() -> Mapping[str, Collection[str]]:
    """The ids that may stand in each section that is a mapping."""
    return {
        "triggers": tuple(trigger.id for trigger in map_data().triggers),
        "obstacles": tuple(id_ for id_, _ in OBSTACLES),
        "prerequisites": tuple(part.id for part in readiness_data().prerequisites),
        "maturity": tuple(area.id for area in matrix_data().areas),
    }


def _products() -> tuple[str, ...]:
    return tuple(product.id for product in map_data().products if not product.always)


def _too_many(given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """Servers of single vCenters are part of those of the organisation."""
    parts = given.get("vcenters")
    for key in ("physical", "replaced"):
        whole = _number(given.get("servers"), key)
        found = [_number(_under(part, "servers"), key) for part in (parts.values() if isinstance(parts, Mapping) else ())]
        total = sum(number for number in found if number is not None)
        if whole is not None and total > whole >= 0:
            yield ("servers", key), f"is {whole}, but the vCenters have {total} together; the organisation has at least as many"


def _under(section: object, key: str) -> object:
    return section.get(key) if isinstance(section, Mapping) else None


def _number(section: object, key: str) -> int | None:
    found = _under(section, key)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
