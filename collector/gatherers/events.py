"""Events: which ones are asked for, and what each one says.

An event filter takes exact ids and no wildcards, so every id stands here, but for those that Site Recovery Manager, Live
Recovery and vSphere Replication list in their own registration. vCenter's catalogue spells the HA ids with ``ha`` and ``HA``
and the ids of Site Recovery Manager changed between releases: all spellings are asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from collector.facts import Event, Extension
from collector.wants import Vim, api_name, api_type, entity_name, moid, moment, text

TOPIC = "events"

MIGRATION = (
    "VmBeingHotMigratedEvent",
    "VmBeingMigratedEvent",
    "VmEmigratingEvent",
    "VmMigratedEvent",
    "VmFailedMigrateEvent",
    "VmBeingRelocatedEvent",
    "VmRelocatedEvent",
    "VmRelocateFailedEvent",
    "DrsVmMigratedEvent",
    "com.vmware.vc.vm.VmHotMigratingWithEncryptionEvent",
    "com.vmware.vc.vm.VmMigratingWithEncryptionEvent",
    "com.vmware.vc.vm.SrcVmMigratedEvent",
    "com.vmware.vc.vm.DstVmMigratedEvent",
)
MAINTENANCE = (
    "EnteringMaintenanceModeEvent",
    "EnteredMaintenanceModeEvent",
    "ExitMaintenanceModeEvent",
    "CanceledHostOperationEvent",
    "TimedOutHostOperationEvent",
)
AVAILABILITY = (
    "VmRestartedOnAlternateHostEvent",
    "DasHostFailedEvent",
    "DasEnabledEvent",
    "DasDisabledEvent",
    "VmDasResetFailedEvent",
    "VmDasBeingResetEvent",
    "VmDasBeingResetWithScreenshotEvent",
)
AVAILABILITY_EX = (
    "VmRestartedByHAEvent",
    "DasHostFailedEvent",
    "ClusterFailoverActionInitiatedEvent",
    "ClusterFailoverActionCompletedEvent",
    "VmProtectedEvent",
    "VmUnprotectedEvent",
    "StartFTSecondarySucceededEvent",
)
FAULT_TOLERANCE = (
    "VmSecondaryAddedEvent",
    "VmSecondaryStartedEvent",
    "VmPrimaryFailoverEvent",
    "VmFaultToleranceStateChangedEvent",
    "VmFaultToleranceTurnedOffEvent",
)
PLACEMENT = (
    "DrsEnabledEvent",
    "DrsDisabledEvent",
    "DrsVmPoweredOnEvent",
    "DrsEnteringStandbyModeEvent",
    "DrsEnteredStandbyModeEvent",
    "DrsExitedStandbyModeEvent",
    "com.vmware.vc.sdrs.StorageDrsStorageMigrationEvent",
)
LIFECYCLE = (
    "VmCreatedEvent",
    "VmClonedEvent",
    "VmDeployedEvent",
    "VmRegisteredEvent",
    "com.vmware.vc.VmInstantClonedEvent",
    "VmRemovedEvent",
    "VmPoweredOnEvent",
    "VmPoweredOffEvent",
    "VmSuspendedEvent",
    "com.vmware.vc.vm.VmConvertedToTemplateEvent",
    "com.vmware.vc.vm.TemplateConvertedToVmEvent",
    "CustomizationSucceeded",
    "ScheduledTaskCompletedEvent",
)
RECOVERY = (
    "ProtVmCreatedEvent",
    "ProtVmRemovedEvent",
    "ProtectedVmCreatedEvent",
    "ProtectedVmRemovedEvent",
    "ProtGroupCreatedEvent",
    "ProtGroupRemovedEvent",
    "ProtectionGroupCreatedEvent",
    "ProtectionGroupRemovedEvent",
    "VmFullyProtectedEvent",
    "VmNotFullyProtectedEvent",
    "PholderVmCreatedEvent",
    "PlaceholderVmCreatedEvent",
    "RemoteSiteUpEvent",
    "RemoteSiteDownEvent",
    "RecoveryVmBegin",
    "RecoveryVmEnd",
    *(f"Plan{step}" for step in ("Create", "Created", "Destroy", "Edit")),
    *(f"RecoveryPlan{step}" for step in ("Create", "Destroy", "Edit")),
    *(
        f"{plan}{phase}{edge}"
        for plan in ("PlanExec", "RecoveryPlanExecute")
        for phase in ("", "Test", "Cleanup", "Reprotect")
        for edge in ("Begin", "End")
    ),
)
REPLICATION = (
    "replicationConfiguredEvent",
    "replicationUnconfiguredEvent",
    "vmRecoveredEvent",
    "rpoViolatedEvent",
    "rpoRestoredEvent",
)

KNOWN = (
    *MIGRATION,
    *MAINTENANCE,
    *AVAILABILITY,
    *(f"com.vmware.vc.{ha}.{name}" for ha in ("HA", "ha") for name in AVAILABILITY_EX),
    *FAULT_TOLERANCE,
    *PLACEMENT,
    *LIFECYCLE,
    *(f"com.vmware.vcDr.{name}" for name in RECOVERY),
    *(f"com.vmware.vcHms.{name}" for name in REPLICATION),
    "hbr.primary.VmReplicationConfigurationChangedEvent",
)
"""Event type ids that are asked for everywhere."""

OWN_LISTS = ("com.vmware.vcdr", "com.vmware.liverecover", "com.vmware.vlr", "com.vmware.vchms")
"""Extensions that are asked for every event id they registered, by the start of their key in lower case."""

_EXTENDED = {"EventEx", "ExtendedEvent"}
_OBJECTS = {"VirtualMachine": "vm", "HostSystem": "host", "ClusterComputeResource": "cluster", "Datastore": "datastore"}


def type_ids(extensions: Iterable[Extension]) -> tuple[str, ...]:
    """Every event type id to ask for, each once, given the products that are registered."""
    registered = (
        event for extension in extensions if extension.key.lower().startswith(OWN_LISTS) for event in extension.event_ids
    )
    return tuple(dict.fromkeys((*KNOWN, *sorted(registered))))


def parse(event: Vim) -> Event:
    """What one event says; an EventEx that names its object only by id gets the matching reference too."""
    kind = api_type(event)
    extended = kind in _EXTENDED
    references = {
        "vm": _reference(event, "vm", "vm"),
        "host": _reference(event, "host", "host"),
        "cluster": _reference(event, "computeResource", "computeResource"),
        "datastore": _reference(event, "ds", "datastore"),
    }
    object_id = None
    if extended:
        object_type, object_id = _subject(event)
        known_as = _OBJECTS.get(object_type or "")
        if known_as and references[known_as] is None:
            references[known_as] = object_id
    at, name = moment(event.createdTime), text(getattr(event.vm, "name", None))
    if at is None:
        raise ValueError(f"event {event.key} has no time")
    return Event(
        key=int(event.key),
        type=sys.intern(str(event.eventTypeId if extended else kind)),
        at=at,
        chain=None if event.chainId is None else int(event.chainId),
        user=sys.intern(str(event.userName or "")),
        vm_name=None if name is None else entity_name(name),
        datacenter=_reference(event, "datacenter", "datacenter"),
        source_host=_reference(event, "sourceHost", "host"),
        source_datastore=_reference(event, "sourceDatastore", "datastore"),
        dest_host=_reference(event, "destHost", "host"),
        source_vm=_reference(event, "sourceVm", "vm") or _reference(event, "srcTemplate", "vm"),
        object_id=object_id,
        arguments=_arguments(event) if extended else (),
        **references,
    )


def _reference(event: Vim, argument: str, member: str) -> str | None:
    """The managed object id inside an event argument that not every event has."""
    ref = getattr(getattr(event, argument, None), member, None)
    return None if ref is None else moid(ref)


def _subject(event: Vim) -> tuple[str | None, str | None]:
    """Type and id of the object that an extended event is about."""
    managed = getattr(event, "managedObject", None)
    if managed is not None:
        return api_type(managed), moid(managed)
    return api_name(getattr(event, "objectType", None)), text(getattr(event, "objectId", None))


def _arguments(event: Vim) -> tuple[tuple[str, str], ...]:
    """Named values of an extended event, as text."""
    pairs = getattr(event, "arguments", None) or getattr(event, "data", None) or ()
    return tuple((str(pair.key), "" if pair.value is None else str(pair.value)) for pair in pairs)
