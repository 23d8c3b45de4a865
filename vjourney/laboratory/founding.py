"""Founding: an organisation at a position of the journey, with the estate it would have collected by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from vjourney.laboratory.conduct import rehearse_recovery
from vjourney.laboratory.naming import Naming
from vjourney.laboratory.practices import Character
from vjourney.laboratory.site import START, HostState, Site

EDITIONS = ("Enterprise Plus", "Standard", "Essentials Plus", "Essentials")
EDITION_SHARES = {False: (0.68, 0.25, 0.07, 0.0), True: (0.25, 0.35, 0.3, 0.1)}
"""By whether the estate is small: three hosts at most."""

SMALL = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an archetype fixes; everything else follows from the position and chance.

    ``fixed`` puts single practices at positions of their own; ``later`` is how much later each comes in this world, and
    ``alike`` whether organisations there differ no more in one than in another.
    """

    position: float
    fixed: Mapping[str, float] = field(default_factory=dict)
    later: Mapping[str, float] = field(default_factory=dict)
    alike: bool = False
    hosts: int | None = None
    density: float | None = None
    edition: str | None = None
    desktops: int | None = None
    quirks: frozenset[str] = frozenset()
    habit: str | None = None


def found(recipe: Recipe, rng: np.random.Generator, *, prefix: str = "") -> Site:
    """A site as it stands at the start, before the first week of events."""
    character = Character(rng, recipe.fixed, recipe.later, recipe.alike)
    naming = Naming.drawn(rng)
    if recipe.habit is not None:
        naming = Naming(recipe.habit, naming.applications)
    site = Site(rng, character, naming, prefix=prefix, quirks=recipe.quirks, position=recipe.position, now=START)
    count = recipe.hosts or int(np.clip(round(site.figure("hosts") * rng.lognormal(0, 0.6)), 1, 60))
    site.edition = recipe.edition or str(rng.choice(EDITIONS, p=EDITION_SHARES[count <= SMALL]))
    width = int(rng.integers(3, 9))
    releases = rng.integers(3, 12, size=count // width + 1)
    site.hosts = [
        HostState(f"{prefix}host-1{index:04d}", index // width, _release(site, int(releases[index // width])))
        for index in range(count)
    ]
    site.fullness = recipe.density / site.figure("density") if recipe.density else float(rng.lognormal(0, 0.3))
    _fill(site, site.room())
    _fill_desktops(site, recipe)
    _remember_recovery(site)
    return site


def _release(site: Site, newest: int) -> int:
    """The release of one host: its cluster's newest, or one or more behind where campaigns leave hosts out."""
    behind = 0 if site.rng.random() < site.figure("completeness") else int(site.rng.geometric(0.6))
    return max(0, newest - behind)


def _fill(site: Site, count: int) -> None:
    rng = site.rng
    business = rng.binomial(count, site.figure("business"))
    trial = site.figure("trials")
    for index in range(count):
        kind = "business" if index < business else "trial" if rng.random() < trial else "plain"
        age = timedelta(days=float(np.clip(rng.lognormal(5.9, 0.8), 1, 3000)))
        machine = site.new_machine(kind, int(rng.integers(0, len(site.hosts))), created=site.now - age)
        machine.from_portal = site.has("portal") and rng.random() < site.figure("portal_share")


def _fill_desktops(site: Site, recipe: Recipe) -> None:
    if recipe.desktops is not None:
        site.desktops = recipe.desktops
    elif site.has("desktops"):
        site.desktops = int(np.clip(site.rng.lognormal(3.4, 0.8), 5, 300))


def _remember_recovery(site: Site) -> None:
    """Tests of recovery plans in the year before, which happen too seldom to begin with none."""
    if site.has("recovery_product"):
        for _ in range(int(site.rng.poisson(site.figure("recovery_tests")))):
            rehearse_recovery(site, site.now - timedelta(days=float(site.rng.uniform(1, 365))))
