"""Practices: what organisations do at each point of the journey, as figures of conduct and of equipment.

Every practice has four figures, for the middle of each stage; between them it changes linearly. They were written from the
published descriptions of the stages and from daily experience before any result was seen, and they are rates, shares and
delays of behaviour and not the cut points of the model. An organisation follows its own mind: each family of practices and
each practice is ahead or behind for good, and what people do wavers from week to week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

FAMILY_SPREAD = 0.4
PRACTICE_SPREAD = 0.35
WEEKLY_SPREAD = 0.25
WEEKLY_MEMORY = 0.8
MIDDLES = (0.5, 1.5, 2.5, 3.5)
"""The middles of the stages, one apart."""

BEYOND = 0.75
"""How far beyond the first and the last middle practices go on to change, in stages."""

Four = tuple[float, float, float, float]

FAMILIES: Mapping[str, Mapping[str, Four]] = {
    "equipment": {
        "hosts": (3, 8, 14, 18),  # median number
        "density": (4, 10, 14, 17),  # running machines on a host
        "clustering": (0.1, 0.85, 0.95, 0.99),  # hosts in clusters
        "shared_storage": (0.12, 0.8, 0.95, 0.98),  # machines on it
    },
    "mobility": {
        "vmotion_network": (0.08, 0.85, 0.97, 0.99),  # hosts with one
        "patching": (0.6, 1.8, 3.0, 5.0),  # campaigns a year
        "evacuation": (0.05, 0.5, 0.9, 0.97),  # entries into maintenance by live migration
        "moves": (0.4, 7, 14, 16),  # by hand, per 100 machines and 30 days
        "storage_moves": (0.05, 1.0, 4.0, 6.0),  # the same
    },
    "placement": {
        "drs": (0.08, 0.35, 0.8, 0.95),  # clusters fully automated
        "storage_drs": (0.01, 0.08, 0.3, 0.55),  # datastores in automatic datastore clusters
        "rules": (0.03, 0.2, 0.5, 0.75),  # clusters with rules in use
    },
    "availability": {
        "ha": (0.12, 0.75, 0.96, 0.99),  # clusters with HA
        "admission": (0.3, 0.6, 0.88, 0.95),  # of these, with admission control
        "guest_watch": (0.02, 0.08, 0.3, 0.5),  # clusters whose guests HA watches
        "fault_tolerance": (0.0, 0.02, 0.08, 0.12),  # estates that use it
        "recovery_product": (0.01, 0.1, 0.55, 0.8),  # estates that have one
        "recovery_cover": (0.01, 0.05, 0.22, 0.4),  # machines it protects
        "recovery_tests": (0.05, 0.3, 1.4, 2.6),  # a year
    },
    "criticality": {
        "business": (0.006, 0.03, 0.14, 0.24),  # machines of business applications
        "kinds": (0.4, 1.6, 4.5, 7.5),  # of business application
        "care": (0.05, 0.15, 0.45, 0.65),  # business machines with a priority, a reservation or a backup note
        "desktops": (0.01, 0.05, 0.15, 0.25),  # estates with a pool of virtual desktops
    },
    "standards": {
        "templates": (0.12, 0.55, 0.85, 0.95),  # new machines
        "sizes": (0.25, 0.5, 0.75, 0.92),  # new machines of a standard size
        "upkeep": (0.35, 0.6, 0.8, 0.92),  # machines with current tools and hardware
        "distributed": (0.03, 0.2, 0.6, 0.9),  # machines on distributed switches
        "baseline": (0.02, 0.15, 0.5, 0.85),  # clusters under an image or a profile
        "completeness": (0.5, 0.75, 0.93, 0.98),  # hosts that a campaign reaches
        "stale_snapshots": (0.12, 0.07, 0.025, 0.01),  # machines
    },
    "service": {
        "automation": (0.02, 0.07, 0.32, 0.8),  # lifecycle operations by service principals
        "portal": (0.01, 0.04, 0.22, 0.88),  # estates with one
        "portal_share": (0.0, 0.02, 0.1, 0.45),  # machines it manages
        "tenants": (1.5, 3, 7, 20),  # who order machines
        "churn": (1.0, 2.5, 4.5, 12),  # machines made, per 100 and 30 days
        "delay": (30, 8, 2, 0.2),  # hours from made to started
        "owners": (0.05, 0.2, 0.5, 0.8),  # machines with a named owner
    },
}

FAMILY_OF = {practice: family for family, practices in FAMILIES.items() for practice in practices}
FIGURES = {practice: four for practices in FAMILIES.values() for practice, four in practices.items()}

WAVERS = frozenset(
    {"moves", "storage_moves", "evacuation", "patching", "recovery_tests", "churn", "delay", "automation", "tenants"}
)
"""Practices of conduct; equipment and settings do not come and go with the week."""


@dataclass(slots=True)
class Character:
    """How one organisation differs from the middle of its position, for good and this week, in stages."""

    rng: np.random.Generator
    fixed: Mapping[str, float] = field(default_factory=dict)
    """Practices that an archetype sets to a position of their own, whatever the organisation's."""

    lasting: dict[str, float] = field(init=False)
    weekly: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """Draw what lasts."""
        families = {family: float(self.rng.normal(0, FAMILY_SPREAD)) for family in FAMILIES}
        self.lasting = {
            practice: families[family] + float(self.rng.normal(0, PRACTICE_SPREAD)) for practice, family in FAMILY_OF.items()
        }
        self.weekly = {practice: float(self.rng.normal(0, WEEKLY_SPREAD)) for practice in sorted(WAVERS)}

    def next_week(self) -> None:
        """Let conduct waver, remembering most of the last week."""
        fresh = WEEKLY_SPREAD * (1 - WEEKLY_MEMORY**2) ** 0.5
        for practice in self.weekly:
            self.weekly[practice] = WEEKLY_MEMORY * self.weekly[practice] + float(self.rng.normal(0, fresh))

    def figure(self, practice: str, position: float) -> float:
        """The figure of a practice for an organisation at ``position``."""
        if practice in self.fixed:
            position = self.fixed[practice]
        else:
            position += self.lasting[practice] + self.weekly.get(practice, 0.0)
        return between(FIGURES[practice], position)


def between(four: Four, position: float) -> float:
    """The figure at a position: linear between the middles of stages, and at the same pace a while beyond them.

    It stays possible: never negative, and a share never above one.
    """
    place = min(max(position - MIDDLES[0], -BEYOND), len(four) - 1.0 + BEYOND)
    below = min(max(int(place), 0), len(four) - 2)
    figure = four[below] + (four[below + 1] - four[below]) * (place - below)
    return max(0.0, min(figure, 1.0) if max(four) <= 1 else figure)
