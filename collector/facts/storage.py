"""Storage: datastores and the datastore clusters they are in."""

from __future__ import annotations

from dataclasses import dataclass

from collector.facts.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastore(Fact):
    """A datastore; ``parent`` is its datastore cluster where it has one, ``hosts`` the hosts that mount it."""

    type: str | None = None
    capacity: int | None = None
    free: int | None = None
    multiple_host_access: bool | None = None
    accessible: bool | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePod(Fact):
    """A datastore cluster with its storage DRS settings."""

    sdrs_enabled: bool | None = None
    sdrs_behavior: str | None = None
