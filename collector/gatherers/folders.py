"""Inventory folders, which give a virtual machine its place among others."""

from __future__ import annotations

from collector.facts import Folder
from collector.wants import Topic, entity_name, moid, want

TOPIC = Topic(
    name="folders",
    types=("Folder",),
    fact=Folder,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
    ),
)
