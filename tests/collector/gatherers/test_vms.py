"""Virtual machines, property by property."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pyVmomi import vim

from collector.facts import Allocation, ManagedBy, SnapshotEntry
from collector.gatherers.vms import TOPIC
from collector.wants import Vim

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tree(name: str, *children: Vim) -> Vim:
    """A snapshot with its children."""
    return vim.vm.SnapshotTree(name=name, createTime=AT, childSnapshotList=list(children))


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        ("name", "a%2fb", "name", "a/b"),
        ("parent", vim.Folder("group-v3", None), "parent", "group-v3"),
        ("parentVApp", vim.VirtualApp("resgroup-v9", None), "vapp", "resgroup-v9"),
        ("resourcePool", vim.ResourcePool("resgroup-8", None), "resource_pool", "resgroup-8"),
        ("datastore", [vim.Datastore("datastore-1", None)], "datastores", ("datastore-1",)),
        ("network", [vim.Network("network-1", None), vim.Network("network-2", None)], "networks", ("network-1", "network-2")),
        ("runtime.host", vim.HostSystem("host-1", None), "host", "host-1"),
        ("runtime.powerState", vim.VirtualMachine.PowerState.suspended, "power", "suspended"),
        ("runtime.connectionState", vim.VirtualMachine.ConnectionState.orphaned, "connection", "orphaned"),
        ("runtime.faultToleranceState", vim.VirtualMachine.FaultToleranceState.running, "ft_state", "running"),
        ("runtime.dasVmProtection", vim.vm.RuntimeInfo.DasProtectionState(dasProtected=False), "ha_protected", False),
        ("config.template", False, "template", False),
        ("config.guestId", "windows9Server64Guest", "guest_id", "windows9Server64Guest"),
        (
            "config.guestFullName",
            "Microsoft Windows Server 2016 (64-bit)",
            "guest_name",
            "Microsoft Windows Server 2016 (64-bit)",
        ),
        ("config.version", "vmx-15", "hardware_version", "vmx-15"),
        ("config.createDate", AT, "created", AT),
        ("config.hardware.numCPU", 0, "vcpus", 0),
        ("config.hardware.memoryMB", 4096, "memory_mb", 4096),
        ("config.ftInfo.role", 2, "ft_role", 2),
        (
            "config.managedBy",
            vim.ext.ManagedByInfo(extensionKey="com.vmware.vcDr", type="placeholderVm"),
            "managed_by",
            ManagedBy("com.vmware.vcDr", "placeholderVm"),
        ),
        ("config.annotation", "", "annotation", ""),
        (
            "config.contentLibItemInfo",
            vim.vm.ContentLibraryItemInfo(contentLibraryItemUuid="123", contentLibraryItemVersion="1"),
            "from_content_library",
            True,
        ),
        (
            "config.cpuAllocation",
            vim.ResourceAllocationInfo(shares=vim.SharesInfo(shares=2000, level="custom"), reservation=100, limit=-1),
            "cpu",
            Allocation("custom", 2000, 100, -1),
        ),
        (
            "config.memoryAllocation",
            vim.ResourceAllocationInfo(shares=vim.SharesInfo(shares=20, level="low"), reservation=0, limit=512),
            "memory",
            Allocation("low", 20, 0, 512),
        ),
        ("guest.toolsVersionStatus2", "guestToolsCurrent", "tools_version", "guestToolsCurrent"),
        ("guest.toolsRunningStatus", "guestToolsRunning", "tools_running", "guestToolsRunning"),
        ("customValue", [vim.CustomFieldsManager.StringValue(key=7, value="gold")], "custom_values", ((7, "gold"),)),
        ("customValue", [vim.CustomFieldsManager.Value(key=7)], "custom_values", ()),
        (
            "snapshot",
            vim.vm.SnapshotInfo(rootSnapshotList=[tree("a", tree("b", tree("c")), tree("d")), tree("e")]),
            "snapshots",
            tuple(SnapshotEntry(name, AT) for name in "abcde"),
        ),
        ("summary.storage.committed", 10**12, "storage_bytes", 10**12),
    ],
)
def test_property_fills_its_field(path: str, value: object, field: str, expected: object) -> None:
    """The value read is the value of the field, in plain types."""
    vm = TOPIC.parse("vm-1", "VirtualMachine", {path: value})
    assert getattr(vm, field) == expected
    assert type(getattr(vm, field)) is type(expected)
    assert vm.unreadable == frozenset()


def test_vapp_child_has_no_parent_folder() -> None:
    """A machine inside a vApp has no folder; both answers are kept."""
    vm = TOPIC.parse("vm-1", "VirtualMachine", {"parent": None, "parentVApp": vim.VirtualApp("resgroup-v1", None)})
    assert (vm.parent, vm.vapp) == (None, "resgroup-v1")


def test_deep_snapshot_chain_is_flattened() -> None:
    """Chains may be longer than a recursion would go."""
    chain = tree("0")
    for number in range(1, 2000):
        chain = tree(str(number), chain)
    vm = TOPIC.parse("vm-1", "VirtualMachine", {"snapshot": vim.vm.SnapshotInfo(rootSnapshotList=[chain])})
    assert len(vm.snapshots) == 2000
