"""Clusters: settings of HA, DRS and their companions."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from pyVmomi import vim

from collector.facts import ClusterGroup, ClusterRule, DrsConfig, DrsOverride, HaConfig, HaOverride
from collector.gatherers.clusters import TOPIC
from collector.wants import Vim

VM = vim.VirtualMachine("vm-1", None)
HOST = vim.HostSystem("host-1", None)


def parse(**config: Vim) -> Vim:
    """A cluster with this configuration."""
    return TOPIC.parse("domain-c1", "ClusterComputeResource", {"configurationEx": vim.cluster.ConfigInfoEx(**config)})


def test_configuration_of_a_base_type_is_unset() -> None:
    """A configuration without the cluster's members, as a lone compute resource has it, yields nothing and fails nothing."""
    cluster = TOPIC.parse("domain-c1", "ClusterComputeResource", {"configurationEx": vim.ComputeResource.ConfigInfo()})
    assert (cluster.ha, cluster.drs, cluster.rules, cluster.dpm_enabled) == (None, None, (), None)
    assert cluster.unreadable == frozenset()


def test_unset_switch_is_not_off() -> None:
    """HA settings that do not say whether HA is on leave that unknown."""
    assert parse(dasConfig=vim.cluster.DasConfigInfo()).ha == HaConfig(enabled=None)


def test_ha_settings() -> None:
    """Every HA setting is read, the admission policy by its API type."""
    das = vim.cluster.DasConfigInfo(
        enabled=True,
        hostMonitoring="enabled",
        vmMonitoring="vmMonitoringOnly",
        vmComponentProtecting="disabled",
        admissionControlEnabled=False,
        admissionControlPolicy=vim.cluster.FailoverLevelAdmissionControlPolicy(failoverLevel=1),
        defaultVmSettings=vim.cluster.DasVmSettings(restartPriority="medium"),
    )
    assert parse(dasConfig=das).ha == HaConfig(
        enabled=True,
        host_monitoring="enabled",
        vm_monitoring="vmMonitoringOnly",
        component_protection="disabled",
        admission_control=False,
        admission_policy="ClusterFailoverLevelAdmissionControlPolicy",
        restart_priority="medium",
    )


def test_ha_overrides() -> None:
    """An override that says to follow the cluster is none; the settings of a machine win over the older property."""
    monitoring = vim.cluster.VmToolsMonitoringSettings(clusterSettings=False, vmMonitoring="vmMonitoringDisabled")
    cluster = parse(
        dasVmConfig=[
            vim.cluster.DasVmConfigInfo(
                key=VM,
                restartPriority="high",
                dasSettings=vim.cluster.DasVmSettings(restartPriority="highest", vmToolsMonitoringSettings=monitoring),
            ),
            vim.cluster.DasVmConfigInfo(key=vim.VirtualMachine("vm-2", None), restartPriority="disabled"),
            vim.cluster.DasVmConfigInfo(
                key=vim.VirtualMachine("vm-3", None),
                dasSettings=vim.cluster.DasVmSettings(
                    restartPriority="clusterRestartPriority",
                    vmToolsMonitoringSettings=vim.cluster.VmToolsMonitoringSettings(clusterSettings=True),
                ),
            ),
        ]
    )
    assert cluster.ha_overrides == (
        HaOverride("vm-1", "highest", "vmMonitoringDisabled"),
        HaOverride("vm-2", "disabled"),
        HaOverride("vm-3"),
    )


def test_drs_settings_and_overrides() -> None:
    """DRS settings of the cluster and of one machine."""
    cluster = parse(
        drsConfig=vim.cluster.DrsConfigInfo(
            enabled=True, defaultVmBehavior="partiallyAutomated", vmotionRate=5, enableVmBehaviorOverrides=False
        ),
        drsVmConfig=[
            vim.cluster.DrsVmConfigInfo(key=VM, enabled=False),
            vim.cluster.DrsVmConfigInfo(key=VM, behavior="manual"),
        ],
    )
    assert cluster.drs == DrsConfig(enabled=True, behavior="partiallyAutomated", vmotion_rate=5, overrides_allowed=False)
    assert cluster.drs_overrides == (DrsOverride("vm-1", enabled=False), DrsOverride("vm-1", behavior="manual"))


def test_rules_and_groups() -> None:
    """Rules between machines name them, rules between groups name the groups."""
    cluster = parse(
        rule=[
            vim.cluster.AntiAffinityRuleSpec(name="apart", enabled=True, vm=[VM]),
            vim.cluster.AffinityRuleSpec(name="together", enabled=False, vm=[VM]),
            vim.cluster.VmHostRuleInfo(name="licensed", enabled=True, vmGroupName="db", affineHostGroupName="big"),
            vim.cluster.VmHostRuleInfo(name="not there", vmGroupName="db", antiAffineHostGroupName="small"),
            vim.cluster.DependencyRuleInfo(name="after", enabled=True, vmGroup="web", dependsOnVmGroup="db"),
        ],
        group=[vim.cluster.VmGroup(name="db", vm=[VM]), vim.cluster.HostGroup(name="big", host=[HOST])],
    )
    assert cluster.rules == (
        ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1",)),
        ClusterRule("together", "ClusterAffinityRuleSpec", enabled=False, vms=("vm-1",)),
        ClusterRule("licensed", "ClusterVmHostRuleInfo", enabled=True, vm_group="db", host_group="big"),
        ClusterRule("not there", "ClusterVmHostRuleInfo", enabled=None, vm_group="db", host_group="small"),
        ClusterRule("after", "ClusterDependencyRuleInfo", enabled=True, vm_group="web"),
    )
    assert cluster.groups == (ClusterGroup("db", vms=("vm-1",)), ClusterGroup("big", hosts=("host-1",)))


def test_companions() -> None:
    """Power management, proactive DRS, proactive HA and vSAN are on, off or not there."""
    cluster = parse(
        dpmConfigInfo=vim.cluster.DpmConfigInfo(enabled=False),
        proactiveDrsConfig=vim.cluster.ProactiveDrsConfigInfo(enabled=True),
        vsanConfigInfo=vim.vsan.cluster.ConfigInfo(enabled=True),
    )
    assert (cluster.dpm_enabled, cluster.proactive_drs, cluster.proactive_ha, cluster.vsan_enabled) == (False, True, None, True)


def test_summary_of_a_base_type_has_no_motions() -> None:
    """A summary without the cluster's members leaves them unknown rather than zero."""
    summary = vim.ComputeResource.Summary(totalCpu=1000)
    cluster = TOPIC.parse("domain-c1", "ClusterComputeResource", {"summary": summary})
    assert (cluster.total_cpu_mhz, cluster.num_vmotions, cluster.drs_score) == (1000, None, None)


def test_summary_and_histories() -> None:
    """What DRS has done, and how the cluster stands."""
    cluster = TOPIC.parse(
        "domain-c1",
        "ClusterComputeResource",
        {
            "host": [HOST],
            "datastore": [],
            "summary": vim.ClusterComputeResource.Summary(
                numVmotions=10151,
                drsScore=87,
                currentBalance=50,
                targetBalance=200,
                currentEVCModeKey="intel-skylake",
                usageSummary=vim.cluster.UsageSummary(cpuDemandMhz=1234),
                admissionControlInfo=vim.cluster.FailoverResourcesAdmissionControlInfo(
                    currentCpuFailoverResourcesPercent=62, currentMemoryFailoverResourcesPercent=48
                ),
                dasData=vim.cluster.DasDataSummary(hostListVersion=5, clusterConfigVersion=3, compatListVersion=1),
            ),
            "recommendation": [],
            "migrationHistory": [vim.cluster.DrsMigration(), vim.cluster.DrsMigration()],
            "actionHistory": [vim.cluster.ActionHistory()],
            "lifecycleManaged": False,
        },
    )
    assert (cluster.failover_cpu_percent, cluster.failover_memory_percent, cluster.failover_level) == (62, 48, None)
    assert (cluster.drs_actions, cluster.ha_data_version) == (1, 5)
    assert (cluster.num_vmotions, cluster.drs_score, cluster.current_balance, cluster.target_balance) == (10151, 87, 50, 200)
    assert (cluster.evc_mode, cluster.cpu_demand_mhz) == ("intel-skylake", 1234)
    assert (cluster.recommendations, cluster.drs_migrations, cluster.lifecycle_managed) == (0, 2, False)
    assert (cluster.hosts, cluster.datastores) == (("host-1",), ())
