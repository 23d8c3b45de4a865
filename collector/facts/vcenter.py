"""Of the vCenter: itself, its folders, products, licences, custom fields and events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class About:
    """Identity of the server: ``api_type`` is ``VirtualCenter``, or ``HostAgent`` for a lone ESXi host."""

    instance_uuid: str
    version: str
    build: str
    api_type: str
    api_version: str
    full_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(Fact):
    """An inventory folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datacenter(Fact):
    """A datacenter."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A product registered with vCenter. Reading the list needs System.View only, so an absent extension is an observation."""

    key: str
    version: str = ""
    company: str = ""
    last_heartbeat: datetime | None = None
    managed_types: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomField:
    """The definition behind the keys of ``VirtualMachine.custom_values``."""

    key: int
    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class License:
    """An installed licence by name and edition; its key is never read into a fact."""

    name: str
    edition: str
    total: int | None = None
    used: int | None = None


EventId = tuple[int, datetime]
"""What tells an event from every other of its vCenter: its key and its time, since keys start again after a restore."""


@dataclass(frozen=True, slots=True)
class Event:
    """One vCenter event.

    ``type`` is the short API type (``VmMigratedEvent``) or, for an EventEx or ExtendedEvent, its event type id
    (``com.vmware.vc.ha.VmRestartedByHAEvent``). ``key`` rises with time inside one vCenter, until that is restored from a
    backup and numbers from an earlier key again. References are managed object ids. ``source_*`` is where the object came from,
    ``dest_host`` where a starting migration is headed.
    """

    key: int
    type: str
    at: datetime
    chain: int | None = None
    user: str = ""
    vm: str | None = None
    vm_name: str | None = None
    host: str | None = None
    cluster: str | None = None
    datacenter: str | None = None
    datastore: str | None = None
    source_host: str | None = None
    source_datastore: str | None = None
    dest_host: str | None = None
    source_vm: str | None = None
    object_id: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> EventId:
        """What it is known by however often it is read."""
        return self.key, self.at
