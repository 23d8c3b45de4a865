"""Words of the platform itself, which say nothing about whose it is."""

from __future__ import annotations

SINGLETONS = frozenset(
    """
    ServiceInstance AlarmManager AuthorizationManager ClusterProfileManager CompatChecker CryptoManager
    CustomFieldsManager CustomizationSpecManager DVSManager DatastoreNamespaceManager DiagMgr EventManager
    ExtensionManager FailoverClusterConfigurator FailoverClusterManager FileManager GuestCustomizationManager
    HealthUpdateManager HostProfileManager HostSpecificationManager IoFilterManager IpPoolManager LicenseManager
    LocalizationManager MoComplianceManager OverheadMemoryManager OvfManager PerfMgr ProvChecker
    ScheduledTaskManager SearchIndex ServiceMgr SessionManager SiteInfoManager SnmpSystem StorageQueryManager
    StorageResourceManager TaskManager TenantManager UserDirectory VStorageObjectManager ViewManager VpxSettings
    certificateManager guestOperationsManager propertyCollector virtualDiskManager
    """.split()  # noqa: SIM905 - a list would be a page of quotation marks
)
"""Ids of the managers that every vCenter has once."""

PRODUCT_WORDS = frozenset(
    """
    vmware inc vsphere vcenter virtualcenter server esx esxi enterprise plus standard essentials essentialsplus
    essplus advanced foundation basic hypervisor evaluation eval mode license licence edition for cpu cpus core
    cores with and operations management remote office branch desktop robo nsx vsan horizon vcloud suite cloud aria
    vrealize site recovery manager tanzu kit acceleration scale out build esxbasic esxfull vpx standalone hosts host
    up to per vm vms product datacenter data center processor processors unlimited days day free version update
    """.split()  # noqa: SIM905 - a list would be a page of quotation marks
)
"""The words that names of products, editions and vendors of the platform consist of, in lower case."""
