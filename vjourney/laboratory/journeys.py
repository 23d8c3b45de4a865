"""Journeys: three years of one organisation, polled every week, with what happens to estates and to those who watch them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from inference.declare import step
from inference.estate.estate import Estate
from inference.judging.model import Model
from inference.lost_evidence import recall
from inference.results import Assessment, Declaration
from vjourney.laboratory.archetypes import WARM_UP_WEEKS
from vjourney.laboratory.census import read_estate
from vjourney.laboratory.conduct import live_a_week
from vjourney.laboratory.founding import Recipe, found
from vjourney.laboratory.inventory import Sight, look
from vjourney.laboratory.practices import world
from vjourney.laboratory.site import Site

WEEKS = 157
KINDS = ("static", "one_up", "two_up", "jump", "regress", "plateau", "stall")
RETENTION = 30.0
HOLIDAYS = frozenset({0, 30, 31, 51})
"""Weeks of the year in which little is done."""

QUIET_WEEK = 0.25
CLOCK_SET_RIGHT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the declared stage in a week of the journey."""

    week: int
    before: int | None
    after: int
    cause: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What was true in each week (``positions``, 157), what was declared in it, and how that changed.

    ``faultless`` is what would have been declared if every reading had been right, and as certain as it was.
    """

    kind: str
    positions: NDArray[np.float64]
    declared: tuple[int | None, ...]
    faultless: tuple[int | None, ...]
    changes: tuple[Change, ...]
    disturbances: tuple[str, ...]


def path(kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """The positions of a journey of a kind by week (157)."""
    weeks = np.arange(WEEKS)
    begin = float(rng.integers(20, 60))
    rise, length = {
        "static": (0.0, 1.0),
        "one_up": (1.0, float(rng.integers(26, 70))),
        "two_up": (2.0, float(rng.integers(60, 90))),
        "jump": (1.0, 2.0),
        "regress": (-1.0, float(rng.integers(8, 26))),
        "plateau": (0.5, float(rng.integers(26, 70))),
        "stall": (0.3, WEEKS - begin),
    }[kind]
    start = float(rng.uniform(max(0.0, -rise), 4.0 - max(0.0, rise)))
    return np.asarray(np.clip(start + rise * np.clip((weeks - begin) / length, 0, 1), 0.0, 3.999))


@dataclass(frozen=True, slots=True)
class Troubles:
    """The weeks in which something happens to the estate or to the watcher; -1 is never."""

    data_centre_move: int
    storm: int
    rebuild: int
    clock: int
    outages: frozenset[int]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Troubles:
        """Some of everything; two outages of up to four weeks."""

        def sometimes(share: float) -> int:
            return int(rng.integers(10, WEEKS - 20)) if rng.random() < share else -1

        missed = [(int(rng.integers(5, WEEKS - 5)), int(rng.integers(1, 5))) for _ in range(int(rng.integers(0, 3)))]
        outages = frozenset(week for begin, length in missed for week in range(begin, begin + length))
        return cls(sometimes(0.3), sometimes(0.3), sometimes(0.1), sometimes(0.15), outages)

    def names(self) -> tuple[str, ...]:
        """What happened at all."""
        single = ("data_centre_move", "storm", "rebuild", "clock")
        return tuple(name for name in single if getattr(self, name) >= 0) + (("outage",) if self.outages else ())


def walk(seed: int, number: int, model: Model) -> Journey:
    """Live through one journey and declare stages on the way, as the service does; polls come once a week."""
    rng = np.random.default_rng([seed, 3, number])
    kind = KINDS[number % len(KINDS)]
    positions, troubles = path(kind, rng), Troubles.drawn(rng)
    recipe = Recipe(float(positions[0]), later=world(rng), hosts=int(rng.integers(3, 12)))
    site = found(recipe, rng)
    for _ in range(WARM_UP_WEEKS):
        live_a_week(site, float(positions[0]))
    watched_since, seen_until = site.now - timedelta(days=RETENTION), site.now
    state, ideal, changes = Declaration(), Declaration(), []
    declared, faultless = [], []
    for week in range(WEEKS):
        _disturb(site, troubles, week)
        live_a_week(site, float(positions[week]))
        if week == troubles.rebuild:
            watched_since = site.now
        if week not in troubles.outages:
            if site.now - seen_until > timedelta(days=RETENTION):
                watched_since = site.now - timedelta(days=RETENTION)
            seen_until = site.now
            days = (site.now - watched_since) / timedelta(days=1)
            assessment = read_estate(Estate.of(*look(site, Sight(days=min(days, 400.0)))), model)
            if troubles.clock >= 0 and week >= troubles.clock:
                assessment = replace(assessment, taken_at=assessment.taken_at - CLOCK_SET_RIGHT)
            recalled = recall([state.last_seen], [assessment], model)[0]
            state, moved = step(state, assessment, model=model, evidence_days=days, recalled=recalled)
            ideal, _ = step(ideal, _righted(assessment, float(positions[week])), model=model, evidence_days=days)
            changes += [Change(week, change.from_stage, change.to_stage, change.cause) for change in moved]
        declared.append(state.declared)
        faultless.append(ideal.declared)
    return Journey(kind, positions, tuple(declared), tuple(faultless), tuple(changes), troubles.names())


def _righted(assessment: Assessment, position: float) -> Assessment:
    """The same assessment about the true position, as far from certain as it was: a normal distribution of its variance."""
    below = ndtr((np.arange(1, 4) - position) / np.sqrt(assessment.posterior.variance))
    first, second, third, last = np.diff(below, prepend=0.0, append=1.0).tolist()
    told = replace(assessment.posterior, probabilities=(first, second, third, last), position=position)
    inferred = None if assessment.inferred is None else int(np.argmax(told.probabilities))
    return replace(assessment, posterior=told, inferred=inferred, evidence=(), flags=())


def _disturb(site: Site, troubles: Troubles, week: int) -> None:
    """What happens to the estate before this week."""
    site.activity = QUIET_WEEK if week % 52 in HOLIDAYS else 1.0
    if week in {troubles.storm, troubles.storm + 1} and troubles.storm >= 0:
        site.activity = 6.0
    if week == troubles.data_centre_move:
        _move_data_centre(site)
    if week == troubles.rebuild:
        _rebuild(site)


def _move_data_centre(site: Site) -> None:
    """Every machine moves to other storage in one week, live where that works."""
    for machine in site.machines:
        host, at = site.hosts[machine.host], site.moment()
        kind = "VmBeingHotMigratedEvent" if site.is_mobile(machine.host) else "VmBeingMigratedEvent"
        before, machine.store = machine.store, (machine.store + 1) % 3
        stores = {"source_datastore": f"s{host.cluster}-{before}", "datastore": f"s{host.cluster}-{machine.store}"}
        site.say(at, kind, vm=machine.id, host=host.id, dest_host=host.id)
        site.say(at + timedelta(minutes=9), "VmMigratedEvent", vm=machine.id, source_host=host.id, host=host.id, **stores)


def _rebuild(site: Site) -> None:
    """A new vCenter takes over the hosts: every machine has a new id, and the events are gone."""
    site.generation += 1
    site.events.clear()
    site.week.clear()
    for machine in site.machines:
        machine.id = f"{site.prefix}vm-{site.generation}{machine.id[-5:]}"


def journeys(seed: int, numbers: Sequence[int], model: Model) -> list[Journey]:
    """The journeys of these numbers; a whole process may do this."""
    return [walk(seed, number, model) for number in numbers]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A boundary that a journey crossed for good, and how many days later the declaration followed; ``None`` if never.

    ``days_beyond`` counts from when the journey was as far beyond the boundary as decides it, and is 0 where the declaration
    came sooner.
    """

    week: int
    stage: int
    days: int | None
    days_beyond: int | None


DECISIVE = 0.25
"""So far from the boundary the journey has to begin and to end for a crossing to be decisive."""

CLEAR = 0.4
"""The same for a crossing from about the middle of one stage to about the middle of the next."""

FOLLOWED_WEEKS = 26


def crossings(journey: Journey, margin: float = DECISIVE, declared: Sequence[int | None] | None = None) -> list[Crossing]:
    """The crossings that were followed for half a year at least, counted from the boundary itself.

    The journey begins and ends at least ``margin`` away from the boundary, on either side of it. ``declared`` is what was
    declared in each week, where that is not what the journey says.
    """
    said, found = journey.declared if declared is None else declared, []
    for boundary in (1, 2, 3):
        above = journey.positions >= boundary
        turns = np.flatnonzero(above[1:] != above[:-1]) + 1
        if turns.size != 1 or abs(journey.positions[-1] - boundary) < margin:
            continue
        week, rising = int(turns[0]), bool(above[-1])
        if WEEKS - week < FOLLOWED_WEEKS or abs(journey.positions[0] - boundary) < margin:
            continue
        there = [later for later in range(week, WEEKS) if (stage := said[later]) is not None and (stage >= boundary) == rising]
        decided = week + int(np.argmax(np.abs(journey.positions[week:] - boundary) >= margin))
        days, beyond = ((there[0] - week) * 7, max(0, there[0] - decided) * 7) if there else (None, None)
        found.append(Crossing(week, boundary, days, beyond))
    return found


TOLERATED_WEEKS = 13
"""A declaration is no falsehood if its stage was true at some time of the quarter before or the month after."""


def false_changes(journey: Journey) -> int:
    """Changes of the declared stage, the first declaration left out, to a stage that was not true about then."""
    count = 0
    for change in journey.changes:
        if change.before is None:
            continue
        near = journey.positions[max(0, change.week - TOLERATED_WEEKS) : change.week + 5]
        count += change.after not in set(near.astype(int).tolist())
    return count
