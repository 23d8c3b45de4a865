"""The allow list: which properties and elements may pass, each by its rule. What is not here is replaced.

``DATA`` is by data type of the API and its property, inherited by subtypes; ``OBJECTS`` by managed object type and property
path; ``REQUESTS`` by method and parameter; ``ANSWERS`` by method, where the answer is a single value.

``KEEP`` takes the rule that belongs to the declared type: booleans, numbers,
times and values of enumerations pass as such. Text never passes without a rule of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.vcenter.anonymise import rules
from collector.vcenter.anonymise.pseudonyms import Pseudonyms
from collector.vcenter.anonymise.rules import Rule, among, matching

KEEP = None
"""By the declared type."""

Fields = Mapping[str, Rule | None]


def _path(text: str, _: Pseudonyms) -> str | None:
    """A property path that is among those asked for, or the beginning of one."""
    return text if text in PATHS else None


_PRIORITY = among("lowest", "low", "medium", "high", "highest", "disabled", "clusterRestartPriority", "custom")
_SWITCH = among("enabled", "disabled", "clusterDefault")
_MONITORING = among("vmMonitoringDisabled", "vmMonitoringOnly", "vmAndAppMonitoring")
_GROUP = rules.name
_ROLE = among("placeholderVm", "testVm", "cluster-agent", "agent", "vApp", "vm", "VirtualMachine", "HostSystem")
_COMPLIANCE = among("compliant", "nonCompliant", "unknown", "running")
_LOCALE = matching(r"[a-z]{2}(?:_[A-Z]{2})?|INTL")
_PRIVILEGE = matching(r"(?:[A-Z][A-Za-z]{1,30})(?:\.[A-Z][A-Za-z]{1,40}){1,3}")

DATA: Mapping[str, Fields] = {
    # The session and what the server says of itself
    "ServiceContent": {},
    "AboutInfo": {
        "name": rules.product,
        "fullName": rules.product,
        "vendor": rules.product,
        "version": rules.version,
        "build": rules.version,
        "localeVersion": _LOCALE,
        "localeBuild": rules.WHOLE,
        "osType": matching(r"(?:linux|win32|darwin|vmnix)(?:-x(?:86|64))?"),
        "productLineId": among("vpx", "esx", "embeddedEsx", "gsx", "ws", "server"),
        "apiType": among("VirtualCenter", "HostAgent"),
        "apiVersion": rules.version,
        "instanceUuid": rules.uuid,
        "licenseProductName": rules.product,
        "licenseProductVersion": rules.version,
    },
    "UserSession": {"locale": _LOCALE, "messageLocale": _LOCALE, "extensionSession": KEEP},
    # How properties are asked for and answered
    "PropertySpec": {"type": rules.type_name, "pathSet": _path, "all": KEEP},
    "PropertyFilterSpec": {"reportMissingObjectsInResults": KEEP},
    "ObjectSpec": {"skip": KEEP},
    "TraversalSpec": {"type": rules.type_name, "path": among("view"), "skip": KEEP},
    "RetrieveOptions": {"maxObjects": KEEP},
    "WaitOptions": {"maxWaitSeconds": KEEP, "maxObjectUpdates": KEEP},
    "RetrieveResult": {"token": rules.token},
    "UpdateSet": {"version": rules.token, "truncated": KEEP},
    "ObjectUpdate": {"kind": KEEP},
    "PropertyChange": {"name": _path, "op": KEEP},
    "DynamicProperty": {"name": _path},
    "MissingProperty": {"path": _path},
    "OptionValue": {
        "key": matching(r"event\.[A-Za-z]{1,30}"),
        "value": matching(r"\d{1,9}|true|false"),
    },
    # Faults
    "NoPermission": {"privilegeId": _PRIVILEGE},
    "NoPermissionEntityPrivileges": {"privilegeIds": _PRIVILEGE},
    "InvalidProperty": {"name": _path},
    "InvalidArgument": {"invalidProperty": _path},
    # Virtual machines, hosts, datastores, pools
    "VirtualMachineRuntimeInfoDasProtectionState": {"dasProtected": KEEP},
    "ManagedByInfo": {"extensionKey": rules.extension_key, "type": _ROLE},
    "VirtualMachineContentLibraryItemInfo": {"contentLibraryItemUuid": rules.uuid},
    "ResourceAllocationInfo": {"reservation": KEEP, "limit": KEEP, "expandableReservation": KEEP},
    "SharesInfo": {"shares": KEEP, "level": KEEP},
    "CustomFieldValue": {"key": KEEP},
    "CustomFieldStringValue": {"value": rules.value},
    "VirtualMachineSnapshotTree": {"name": rules.snapshot, "id": KEEP, "createTime": KEEP, "state": KEEP, "quiesced": KEEP},
    "HostMountInfo": {"accessMode": among("readWrite", "readOnly"), "mounted": KEEP, "accessible": KEEP},
    # Clusters
    "ClusterDasConfigInfo": {
        "enabled": KEEP,
        "hostMonitoring": _SWITCH,
        "vmMonitoring": _MONITORING,
        "vmComponentProtecting": _SWITCH,
        "admissionControlEnabled": KEEP,
    },
    "ClusterDasVmSettings": {"restartPriority": _PRIORITY},
    "ClusterDasVmConfigInfo": {"restartPriority": KEEP},
    "ClusterVmToolsMonitoringSettings": {"enabled": KEEP, "vmMonitoring": _MONITORING, "clusterSettings": KEEP},
    "ClusterDrsConfigInfo": {
        "enabled": KEEP,
        "enableVmBehaviorOverrides": KEEP,
        "defaultVmBehavior": KEEP,
        "vmotionRate": KEEP,
    },
    "ClusterDrsVmConfigInfo": {"enabled": KEEP, "behavior": KEEP},
    "ClusterRuleInfo": {"name": rules.name, "enabled": KEEP},
    "ClusterVmHostRuleInfo": {"vmGroupName": _GROUP, "affineHostGroupName": _GROUP, "antiAffineHostGroupName": _GROUP},
    "ClusterDependencyRuleInfo": {"vmGroup": _GROUP, "dependsOnVmGroup": _GROUP},
    "ClusterGroupInfo": {"name": _GROUP},
    "ClusterDpmConfigInfo": {"enabled": KEEP},
    "ClusterProactiveDrsConfigInfo": {"enabled": KEEP},
    "ClusterInfraUpdateHaConfigInfo": {"enabled": KEEP},
    "VsanClusterConfigInfo": {"enabled": KEEP},
    "ComputeResourceSummary": {"totalCpu": KEEP, "totalMemory": KEEP, "numCpuCores": KEEP, "numHosts": KEEP},
    "ClusterComputeResourceSummary": {
        "numVmotions": KEEP,
        "drsScore": KEEP,
        "currentBalance": KEEP,
        "targetBalance": KEEP,
        "currentEVCModeKey": matching(r"(?:intel|amd)-[a-z0-9]{1,20}"),
    },
    "ClusterFailoverLevelAdmissionControlInfo": {"currentFailoverLevel": KEEP},
    "ClusterFailoverResourcesAdmissionControlInfo": {
        "currentCpuFailoverResourcesPercent": KEEP,
        "currentMemoryFailoverResourcesPercent": KEEP,
    },
    "ClusterDasDataSummary": {"hostListVersion": KEEP, "clusterConfigVersion": KEEP},
    "ClusterUsageSummary": {"totalCpuCapacityMhz": KEEP, "cpuDemandMhz": KEEP},
    # What the managers know
    "Extension": {
        "key": rules.extension_key,
        "version": rules.version,
        "company": rules.product,
        "lastHeartbeatTime": KEEP,
    },
    "ExtensionEventTypeInfo": {"eventID": rules.event_id},
    "ExtManagedEntityInfo": {"type": _ROLE},
    "CustomFieldDef": {"key": KEEP, "name": rules.attribute, "type": rules.type_name, "managedObjectType": rules.type_name},
    "LicenseManagerLicenseInfo": {
        "editionKey": matching(r"(?:esx|vc|vs|vsan|nsx|eval|desktop|srm|vcops|vcloud|vcf|host|hypervisor)[A-Za-z0-9.]{0,40}"),
        "name": rules.product,
        "total": KEEP,
        "used": KEEP,
    },
    # Events
    "EventFilterSpec": {"eventTypeId": rules.event_id, "disableFullMessage": KEEP},
    "EventFilterSpecByTime": {"beginTime": KEEP, "endTime": KEEP},
    "Event": {"key": KEEP, "chainId": KEEP, "createdTime": KEEP, "userName": rules.user},
    "VmEvent": {"template": KEEP},
    "EntityEventArgument": {"name": rules.name},
    "EventEx": {
        "eventTypeId": rules.event_id,
        "severity": among("info", "warning", "error", "user"),
        "objectId": rules.reference,
        "objectType": rules.type_name,
        "objectName": rules.name,
    },
    "ExtendedEvent": {"eventTypeId": rules.event_id},
}

OBJECTS: Mapping[str, Fields] = {
    "ManagedEntity": {"name": rules.name, "parent": KEEP, "customValue": KEEP},
    "ComputeResource": dict.fromkeys(("host", "datastore", "configurationEx", "summary", "lifecycleManaged")),
    "ClusterComputeResource": dict.fromkeys(("recommendation", "migrationHistory", "actionHistory")),
    "HostSystem": {
        "summary.hardware.numCpuPkgs": KEEP,
        "summary.hardware.numCpuCores": KEEP,
        "summary.hardware.numCpuThreads": KEEP,
        "summary.hardware.memorySize": KEEP,
        "summary.hardware.cpuModel": rules.hardware,
        "summary.hardware.vendor": rules.hardware,
        "summary.hardware.model": rules.hardware,
        "summary.config.vmotionEnabled": KEEP,
        "summary.config.faultToleranceEnabled": KEEP,
        "summary.config.product.version": rules.version,
        "summary.config.product.build": rules.version,
        "runtime.connectionState": KEEP,
        "runtime.powerState": KEEP,
        "runtime.inMaintenanceMode": KEEP,
        "runtime.dasHostState.state": among(
            "uninitialized",
            "initializing",
            "election",
            "master",
            "connectedToMaster",
            "networkPartitionedFromMaster",
            "networkIsolated",
            "hostDown",
            "initializationError",
            "uninitializationError",
            "fdmUnreachable",
        ),
    },
    "VirtualMachine": {
        "parentVApp": KEEP,
        "resourcePool": KEEP,
        "datastore": KEEP,
        "network": KEEP,
        "runtime.host": KEEP,
        "runtime.powerState": KEEP,
        "runtime.connectionState": KEEP,
        "runtime.faultToleranceState": KEEP,
        "runtime.dasVmProtection": KEEP,
        "config.template": KEEP,
        "config.guestId": rules.guest_id,
        "config.guestFullName": rules.nothing,
        "config.version": matching(r"vmx-\d{1,3}"),
        "config.createDate": KEEP,
        "config.hardware.numCPU": KEEP,
        "config.hardware.memoryMB": KEEP,
        "config.ftInfo.role": KEEP,
        "config.managedBy": KEEP,
        "config.annotation": rules.note,
        "config.contentLibItemInfo": KEEP,
        "config.cpuAllocation": KEEP,
        "config.memoryAllocation": KEEP,
        "config.changeVersion": rules.nothing,
        "guest.toolsVersionStatus2": matching(r"guestTools[A-Z][A-Za-z]{2,30}"),
        "guest.toolsRunningStatus": matching(r"guestTools[A-Z][A-Za-z]{2,30}"),
        "snapshot": KEEP,
        "summary.storage.committed": KEEP,
    },
    "Datastore": {
        "summary.type": among("VMFS", "NFS", "NFS41", "CIFS", "vsan", "vsanD", "VFFS", "VVOL", "PMEM", "OTHER", "vfat"),
        "summary.capacity": KEEP,
        "summary.freeSpace": KEEP,
        "summary.multipleHostAccess": KEEP,
        "summary.accessible": KEEP,
        "host": KEEP,
    },
    "StoragePod": {
        "podStorageDrsEntry.storageDrsConfig.podConfig.enabled": KEEP,
        "podStorageDrsEntry.storageDrsConfig.podConfig.defaultVmBehavior": among("manual", "automated"),
    },
    "ResourcePool": {"owner": KEEP, "config.cpuAllocation": KEEP, "config.memoryAllocation": KEEP},
    "VirtualApp": {"parentFolder": KEEP},
    "DistributedVirtualSwitch": {"summary.hostMember": KEEP},
    "ExtensionManager": {"extensionList": KEEP},
    "CustomFieldsManager": {"field": KEEP},
    "LicenseManager": {"licenses": KEEP},
    "ScheduledTaskManager": {"scheduledTask": KEEP},
    "HostProfileManager": {"profile": KEEP},
    "ProfileManager": {"profile": KEEP},
    "Profile": {"name": rules.name, "entity": KEEP, "complianceStatus": _COMPLIANCE},
}

REQUESTS: Mapping[str, Fields] = {
    "Login": {"locale": _LOCALE},
    "RetrievePropertiesEx": {},
    "ContinueRetrievePropertiesEx": {"token": rules.token},
    "WaitForUpdatesEx": {"version": rules.token},
    "CreateFilter": {"partialUpdates": KEEP},
    "CreateContainerView": {"type": rules.type_name, "recursive": KEEP},
    "QueryOptions": {"name": among("event.")},
    "ReadNextEvents": {"maxCount": KEEP},
    "CreateCollectorForEvents": {},
}

ANSWERS: Fields = {"CurrentTime": KEEP, "SessionIsActive": KEEP}

PATHS = frozenset(
    ".".join(parts[:length])
    for fields in OBJECTS.values()
    for path in fields
    for parts in [path.split(".")]
    for length in range(1, len(parts) + 1)
)
"""Every path that may be named, and the beginnings of them, which a fault may name instead."""
