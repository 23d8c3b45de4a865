"""The mirror: what entering, changing and leaving objects do to facts."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from types import SimpleNamespace

import pytest
from pyVmomi import vim, vmodl

from collector.facts import Cluster, VirtualMachine
from collector.gatherers import clusters, folders, resource_pools, vms
from collector.vcenter.mirror import Mirror
from collector.wants import Vim

PC = vmodl.query.PropertyCollector
VM = vim.VirtualMachine("vm-1", None)
DENIED = vim.fault.NoPermission(privilegeId="System.Read")


def change(name: str, val: object) -> Vim:
    """An assignment of a property."""
    return SimpleNamespace(name=name, op="assign", val=val)


def update(kind: str, obj: Vim = VM, missing: tuple[str, ...] = (), **values: Vim) -> Vim:
    """An object update; ``__`` in a name is a dot."""
    return SimpleNamespace(
        obj=obj,
        kind=kind,
        changeSet=[change(name.replace("__", "."), value) for name, value in values.items()],
        missingSet=[SimpleNamespace(path=path, fault=DENIED) for path in missing],
    )


def content(obj: Vim, missing: tuple[str, ...] = (), **values: Vim) -> Vim:
    """An object content."""
    return SimpleNamespace(
        obj=obj,
        propSet=[SimpleNamespace(name=name.replace("__", "."), val=value) for name, value in values.items()],
        missingSet=[SimpleNamespace(path=path, fault=DENIED) for path in missing],
    )


@pytest.fixture
def mirror() -> Mirror:
    """A mirror that has reported its first change."""
    made = Mirror([vms.TOPIC, folders.TOPIC, resource_pools.TOPIC, clusters.TOPIC])
    made.changed = False
    return made


def only(mirror: Mirror) -> VirtualMachine:
    """The one virtual machine."""
    (vm,) = mirror.facts("vms")
    assert isinstance(vm, VirtualMachine)
    return vm


def test_object_of_no_topic_is_ignored(mirror: Mirror) -> None:
    """A kind of object that nobody asked about is no fact and no error."""
    mirror.update([update("enter", vim.Network("network-1", None), name="n")])
    assert not mirror.changed


def test_leaving_twice_changes_once(mirror: Mirror) -> None:
    """An object that is gone cannot go again."""
    mirror.update([update("enter", name="a"), update("leave")])
    assert mirror.facts("vms") == ()
    mirror.changed = False
    mirror.update([update("leave")])
    assert not mirror.changed


def test_same_value_is_no_change(mirror: Mirror) -> None:
    """An update that says what is known already leaves the very same fact."""
    mirror.update([update("enter", name="a", runtime__powerState="poweredOn")])
    before = only(mirror)
    mirror.changed = False
    mirror.update([update("modify", runtime__powerState="poweredOn")])
    mirror.update([update("enter", name="a", runtime__powerState="poweredOn")])
    assert only(mirror) is before
    assert not mirror.changed


def test_modify_changes_only_its_property(mirror: Mirror) -> None:
    """What an update does not name stays."""
    mirror.update([update("enter", name="a", runtime__powerState="poweredOn", config__hardware__numCPU=2)])
    mirror.update([update("modify", runtime__powerState="poweredOff")])
    assert (only(mirror).name, only(mirror).power, only(mirror).vcpus) == ("a", "poweredOff", 2)
    assert mirror.changed
    assert mirror.stale == {}


def test_entering_again_forgets_what_is_not_repeated(mirror: Mirror) -> None:
    """A property that the second entry leaves out is unset now."""
    mirror.update([update("enter", name="a", config__annotation="x"), update("enter", name="a")])
    assert only(mirror).annotation is None


def test_permission_lost_and_regained(mirror: Mirror) -> None:
    """A property is unreadable from the update that says so until the one that brings it."""
    mirror.update([update("enter", name="a", missing=("config.managedBy", "guest"))])
    assert only(mirror).unreadable == {"managed_by", "tools_version", "tools_running"}
    mirror.update([update("modify", guest__toolsRunningStatus="guestToolsRunning")])
    assert only(mirror).unreadable == {"managed_by", "tools_version"}
    mirror.update([update("modify", missing=("runtime.powerState",))])
    assert not only(mirror).knows("power")


def test_property_not_offered_is_unreadable_everywhere(mirror: Mirror) -> None:
    """A path that the release lacks is no longer asked for and named on every object, also after it enters again."""
    mirror.update([update("enter", vim.VirtualMachine("vm-2", None), name="old")])
    mirror.drop_path(vms.TOPIC, "config.contentLibItemInfo")
    assert only(mirror).unreadable == {"from_content_library"}
    mirror.forget("vms", ["vm-2"])
    assert "config.contentLibItemInfo" not in mirror.offered(vms.TOPIC, every_poll=False)
    mirror.update([update("enter", name="a"), update("enter", name="b")])
    assert only(mirror).unreadable == {"from_content_library"}


@pytest.mark.parametrize("path", ["config__changeVersion", "snapshot__currentSnapshot", "config"])
def test_unreported_change_is_remembered(mirror: Mirror, path: str) -> None:
    """A stamp, or a part or a whole of what is wanted, is a reason to read the object again."""
    mirror.update([update("enter", name="a", config__changeVersion="1")])
    assert mirror.stale == {}
    mirror.update([update("modify", VM, (), **{path: "2"})])
    assert mirror.stale == {"vm-1": vms.TOPIC}


def test_change_of_an_unknown_object_is_remembered(mirror: Mirror) -> None:
    """An object that changes before it ever entered is read whole, unless it leaves."""
    mirror.update([update("modify", runtime__powerState="poweredOn")])
    assert mirror.stale == {"vm-1": vms.TOPIC}
    mirror.update([update("leave")])
    assert mirror.stale == {}


def test_reading_again_unsets_what_is_absent(mirror: Mirror) -> None:
    """Of the paths asked for, one that does not come back has no value; others stay."""
    cluster = vim.ClusterComputeResource("domain-c1", None)
    mirror.update([update("enter", cluster, name="c")])
    mirror.reread([content(cluster, host=[vim.HostSystem("host-1", None)])], {"clusters": ("host", "datastore")})
    mirror.reread([content(cluster, missing=("datastore",))], {"clusters": ("host", "datastore")})
    (found,) = mirror.facts("clusters")
    assert isinstance(found, Cluster)
    assert (found.name, found.hosts, set(found.unreadable)) == ("c", (), {"datastores"})


def test_subtypes_share_a_topic(mirror: Mirror) -> None:
    """A vApp is among the resource pools; facts come in the order of their ids."""
    mirror.update([update("enter", vim.VirtualApp("resgroup-9", None), name="v")])
    mirror.update([update("enter", vim.ResourcePool("resgroup-1", None), name="p")])
    assert [(fact.id, getattr(fact, "is_vapp", None)) for fact in mirror.facts("resource_pools")] == [
        ("resgroup-1", False),
        ("resgroup-9", True),
    ]


def test_clearing_and_forgetting(mirror: Mirror) -> None:
    """Clearing an empty topic changes nothing; forgetting a known object does."""
    mirror.clear("vms")
    mirror.forget("vms", ["vm-1"])
    assert not mirror.changed
    mirror.update([update("enter", name="a")])
    mirror.changed = False
    mirror.forget("vms", mirror.ids("vms"))
    assert mirror.changed
    assert mirror.count("vms") == 0
