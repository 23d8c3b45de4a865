"""The vCenter itself, its folders, datacenters, extensions, custom attributes, licences and events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class About:
    """The product, version and identity of a vCenter. ``api_type`` is ``VirtualCenter``, or ``HostAgent`` for an ESXi host."""

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
    """A product that is registered with vCenter.

    Reading the list needs the privilege System.View alone, so that an extension which is not in it is really absent.
    """

    key: str
    version: str = ""
    company: str = ""
    last_heartbeat: datetime | None = None
    managed_types: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomField:
    """The definition of a custom attribute: its key in ``custom_values``, its name, and the API type that it is for, if one."""

    key: int
    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class License:
    """An installed licence. Its key is a secret and never becomes a fact. ``total`` and ``used`` are in its own unit."""

    name: str
    edition: str
    total: int | None = None
    used: int | None = None


EventId = tuple[int, datetime]
"""The key and the time of an event: the key alone is not unique, since keys repeat after a vCenter was restored."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a vCenter.

    ``type`` is the name of the API type (``VmMigratedEvent``) or, for an EventEx or ExtendedEvent, its event type id
    (``com.vmware.vc.ha.VmRestartedByHAEvent``). ``key`` increases with time until the vCenter is restored from a backup and
    continues from an earlier key. ``chain`` is the same for all events of one operation. ``source_host``, ``source_datastore``
    and ``source_vm`` are where the machine came from, ``dest_host`` is the target of a migration that begins. ``object_id`` is
    the object of an extended event, ``arguments`` are its named values.
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
        """What identifies the event, however often it is read."""
        return self.key, self.at
