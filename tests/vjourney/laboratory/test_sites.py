"""Sites: what the scripts make is the same for the same seed, and could be read from a vCenter."""

from __future__ import annotations

import ast
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import vjourney.laboratory
from collector.facts import Snapshot
from inference.estate.history import History
from vjourney.laboratory.archetypes import ARCHETYPES, build, lived
from vjourney.laboratory.conduct import live_a_week
from vjourney.laboratory.founding import Recipe
from vjourney.laboratory.inventory import Sight, look

GENERATOR = ("practices", "naming", "site", "founding", "lifecycle", "conduct", "inventory", "storage", "merging")


def estate(seed: int, position: float = 2.3, sight: Sight | None = None) -> tuple[Snapshot, History]:
    """A small estate after a quarter."""
    recipe = Recipe(position, hosts=5, density=8.0, edition="Enterprise Plus")
    return look(lived(recipe, np.random.default_rng(seed)), sight or Sight())


def test_the_same_seed_makes_the_same_estate() -> None:
    """Every fact and every event is reproduced."""
    assert estate(5) == estate(5)


def test_another_seed_makes_another_estate() -> None:
    """Chance is not an ornament."""
    assert estate(5) != estate(6)


@pytest.mark.parametrize("name", GENERATOR)
def test_scripts_know_nothing_of_the_model(name: str) -> None:
    """Estates that were made from the model's own figures would flatter it."""
    source = Path(vjourney.laboratory.__file__).with_name(f"{name}.py").read_text()
    imported = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert not {module for module in imported if module and module.startswith("inference")} - {"inference.estate.history"}


def test_events_are_numbered_in_the_order_of_time_and_over() -> None:
    """No event of the future, none out of order, none older than what is seen."""
    snapshot, history = estate(5, sight=Sight(days=30.0))
    assert all(one.key < other.key and one.at <= other.at for one, other in pairwise(history.events))
    assert history.events[-1].at <= snapshot.taken_at
    assert history.events[0].at >= snapshot.taken_at - timedelta(days=30)


def test_an_estate_grows_with_the_journey() -> None:
    """An organisation that moves on fills its hosts, and one that goes back empties them."""
    site = lived(Recipe(0.8, hosts=6), np.random.default_rng(4))
    before = len(site.machines)
    for _ in range(60):
        live_a_week(site, 2.5)
    full = len(site.machines)
    assert 2 * before < full == pytest.approx(site.room(), rel=0.2)
    for _ in range(60):
        live_a_week(site, 0.8)
    assert len(site.machines) < full / 2


def test_references_lead_somewhere() -> None:
    """Every machine is on a host and on datastores that are there."""
    snapshot, _ = estate(5)
    hosts, stores = {host.id for host in snapshot.hosts}, {store.id for store in snapshot.datastores}
    for vm in snapshot.vms:
        assert vm.host in hosts
        assert stores.issuperset(vm.datastores)
    assert len({vm.id for vm in snapshot.vms}) == len(snapshot.vms)


def test_what_is_hidden_is_a_gap_and_empty() -> None:
    """A missing privilege shows as in a real poll."""
    snapshot, history = estate(5, sight=Sight(frozenset({"events", "extensions"})))
    assert snapshot.missed("extensions")
    assert not snapshot.extensions
    assert history.events_unreadable
    assert not history.events


def test_adoption_shows_in_conduct() -> None:
    """Late organisations move machines live, deploy from templates and have machines made by service principals."""
    early, late = (estate(5, position)[1].events for position in (0.4, 3.6))

    def rate(events: tuple[object, ...], kind: str) -> int:
        return sum(getattr(event, "type", "") == kind for event in events)

    for kind in ("VmBeingHotMigratedEvent", "VmDeployedEvent", "DrsVmMigratedEvent"):
        assert rate(late, kind) > rate(early, kind)


def test_the_archetypes_of_the_design_are_there() -> None:
    """Sixteen kinds of estate, each with its own id."""
    ids = [archetype.id for archetype in ARCHETYPES]
    assert len(set(ids)) == len(ids) >= 16


def test_a_merged_estate_holds_both() -> None:
    """The clusters and events of two organisations, and no id twice."""
    merger = next(archetype for archetype in ARCHETYPES if archetype.joined)
    snapshot, history = build(merger, np.random.default_rng(1))
    assert {host.id[0] for host in snapshot.hosts} == {"a", "b"}
    assert [event.key for event in history.events] == list(range(1, len(history.events) + 1))
