"""Datastores: how large, and shared by which hosts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collector.facts import Datastore
from collector.wants import Topic, entity_name, moid, text, want


def mounting_hosts(mounts: Iterable[Any]) -> tuple[str, ...]:
    """The hosts that mount it; a mount that says it is unmounted does not count, one that says nothing does."""
    return tuple(
        moid(mount.key) for mount in mounts if mount.key is not None and getattr(mount.mountInfo, "mounted", None) is not False
    )


TOPIC = Topic(
    name="datastores",
    types=("Datastore",),
    fact=Datastore,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
        want("summary.type", "type", text),
        want("summary.capacity", "capacity", int),
        want("summary.freeSpace", "free", int),
        want("summary.multipleHostAccess", "multiple_host_access", bool),
        want("summary.accessible", "accessible", bool),
        want("host", "hosts", mounting_hosts),
    ),
)
