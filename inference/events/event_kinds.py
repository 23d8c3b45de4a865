"""Event kinds: what an event type id means to the indicators, whatever release or spelling it comes from.

The catalogues of vCenter spell the same id with ``ha.`` and ``HA.``, and Site Recovery Manager renamed its events between
releases; so ids are compared without case, and those of extensions by their last segment.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """What happened, as far as the indicators care."""

    __hash__ = str.__hash__  # that of enumerations is written in Python, and every event asks for it several times

    LIVE_BEGIN = "live migration began"
    COLD_BEGIN = "cold migration began"
    RELOCATE_BEGIN = "relocation began"
    MOVED = "migrated"
    DRS_MOVED = "migrated by a DRS recommendation"
    RELOCATED = "relocated"
    SDRS_MOVED = "disks migrated by Storage DRS"
    MOVE_FAILED = "migration failed"
    ARRIVED = "migrated from another vCenter"
    LEFT = "migrated to another vCenter"
    POWERED_ON = "powered on"
    POWERED_OFF = "powered off or suspended"
    MAINTENANCE_BEGIN = "entering maintenance mode"
    MAINTENANCE = "entered maintenance mode"
    MAINTENANCE_END = "left maintenance mode, or cancelled entering it"
    HA_RESTART = "restarted by HA"
    FT_ADDED = "Fault Tolerance secondary created"
    RECOVERY_BEGIN = "recovery plan, test or cleanup began"
    RECOVERY_TEST = "recovery plan test ended"
    RECOVERY_END = "recovery plan or cleanup ended"
    PROTECTED = "protected by recovery or replication"
    UNPROTECTED = "no longer protected by recovery or replication"
    REPLICATION_CHANGED = "host-based replication set up or changed"
    CREATED = "created blank"
    CLONED = "cloned"
    DEPLOYED = "deployed from a template"
    REGISTERED = "registered"
    INSTANT_CLONED = "instant-cloned"
    REMOVED = "deleted or unregistered"
    MADE_TEMPLATE = "converted to a template"
    MADE_MACHINE = "template converted to a VM"


COMPLETIONS = frozenset({Kind.MOVED, Kind.DRS_MOVED, Kind.RELOCATED, Kind.SDRS_MOVED})
"""Kinds that end a migration with success."""

LINKS = COMPLETIONS | {
    Kind.LIVE_BEGIN,
    Kind.COLD_BEGIN,
    Kind.RELOCATE_BEGIN,
    Kind.MOVE_FAILED,
    Kind.POWERED_ON,
    Kind.POWERED_OFF,
}
"""Kinds that matter only as links of migrations and maintenance: the bulk of all events."""

MAINTENANCE_KINDS = frozenset({Kind.MAINTENANCE_BEGIN, Kind.MAINTENANCE, Kind.MAINTENANCE_END})
"""Kinds about the maintenance of a host."""

NOT_OF_MACHINES = MAINTENANCE_KINDS | {Kind.RECOVERY_BEGIN, Kind.RECOVERY_TEST, Kind.RECOVERY_END}
"""Kinds about hosts and plans: a virtual machine that such an event names has no part in it."""

NAMES = {
    "vmbeinghotmigratedevent": Kind.LIVE_BEGIN,
    "com.vmware.vc.vm.vmhotmigratingwithencryptionevent": Kind.LIVE_BEGIN,
    "vmbeingmigratedevent": Kind.COLD_BEGIN,
    "com.vmware.vc.vm.vmmigratingwithencryptionevent": Kind.COLD_BEGIN,
    "vmbeingrelocatedevent": Kind.RELOCATE_BEGIN,
    "vmmigratedevent": Kind.MOVED,
    "drsvmmigratedevent": Kind.DRS_MOVED,
    "vmrelocatedevent": Kind.RELOCATED,
    "com.vmware.vc.sdrs.storagedrsstoragemigrationevent": Kind.SDRS_MOVED,
    "vmfailedmigrateevent": Kind.MOVE_FAILED,
    "com.vmware.vc.vm.dstvmmigratedevent": Kind.ARRIVED,
    "com.vmware.vc.vm.srcvmmigratedevent": Kind.LEFT,
    "vmrelocatefailedevent": Kind.MOVE_FAILED,
    "vmpoweredonevent": Kind.POWERED_ON,
    "drsvmpoweredonevent": Kind.POWERED_ON,
    "vmpoweredoffevent": Kind.POWERED_OFF,
    "vmsuspendedevent": Kind.POWERED_OFF,
    "enteringmaintenancemodeevent": Kind.MAINTENANCE_BEGIN,
    "enteredmaintenancemodeevent": Kind.MAINTENANCE,
    "exitmaintenancemodeevent": Kind.MAINTENANCE_END,
    "canceledhostoperationevent": Kind.MAINTENANCE_END,
    "timedouthostoperationevent": Kind.MAINTENANCE_END,
    "vmrestartedonalternatehostevent": Kind.HA_RESTART,
    "com.vmware.vc.ha.vmrestartedbyhaevent": Kind.HA_RESTART,
    "vmsecondaryaddedevent": Kind.FT_ADDED,
    "vmsecondarystartedevent": Kind.FT_ADDED,
    "vmcreatedevent": Kind.CREATED,
    "vmclonedevent": Kind.CLONED,
    "vmdeployedevent": Kind.DEPLOYED,
    "vmregisteredevent": Kind.REGISTERED,
    "com.vmware.vc.vminstantclonedevent": Kind.INSTANT_CLONED,
    "vmremovedevent": Kind.REMOVED,
    "com.vmware.vc.vm.vmconvertedtotemplateevent": Kind.MADE_TEMPLATE,
    "com.vmware.vc.vm.templateconvertedtovmevent": Kind.MADE_MACHINE,
    "hbr.primary.vmreplicationconfigurationchangedevent": Kind.REPLICATION_CHANGED,
}
"""Kinds by whole event type ids in lower case; vCenter is asked for each of them."""

_PLANS = ("planexec", "recoveryplanexecute")
_PHASES = ("", "test", "cleanup", "reprotect")

_BY_LAST_SEGMENT = {
    **{f"{plan}{phase}begin": Kind.RECOVERY_BEGIN for plan in _PLANS for phase in _PHASES},
    **{f"{plan}{phase}end": Kind.RECOVERY_END for plan in _PLANS for phase in _PHASES},
    "planexectestend": Kind.RECOVERY_TEST,
    "recoveryplanexecutetestend": Kind.RECOVERY_TEST,
    "protvmcreated": Kind.PROTECTED,
    "protectedvmcreated": Kind.PROTECTED,
    "vmfullyprotected": Kind.PROTECTED,
    "protvmremoved": Kind.UNPROTECTED,
    "protectedvmremoved": Kind.UNPROTECTED,
    "replicationconfigured": Kind.PROTECTED,
    "replicationunconfigured": Kind.UNPROTECTED,
}


@lru_cache(maxsize=4096)
def kind_of(event_type: str) -> Kind | None:
    """The kind of an event type id, or ``None`` where it means nothing here."""
    name = event_type.lower()
    if found := NAMES.get(name):
        return found
    return _BY_LAST_SEGMENT.get(name.rpartition(".")[2].removesuffix("event")) if "." in name else None
