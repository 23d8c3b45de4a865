"""Datastores and datastore clusters."""

from __future__ import annotations

from dataclasses import dataclass

from collector.facts.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore(Fact):
    """A datastore; ``parent`` is its datastore cluster or its folder, ``hosts`` are those that mount it.

    ``type`` is that of its file system (``VMFS``, ``vsan``); ``capacity`` and ``free`` are in bytes.
    """

    type: str | None = None
    capacity: int | None = None
    free: int | None = None
    multiple_host_access: bool | None = None
    accessible: bool | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePod(Fact):
    """A datastore cluster with its settings of Storage DRS; its datastores have it as ``parent``."""

    sdrs_enabled: bool | None = None
    sdrs_behavior: str | None = None
