"""Practices: what organisations do at each point of the journey, as figures of conduct and of equipment.

A practice spreads as innovations do: few have it, then most, then nearly all. Its figure follows the position along the
S-curve of a normal distribution, from what it is before anybody begins to what it is once everybody has it. The curves are
rates, delays and shares of behaviour and not the cut points of the model. Where on the scale a practice is half-way was
written so that what can be observed of it is about where the descriptions of the stages put it: without that, a position
would mean one thing here and another in the model, and no figure could be compared with anything.

Nobody follows the curves. A world, that is a region or a trade, adopts each practice sooner or later than described; within
it each organisation is ahead or behind for good, in each family of practices and in each practice; and what people do wavers
from week to week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from scipy.special import ndtr

FAMILY_SPREAD = 0.4
WORLD_SPREAD = 0.2
CLOSE, LOOSE, FAINT = 0.29, 0.8, 1.2
"""How far organisations of one world at one position differ for good in a practice, in stages. What the stages are told by
keeps close to the journey, 0.35 together with the errors of worlds; sizes, rules and labels follow it loosely; upkeep, turnover
and giants hang on people and trade more than on it."""

WEEKLY_SPREAD = 0.25
WEEKLY_MEMORY = 0.8


@dataclass(frozen=True, slots=True)
class Practice:
    """A figure that goes from ``before`` to ``after``: half-way at the position ``middle``, two thirds of it within ``width``.

    Rates and delays grow by factors and not by steps: they are ``multiplied`` on the way. ``spread`` is how far organisations
    at one position differ in it for good, in stages.
    """

    before: float
    after: float
    middle: float
    width: float
    multiplied: bool = False
    spread: float = CLOSE

    def at(self, position: float) -> float:
        """The figure of an organisation that is as the curve has it."""
        way = float(ndtr((position - self.middle) / self.width))
        if self.multiplied:
            return float(self.before * (self.after / self.before) ** way)
        return self.before + (self.after - self.before) * way


def _share(middle: float, width: float, *, before: float = 0.0, after: float = 1.0, spread: float = CLOSE) -> Practice:
    return Practice(before, after, middle, width, spread=spread)


def _rate(before: float, after: float, middle: float, width: float, *, spread: float = CLOSE) -> Practice:
    return Practice(before, after, middle, width, multiplied=True, spread=spread)


FAMILIES: Mapping[str, Mapping[str, Practice]] = {
    "equipment": {
        "hosts": _rate(2, 20, 1.3, 0.8, spread=LOOSE),  # median number
        "density": Practice(1, 18, 1.12, 0.45, spread=LOOSE),  # running machines on a host
        "clustering": _share(1.0, 0.41),  # hosts in clusters
        "shared_storage": _share(0.95, 0.32),  # machines on it
        "trials": _share(1.0, 0.5, before=0.65, after=0.25),  # machines that nobody depends on
    },
    "mobility": {
        "vmotion_network": _share(1.1, 0.27),  # hosts with one
        "patching": _rate(0.5, 6, 1.7, 0.8),  # campaigns a year
        "evacuation": _share(1.32, 0.55),  # entries into maintenance by live migration
        "moves": _rate(1, 50, 1.35, 0.65),  # by hand, per 100 machines and 30 days
        "storage_moves": _rate(0.02, 20, 1.85, 0.75),  # the same
    },
    "placement": {
        "drs": _share(2.1, 0.45),  # clusters fully automated
        "balancing": _rate(2, 200, 2.2, 0.6),  # moves that DRS makes where it may, per 100 machines and 30 days
        "storage_drs": _share(2.83, 0.55, spread=LOOSE),  # datastores in automatic datastore clusters
        "rules": _share(2.55, 0.9, spread=LOOSE),  # clusters with rules in use
    },
    "availability": {
        "ha": _share(1.4, 0.4),  # clusters with HA
        "admission": _share(2.1, 0.37, before=0.1, spread=LOOSE),  # of these, with admission control
        "guest_watch": _share(2.9, 0.7, spread=LOOSE),  # clusters whose guests HA watches
        "fault_tolerance": _share(2.7, 0.8, after=0.2, spread=FAINT),  # estates that use it
        "recovery_product": _share(2.1, 0.45),  # estates that have one
        "recovery_cover": _rate(0.01, 0.8, 2.55, 0.55),  # machines it protects
        "recovery_tests": _rate(0.2, 10, 2.55, 0.75),  # a year
    },
    "criticality": {
        "business": _rate(0.001, 0.5, 1.6, 0.65),  # machines of business applications
        "kinds": Practice(0, 11, 2.35, 0.6),  # of business application
        "giants": _rate(0.001, 0.15, 2.1, 0.6, spread=FAINT),  # machines several times as large as most
        "care": _share(3.15, 0.52),  # business machines with a priority, a reservation or a backup note
        "desktops": _share(2.2, 0.6, after=0.4, spread=FAINT),  # estates with a pool of virtual desktops
    },
    "standards": {
        "templates": _share(1.6, 0.55),  # new machines
        "sizes": _share(2.23, 0.85, before=0.2, spread=LOOSE),  # new machines of a standard size
        "upkeep": _share(1.85, 0.65, before=0.15, spread=FAINT),  # machines with current tools and hardware
        "distributed": _share(2.55, 0.35, spread=LOOSE),  # machines on distributed switches
        "baseline": _share(2.85, 0.47),  # clusters under an image or a profile
        "completeness": _share(1.8, 0.42, before=0.1, spread=FAINT),  # hosts that a campaign reaches
        "stale_snapshots": _rate(0.3, 0.003, 2.1, 0.77, spread=FAINT),  # machines
    },
    "service": {
        "automation": _share(3.05, 0.51),  # lifecycle operations by service principals
        "portal": _share(2.7, 0.45),  # estates with one
        "portal_share": _rate(0.005, 0.8, 3.05, 0.41),  # machines it manages
        "tenants": _rate(1, 90, 2.5, 0.67, spread=LOOSE),  # who order machines
        "churn": _rate(0.7, 60, 3.2, 0.55, spread=FAINT),  # machines made, per 100 and 30 days
        "delay": _rate(120, 0.05, 2.2, 0.74, spread=FAINT),  # hours from made to started
        "owners": _share(2.46, 0.52, spread=LOOSE),  # machines with a named owner
    },
}

FAMILY_OF = {practice: family for family, practices in FAMILIES.items() for practice in practices}
PRACTICES = {name: practice for practices in FAMILIES.values() for name, practice in practices.items()}

WAVERS = frozenset(
    {
        "moves",
        "storage_moves",
        "evacuation",
        "patching",
        "balancing",
        "recovery_tests",
        "churn",
        "delay",
        "automation",
        "tenants",
    }
)
"""Practices of conduct; equipment and settings do not come and go with the week."""

ARRIVES_ON = ("drs", "ha", "admission", "distributed", "baseline")
"""Settings that an installer, or the wizard that makes a cluster, turns on whatever the team makes of them."""

SET_UP_BY_OTHERS = 0.2
AHEAD = 1.5
"""So many stages ahead are those settings where a platform was set up by others, one in five."""


def world(rng: np.random.Generator, *, later: float = 0.0) -> dict[str, float]:
    """How much later than described each practice comes in one world, in stages; ``later`` is added to all of them."""
    return {practice: later + float(rng.normal(0, WORLD_SPREAD)) for practice in PRACTICES}


@dataclass(slots=True)
class Character:
    """How one organisation differs from the middle of its position, for good and this week, in stages."""

    rng: np.random.Generator
    fixed: Mapping[str, float] = field(default_factory=dict)
    """Practices that an archetype sets to a position of their own, whatever the organisation's."""

    later: Mapping[str, float] = field(default_factory=dict)
    """How much later each practice comes in the world of this organisation."""

    alike: bool = False
    """Whether every practice keeps as close to the journey as the closest."""

    lasting: dict[str, float] = field(init=False)
    weekly: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """Draw what lasts."""
        families = {family: float(self.rng.normal(0, FAMILY_SPREAD)) for family in FAMILIES}
        self.lasting = {
            practice: families[family] + float(self.rng.normal(0, self._spread(practice))) - self.later.get(practice, 0.0)
            for practice, family in FAMILY_OF.items()
        }
        if self.rng.random() < SET_UP_BY_OTHERS:
            for practice in ARRIVES_ON:
                self.lasting[practice] += AHEAD
        self.weekly = {practice: float(self.rng.normal(0, WEEKLY_SPREAD)) for practice in sorted(WAVERS)}

    def _spread(self, practice: str) -> float:
        return CLOSE if self.alike else PRACTICES[practice].spread

    def next_week(self) -> None:
        """Let conduct waver, remembering most of the last week."""
        fresh = WEEKLY_SPREAD * sqrt(1 - WEEKLY_MEMORY**2)
        for practice in self.weekly:
            self.weekly[practice] = WEEKLY_MEMORY * self.weekly[practice] + float(self.rng.normal(0, fresh))

    def figure(self, practice: str, position: float) -> float:
        """The figure of a practice for an organisation at ``position``."""
        if practice in self.fixed:
            position = self.fixed[practice]
        else:
            position += self.lasting[practice] + self.weekly.get(practice, 0.0)
        return PRACTICES[practice].at(position)
