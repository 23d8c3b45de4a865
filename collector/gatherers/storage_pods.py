"""Datastore clusters with the settings of storage DRS."""

from __future__ import annotations

from collector.facts import StoragePod
from collector.wants import Topic, entity_name, moid, text, want

_SETTINGS = "podStorageDrsEntry.storageDrsConfig.podConfig"

TOPIC = Topic(
    name="storage_pods",
    types=("StoragePod",),
    fact=StoragePod,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
        want(f"{_SETTINGS}.enabled", "sdrs_enabled", bool),
        want(f"{_SETTINGS}.defaultVmBehavior", "sdrs_behavior", text),
    ),
)
