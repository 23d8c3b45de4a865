"""Hidden properties: what vCenter does not say of objects makes answers unknown, and never changes them."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from collector.facts import (
    Cluster,
    Datastore,
    DistributedSwitch,
    Fact,
    Folder,
    Host,
    ResourcePool,
    Snapshot,
    StoragePod,
    VirtualMachine,
)
from inference.estate.estate import Estate
from inference.estate.history import History
from inference.features import features
from inference.indicators import observe
from vjourney.laboratory.archetypes import lived
from vjourney.laboratory.founding import Recipe
from vjourney.laboratory.inventory import Sight, look

KINDS: dict[str, type[Fact]] = {
    "clusters": Cluster,
    "hosts": Host,
    "vms": VirtualMachine,
    "datastores": Datastore,
    "storage_pods": StoragePod,
    "resource_pools": ResourcePool,
    "folders": Folder,
    "switches": DistributedSwitch,
}
ALWAYS_THERE = {"id", "unreadable", "tags"}

LONE = {"clustering": 0.5, "ha": 3.0, "drs": 3.5, "storage_drs": 3.0, "baseline": 3.0}
"""Most hosts are alone, and what can be switched on is, where there is a cluster."""

RECIPES = (
    Recipe(0.9, LONE, hosts=8, edition="Enterprise Plus", habit="telling", desktops=20),
    Recipe(2.4, hosts=6, edition="Enterprise Plus", habit="filed"),
    Recipe(3.4, hosts=6, edition="Standard", habit="site_code"),
    Recipe(1.6, {"drs": 3.5}, hosts=5, edition="Enterprise Plus", habit="telling", quirks=frozenset({"calm"})),
)

APPROXIMATE = {
    ("hosts", "version", "hw_version"): "the newest version in use stands for what hosts could run",
    **{
        ("vms", "template", name): "a template that hides its mark is a workload that does not run"
        for name in ("snapshot_hygiene", "owner_tags", "dr_protected", "ha configured", "drs configured")
    },
    ("vms", "created", "biz_share"): "of fewer than half it may be open whether they count half",
    **{
        ("vms", witness, "business_in_ha"): "it is a lower bound" for witness in ("created", "vcpus", "memory_mb", "annotation")
    },
}
"""Answers that change a little, and why."""


@lru_cache(maxsize=len(RECIPES))
def site(number: int) -> tuple[Snapshot, History]:
    """What is seen of a site after its fourteen weeks."""
    return look(lived(RECIPES[number], np.random.default_rng([2010, number])), Sight(days=400.0))


def answers(snapshot: Snapshot, history: History) -> dict[str, float | None]:
    """The values that indicators and features have; ``None`` where they have none."""
    estate = Estate.of(snapshot, history)
    told = {found.indicator: found.value for found in observe(estate)}
    used = features(estate)
    configured = {f"{name} configured": use.configured for name, use in used.items()}
    return told | configured | {f"{name} exercised": use.exercised for name, use in used.items()}


def hidden(snapshot: Snapshot, topic: str, field: Field[Any]) -> Snapshot:
    """The snapshot as it is where no object of a topic tells a property."""
    blank = () if field.default is MISSING else field.default
    changes: dict[str, Any] = {field.name: blank, "unreadable": frozenset({field.name})}
    objects: tuple[Any, ...] = tuple(replace(found, **changes) for found in getattr(snapshot, topic))
    everything: dict[str, Any] = {topic: objects}
    return replace(snapshot, **everything)


@pytest.mark.parametrize("number", range(len(RECIPES)))
@pytest.mark.parametrize("topic", KINDS)
def test_a_hidden_property_changes_no_answer(topic: str, number: int) -> None:
    """Unknown is not no: whatever has a value without a property has the same as with it."""
    snapshot, history = site(number)
    before, changed = answers(snapshot, history), dict[tuple[str, str, str], tuple[float | None, float]]()
    for field in fields(KINDS[topic]):
        if field.name not in ALWAYS_THERE:
            after = answers(hidden(snapshot, topic, field), history)
            other = {
                name: (before[name], value) for name, value in after.items() if value is not None and value != before[name]
            }
            changed |= {(topic, field.name, name): values for name, values in other.items()}
    assert {place: values for place, values in changed.items() if place not in APPROXIMATE} == {}
