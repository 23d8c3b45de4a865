"""Datacenters, the places that clusters and folders belong to."""

from __future__ import annotations

from collector.facts import Datacenter
from collector.wants import Topic, entity_name, moid, want

TOPIC = Topic(
    name="datacenters",
    types=("Datacenter",),
    fact=Datacenter,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
    ),
)
