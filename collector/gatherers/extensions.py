"""Products registered with vCenter. Reading the list needs System.View only, so an absent product is an observation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collector.facts import Extension
from collector.wants import Vim, moment

TOPIC = "extensions"


def parse(extensions: Iterable[Any]) -> tuple[Extension, ...]:
    """Every extension, in the order of its key."""
    return tuple(sorted((_extension(entry) for entry in extensions), key=lambda extension: extension.key))


def _extension(entry: Vim) -> Extension:
    return Extension(
        key=str(entry.key),
        version=str(entry.version or ""),
        company=str(entry.company or ""),
        last_heartbeat=moment(entry.lastHeartbeatTime),
        managed_types=tuple(str(info.type) for info in entry.managedEntityInfo or ()),
        event_ids=tuple(str(info.eventID) for info in entry.eventList or ()),
    )
