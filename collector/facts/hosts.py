"""Hosts, distributed switches and host profiles."""

from __future__ import annotations

from dataclasses import dataclass

from collector.facts.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Fact):
    """An ESXi host; ``parent`` is its cluster, or the compute resource of a host outside any cluster.

    ``cores`` and ``threads`` are of all ``sockets`` together; ``ha_state`` is the state of its HA agent.
    """

    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    cpu_model: str | None = None
    vendor: str | None = None
    model: str | None = None
    vmotion_enabled: bool | None = None
    ft_enabled: bool | None = None
    version: str | None = None
    build: str | None = None
    connection: str | None = None
    power: str | None = None
    in_maintenance: bool | None = None
    ha_state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedSwitch(Fact):
    """A distributed switch; ``hosts`` are its members."""

    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostProfile:
    """A host profile; ``attached`` are the hosts and clusters to which it is attached."""

    name: str
    attached: tuple[str, ...] = ()
    compliance: str | None = None
