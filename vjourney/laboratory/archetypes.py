"""Archetypes: estates that a reader knows from the field, each with the stages that a fair reading may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from collector.facts import Snapshot
from inference.estate.history import History
from vjourney.laboratory.conduct import live_a_week
from vjourney.laboratory.founding import Recipe, found
from vjourney.laboratory.inventory import Sight, look
from vjourney.laboratory.merging import merge
from vjourney.laboratory.practices import FAMILIES
from vjourney.laboratory.site import Site

WARM_UP_WEEKS = 14
"""So long a site lives before it is looked at: the 90 days of the longest window of conduct, and a week to settle."""

EVERYTHING_ON: Mapping[str, float] = dict.fromkeys(
    (
        "clustering",
        "shared_storage",
        "vmotion_network",
        "drs",
        "storage_drs",
        "rules",
        "ha",
        "admission",
        "guest_watch",
        "recovery_product",
        "distributed",
        "baseline",
        "portal",
    ),
    3.5,
)
"""Every switch that money and a consultant can turn on, and no conduct."""

NOTHING_DONE: Mapping[str, float] = dict.fromkeys(
    (
        "moves",
        "storage_moves",
        "evacuation",
        "patching",
        "recovery_cover",
        "recovery_tests",
        "automation",
        "portal_share",
        "tenants",
        "business",
        "kinds",
        "care",
    ),
    0.6,
)


EVERYTHING_SEEN = Sight()


@dataclass(frozen=True, slots=True)
class Archetype:
    """One kind of estate; ``admissible`` are the stages that a fair reading may infer, ``None`` among them to abstain."""

    id: str
    title: str
    recipe: Recipe
    admissible: frozenset[int | None]
    sight: Sight = EVERYTHING_SEEN
    joined: Recipe | None = None
    """A second estate that was merged into the first."""


def _all_of(family: str, position: float) -> dict[str, float]:
    return dict.fromkeys(FAMILIES[family], position)


def _may(*stages: int | None) -> frozenset[int | None]:
    return frozenset(stages)


ARCHETYPES: tuple[Archetype, ...] = (
    Archetype("lab", "Lab of two stand-alone hosts", Recipe(0.4, {"clustering": 0.0, "shared_storage": 0.0}, hosts=2), _may(0)),
    Archetype(
        "consolidator",
        "Consolidator that leaves local disks for a SAN",
        Recipe(1.2, {"shared_storage": 1.0, "business": 0.6, "kinds": 0.6}, hosts=7),
        _may(0, 1),
    ),
    Archetype(
        "reactive",
        "Reactive team that learned vMotion, no business application",
        Recipe(1.6, {"business": 0.4, "kinds": 0.2, "vmotion_network": 2.5}, hosts=9, edition="Enterprise Plus"),
        _may(1),
    ),
    Archetype("stalled", "Large estate stalled at a third for eight years", Recipe(1.5, {"hosts": 3.0}, hosts=26), _may(1)),
    Archetype(
        "small_business",
        "Small firm in business production on Standard, without DRS",
        Recipe(2.4, hosts=4, edition="Standard"),
        _may(1, 2),
    ),
    Archetype(
        "classic",
        "SQL and Exchange with Site Recovery Manager",
        Recipe(2.5, {"recovery_product": 3.5, "recovery_cover": 2.7}, hosts=12, edition="Enterprise Plus", habit="telling"),
        _may(2),
    ),
    Archetype(
        "mission_critical",
        "Mission-critical at one machine to a host",
        Recipe(2.5, {"business": 3.6, "care": 3.2}, hosts=16, density=2.0, edition="Enterprise Plus"),
        _may(1, 2),
    ),
    Archetype(
        "shelfware",
        "Everything switched on and nothing used",
        Recipe(1.2, {**EVERYTHING_ON, **NOTHING_DONE}, hosts=10, edition="Enterprise Plus", quirks=frozenset({"calm"})),
        _may(0, 1),
    ),
    Archetype(
        "desktops_only",
        "Virtual desktops and hardly a server",
        Recipe(1.4, {"business": 0.3}, hosts=10, density=1.2, desktops=280),
        _may(0, 1),
    ),
    Archetype(
        "provider",
        "Hosting provider with a portal",
        Recipe(3.5, {**_all_of("service", 3.6), "business": 1.8}, hosts=30, edition="Enterprise Plus"),
        _may(2, 3),
    ),
    Archetype(
        "churn_without_care",
        "Development shop: automation and churn, neither HA nor recovery",
        Recipe(1.8, {**_all_of("service", 3.4), **_all_of("availability", 0.5), "business": 0.7, "kinds": 0.7}, hosts=10),
        _may(0, 1, 2),
    ),
    Archetype(
        "merger",
        "Merger of a consolidator with a cloud",
        Recipe(1.3, hosts=10),
        _may(1, 2),
        joined=Recipe(3.4, hosts=10, edition="Enterprise Plus"),
    ),
    Archetype(
        "branches",
        "Two hundred branches of one host each",
        Recipe(1.6, {"clustering": 0.2, "shared_storage": 0.2, "moves": 0.2}, hosts=200, density=3.0),
        _may(0, 1),
    ),
    Archetype(
        "air_gapped",
        "Air-gapped site, account without most privileges",
        Recipe(1.6, hosts=8),
        _may(None, 1, 2),
        sight=Sight(frozenset({"events", "extensions", "licenses", "custom_fields", "host_profiles"})),
    ),
    Archetype(
        "backup_heavy",
        "Nightly backup of every machine",
        Recipe(1.6, hosts=9, quirks=frozenset({"backup_heavy"})),
        _may(1, 2),
    ),
    Archetype(
        "given_up",
        "Leaving the platform after years in business production",
        Recipe(2.4, hosts=14, edition="Enterprise Plus", quirks=frozenset({"given_up"})),
        _may(1, 2),
    ),
)


def lived(recipe: Recipe, rng: np.random.Generator, *, prefix: str = "") -> Site:
    """A site after it was lived in at one position for a quarter."""
    site = found(recipe, rng, prefix=prefix)
    for _ in range(WARM_UP_WEEKS):
        live_a_week(site, recipe.position)
    return site


def switch_everything_on(site: Site) -> None:
    """Buy every licence and turn on every switch today; what was done until now stays what it was."""
    site.edition = "Enterprise Plus"
    site.character.fixed = {**site.character.fixed, **EVERYTHING_ON}


def build(archetype: Archetype, rng: np.random.Generator) -> tuple[Snapshot, History]:
    """One example of an archetype."""
    first = look(lived(archetype.recipe, rng, prefix="a"), archetype.sight)
    if archetype.joined is None:
        return first
    return merge(first, look(lived(archetype.joined, rng, prefix="b"), archetype.sight))
