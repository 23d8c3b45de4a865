"""Hosts, datastores, pods, pools, folders, datacenters and switches, property by property."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from collector.facts import Allocation
from collector.gatherers import datacenters, datastores, folders, hosts, resource_pools, storage_pods, switches
from collector.wants import Topic, Vim

PARENT = vim.Folder("group-d1", None)
SHARES = vim.ResourceAllocationInfo(shares=vim.SharesInfo(shares=4000, level="normal"), reservation=0, limit=-1)
POD = "podStorageDrsEntry.storageDrsConfig.podConfig"


def mount(host: str, *, mounted: bool | None) -> Vim:
    """A mount of a datastore."""
    return vim.Datastore.HostMount(key=vim.HostSystem(host, None), mountInfo=vim.host.MountInfo(mounted=mounted))


@pytest.mark.parametrize(
    ("topic", "path", "value", "field", "expected"),
    [
        (hosts.TOPIC, "name", "esx1", "name", "esx1"),
        (hosts.TOPIC, "parent", vim.ComputeResource("domain-s1", None), "parent", "domain-s1"),
        (hosts.TOPIC, "summary.hardware.numCpuPkgs", 2, "sockets", 2),
        (hosts.TOPIC, "summary.hardware.numCpuCores", 32, "cores", 32),
        (hosts.TOPIC, "summary.hardware.numCpuThreads", 64, "threads", 64),
        (hosts.TOPIC, "summary.hardware.memorySize", 2**40, "memory_bytes", 2**40),
        (hosts.TOPIC, "summary.hardware.cpuModel", "Xeon", "cpu_model", "Xeon"),
        (hosts.TOPIC, "summary.hardware.vendor", "Dell Inc.", "vendor", "Dell Inc."),
        (hosts.TOPIC, "summary.hardware.model", "R740", "model", "R740"),
        (hosts.TOPIC, "summary.config.vmotionEnabled", False, "vmotion_enabled", False),
        (hosts.TOPIC, "summary.config.faultToleranceEnabled", True, "ft_enabled", True),
        (hosts.TOPIC, "summary.config.product.version", "7.0.3", "version", "7.0.3"),
        (hosts.TOPIC, "summary.config.product.build", "19193900", "build", "19193900"),
        (hosts.TOPIC, "runtime.connectionState", vim.HostSystem.ConnectionState.notResponding, "connection", "notResponding"),
        (hosts.TOPIC, "runtime.powerState", vim.HostSystem.PowerState.standBy, "power", "standBy"),
        (hosts.TOPIC, "runtime.inMaintenanceMode", True, "in_maintenance", True),
        (hosts.TOPIC, "runtime.dasHostState.state", "master", "ha_state", "master"),
        (datastores.TOPIC, "name", "ds1", "name", "ds1"),
        (datastores.TOPIC, "parent", vim.StoragePod("group-p1", None), "parent", "group-p1"),
        (datastores.TOPIC, "summary.type", "VMFS", "type", "VMFS"),
        (datastores.TOPIC, "summary.capacity", 0, "capacity", 0),
        (datastores.TOPIC, "summary.freeSpace", 10, "free", 10),
        (datastores.TOPIC, "summary.multipleHostAccess", True, "multiple_host_access", True),
        (datastores.TOPIC, "summary.accessible", False, "accessible", False),
        (
            datastores.TOPIC,
            "host",
            [mount("host-1", mounted=True), mount("host-2", mounted=False), mount("host-3", mounted=None)],
            "hosts",
            ("host-1", "host-3"),
        ),
        (storage_pods.TOPIC, "name", "pod", "name", "pod"),
        (storage_pods.TOPIC, "parent", PARENT, "parent", "group-d1"),
        (storage_pods.TOPIC, f"{POD}.enabled", False, "sdrs_enabled", False),
        (storage_pods.TOPIC, f"{POD}.defaultVmBehavior", "automated", "sdrs_behavior", "automated"),
        (resource_pools.TOPIC, "name", "Resources", "name", "Resources"),
        (resource_pools.TOPIC, "parent", vim.ClusterComputeResource("domain-c1", None), "parent", "domain-c1"),
        (resource_pools.TOPIC, "owner", vim.ClusterComputeResource("domain-c1", None), "owner", "domain-c1"),
        (resource_pools.TOPIC, "config.cpuAllocation", SHARES, "cpu", Allocation("normal", 4000, 0, -1)),
        (resource_pools.TOPIC, "config.memoryAllocation", SHARES, "memory", Allocation("normal", 4000, 0, -1)),
        (folders.TOPIC, "name", "vm", "name", "vm"),
        (folders.TOPIC, "parent", vim.Datacenter("datacenter-1", None), "parent", "datacenter-1"),
        (datacenters.TOPIC, "name", "Berlin", "name", "Berlin"),
        (datacenters.TOPIC, "parent", PARENT, "parent", "group-d1"),
        (switches.TOPIC, "name", "dvs", "name", "dvs"),
        (switches.TOPIC, "parent", PARENT, "parent", "group-d1"),
        (switches.TOPIC, "summary.hostMember", [vim.HostSystem("host-1", None)], "hosts", ("host-1",)),
    ],
)
def test_property_fills_its_field(topic: Topic[Any], path: str, value: object, field: str, expected: object) -> None:
    """The value read is the value of the field, in plain types."""
    fact = topic.parse("x-1", topic.types[0], {path: value})
    assert getattr(fact, field) == expected
    assert type(getattr(fact, field)) is type(expected)


def test_vapp_is_a_resource_pool_of_its_kind() -> None:
    """A vApp is told from a resource pool by its type."""
    assert resource_pools.TOPIC.parse("resgroup-v1", "VirtualApp", {}).is_vapp
    assert not resource_pools.TOPIC.parse("resgroup-1", "ResourcePool", {}).is_vapp
