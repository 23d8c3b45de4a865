"""Hiding: what an account may not read makes answers unknown, and never changes them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from collector.facts import TOPICS
from inference.estate.estate import Estate
from inference.indicators import observe
from inference.observations import Observation
from vjourney.laboratory.archetypes import lived
from vjourney.laboratory.founding import Recipe
from vjourney.laboratory.inventory import Sight, look
from vjourney.laboratory.site import Site

DAYS = {1000: 400.0, 1008: 30.0}
"""How far events reach back, by seed."""

POSITIONS = (0.5, 1.5, 2.5, 3.5)
HOSTS = {"Enterprise Plus": 6, "Standard": 6, "Essentials Plus": 3}
"""By edition: no vCenter of the last has more."""

APPROXIMATE = {
    ("hosts", "hw_version"): "the newest version in use stands for what hosts could run",
    ("folders", "infra_share"): "names tell of some machines what folders tell of others",
    ("events", "biz_share"): "recovery corroborates a business application, and is known by events",
    ("events", "biz_div"): "the same",
    ("events", "business_in_ha"): "the same",
    ("events", "size_std"): "imports are known by events",
    ("events", "self_service"): "that no product is registered is an observation; orders without one are known by events",
}
"""Answers that another witness gives instead, a little differently, and why."""


@lru_cache(maxsize=len(POSITIONS) * len(HOSTS) * len(DAYS))
def site(seed: int, position: float, edition: str) -> Site:
    """A site at a position, after its fourteen weeks."""
    return lived(Recipe(position, hosts=HOSTS[edition], edition=edition), np.random.default_rng([seed, int(position * 10)]))


def answers(seed: int, position: float, edition: str, *hidden: str) -> dict[str, Observation]:
    """What all indicators say of it."""
    shown = look(site(seed, position, edition), Sight(frozenset(hidden), DAYS[seed]))
    return {found.indicator: found for found in observe(Estate.of(*shown))}


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("edition", HOSTS)
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("seed", DAYS)
def test_a_hidden_topic_changes_no_answer(seed: int, position: float, edition: str, topic: str) -> None:
    """Unknown is not no: an indicator that stays observed says what it said before."""
    before, after = answers(seed, position, edition), answers(seed, position, edition, topic)
    changed = {
        name: (before[name].value, found.value)
        for name, found in after.items()
        if found.state == "observed" and (before[name].state, before[name].value) != ("observed", found.value)
    }
    assert {name: values for name, values in changed.items() if (topic, name) not in APPROXIMATE} == {}
