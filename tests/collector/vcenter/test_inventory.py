"""The inventory of a session against a scripted vCenter."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim, vmodl

from collector.facts import Cluster, Host, StoragePod, VirtualMachine
from collector.poll import INVENTORY
from collector.vcenter.errors import MalformedAnswer, SessionExpired, TimedOut, Unreachable
from collector.vcenter.inventory import Inventory
from collector.vcenter.session import Session
from collector.wants import Vim

if TYPE_CHECKING:
    from tests.collector.conftest import Server

VM1 = vim.VirtualMachine("vm-1", None)
VM2 = vim.VirtualMachine("vm-2", None)
HOST = vim.HostSystem("host-1", None)
CLUSTER = vim.ClusterComputeResource("domain-c1", None)
DENIED = vim.fault.NoPermission(object=VM1, privilegeId="System.Read")


def machines(inventory: Inventory) -> dict[str, VirtualMachine]:
    """Virtual machines by id."""
    return {fact.id: fact for fact in inventory.facts("vms") if isinstance(fact, VirtualMachine)}


def test_no_topic_readable_is_an_error(server: Server, session: Session) -> None:
    """Where nothing at all can be read the poll fails, with the reason."""
    server.garbled = {getattr(vim, topic.types[0]) for topic in INVENTORY}
    with pytest.raises(MalformedAnswer, match="cut short"):
        Inventory(session, INVENTORY).sync()


@pytest.mark.parametrize("error", [SessionExpired("lab", "ended"), Unreachable("lab", "gone"), TimedOut("lab", "slow")])
def test_first_read_passes_on_what_ends_it(server: Server, session: Session, error: Exception) -> None:
    """A session or wire that fails during the first read is the caller's to handle."""
    server.fail["WaitForUpdatesEx"] = error
    with pytest.raises(type(error)):
        Inventory(session, INVENTORY).sync()


def test_session_lost_between_polls_is_passed_on(server: Server, session: Session) -> None:
    """An ended session is not taken for an unreadable topic."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    for method in ("WaitForUpdatesEx", "RetrievePropertiesEx"):
        server.fail[method] = SessionExpired("lab", "ended")
        with pytest.raises(SessionExpired):
            inventory.sync()


def test_garbled_topic_leaves_the_others(server: Server, session: Session) -> None:
    """A topic whose answers cannot be parsed is a gap that says what to do; everything else is read."""
    server.garbled = {vim.VirtualMachine}
    inventory = Inventory(session, INVENTORY)
    assert inventory.sync()
    assert [gap.topic for gap in inventory.gaps] == ["vms"]
    assert "try again" in inventory.gaps[0].reason
    assert inventory.facts("vms") == ()
    assert [fact.name for fact in inventory.facts("hosts")] == ["esx"]


def test_garbled_topic_is_tried_again(server: Server, session: Session) -> None:
    """Once its answers can be read the topic is back, and nothing of the failed tries is left in the vCenter."""
    server.garbled = {vim.VirtualMachine}
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    assert not inventory.sync()
    server.garbled = set()
    assert inventory.sync()
    assert (inventory.gaps, len(machines(inventory))) == ((), 3)
    assert server.alive["collector"] == server.alive["view"] == len(INVENTORY)


def test_folders_read_alone_say_nothing_of_datastore_clusters(server: Server, session: Session) -> None:
    """A datastore cluster is a folder; where topics are read one by one its settings are not taken for unset."""
    server.objects[vim.StoragePod("group-p1", None)] = {
        "name": "pod",
        "podStorageDrsEntry.storageDrsConfig.podConfig.enabled": True,
    }
    server.garbled = {vim.VirtualMachine}
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    (pod,) = inventory.facts("storage_pods")
    assert isinstance(pod, StoragePod)
    assert pod.sdrs_enabled is True
    assert [fact.id for fact in inventory.facts("folders")] == ["group-d1"]


def test_garbled_clusters_lose_no_machines(server: Server, session: Session) -> None:
    """A path of every poll that fails costs its own topic, also after a good start."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    server.fail["RetrievePropertiesEx"] = MalformedAnswer("lab", "unreadable")
    assert inventory.sync()
    assert [gap.topic for gap in inventory.gaps] == ["clusters"]
    assert (inventory.facts("clusters"), len(machines(inventory))) == ((), 3)


def test_gap_of_a_watched_topic_ends(server: Server, session: Session) -> None:
    """A topic that failed once is whole again at the next sync, its watched properties included."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    server.fail["RetrievePropertiesEx"] = MalformedAnswer("lab", "unreadable")
    inventory.sync()
    assert inventory.sync()
    assert inventory.gaps == ()
    assert [fact.name for fact in inventory.facts("clusters")] == ["c"]


def test_property_not_offered_is_dropped(server: Server, session: Session) -> None:
    """A release that refuses properties costs these properties and no poll; they are asked for once."""
    server.not_offered = {"config.contentLibItemInfo", "lifecycleManaged"}
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    inventory.sync()
    assert machines(inventory)["vm-1"].unreadable == {"from_content_library"}
    (cluster,) = inventory.facts("clusters")
    assert isinstance(cluster, Cluster)
    assert (cluster.hosts, set(cluster.unreadable)) == (("host-1",), {"lifecycle_managed"})
    assert inventory.gaps == ()
    assert server.calls["CreateFilter"] == 2


@pytest.mark.parametrize("naming", [lambda path: path.rpartition(".")[2], lambda _: ""])
def test_property_that_is_not_named_whole_is_one_of_the_newer(
    server: Server, session: Session, naming: Callable[[str], str]
) -> None:
    """A release that does not say which path it lacks is not asked for those newer than it, and nothing else is lost."""
    server.not_offered, server.naming = {"config.createDate"}, naming
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    assert inventory.gaps == ()
    assert machines(inventory)["vm-1"].unreadable == {"created", "from_content_library"}
    assert machines(inventory)["vm-1"].power == "poweredOn"
    assert server.calls["CreateFilter"] == 2


def test_unknown_invalid_property_ends(server: Server, session: Session) -> None:
    """A fault about a property that nobody asked for is an error and no endless loop."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    server.not_offered, server.naming = {"host"}, lambda _: "else"
    inventory.sync()
    assert [gap.topic for gap in inventory.gaps] == ["clusters"]


def test_property_without_permission(server: Server, session: Session) -> None:
    """A property that may not be read is unreadable until it may."""
    server.objects[VM1]["config.managedBy"] = DENIED
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    assert machines(inventory)["vm-1"].unreadable == {"managed_by"}
    assert machines(inventory)["vm-2"].unreadable == frozenset()
    server.objects[VM1]["config.managedBy"] = vim.ext.ManagedByInfo(extensionKey="e", type="t")
    assert inventory.sync()
    assert machines(inventory)["vm-1"].unreadable == frozenset()


def test_change_reaches_only_its_object(server: Server, session: Session) -> None:
    """A power change replaces one fact; the others stay the very same objects."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    before = machines(inventory)
    assert not inventory.sync()
    server.objects[VM1]["runtime.powerState"] = "poweredOff"
    assert inventory.sync()
    after = machines(inventory)
    assert after["vm-1"].power == "poweredOff"
    assert [id_ for id_ in before if after[id_] is not before[id_]] == ["vm-1"]


def test_objects_come_and_go(server: Server, session: Session) -> None:
    """New objects enter and removed ones leave, watched or asked for at every poll."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    del server.objects[VM1], server.objects[HOST]
    server.objects[vim.VirtualMachine("vm-9", None)] = {"name": "new"}
    assert inventory.sync()
    assert (sorted(machines(inventory)), inventory.facts("hosts")) == (["vm-2", "vm-3", "vm-9"], ())


def test_state_of_hosts_and_clusters_is_asked_for(server: Server, session: Session) -> None:
    """What is asked for at every poll needs no update to be seen."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    server.objects[HOST]["runtime.inMaintenanceMode"] = True
    server.objects[CLUSTER]["summary"] = vim.ClusterComputeResource.Summary(numVmotions=5)
    assert inventory.sync()
    (host,), (cluster,) = inventory.facts("hosts"), inventory.facts("clusters")
    assert isinstance(host, Host)
    assert isinstance(cluster, Cluster)
    assert (host.in_maintenance, cluster.num_vmotions) == (True, 5)


def test_stamp_makes_an_object_read_again(server: Server, session: Session) -> None:
    """A server that reports only the version of a configuration does not hide what changed in it."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    calls = server.calls["RetrievePropertiesEx"]
    server.objects[VM1]["config.changeVersion"] = "2"
    inventory.sync()
    # Hosts and clusters as always, and one more for the machine.
    assert server.calls["RetrievePropertiesEx"] == calls + 3


def test_object_that_could_not_be_read_again_is_tried_again(server: Server, session: Session) -> None:
    """Its stamp is told once: until what changed has been read, the topic is a gap."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    server.objects[VM1]["config.changeVersion"] = "2"
    retrieve, collector = session.content.propertyCollector.RetrievePropertiesEx, session.content.propertyCollector

    def refuse(specs: Vim, options: Vim) -> Vim:
        if specs[0].propSet[0].type is vim.VirtualMachine:
            raise vmodl.fault.SystemError(reason="busy")
        return retrieve(specs, options)

    collector.RetrievePropertiesEx = refuse  # type: ignore[assignment, method-assign]  # a fake
    for _ in range(2):
        inventory.sync()
        assert [gap.topic for gap in inventory.gaps] == ["vms"]
    collector.RetrievePropertiesEx = retrieve  # type: ignore[method-assign]  # a fake
    inventory.sync()
    calls = server.calls["RetrievePropertiesEx"]
    assert (inventory.gaps, len(machines(inventory))) == ((), 3)
    inventory.sync()
    assert server.calls["RetrievePropertiesEx"] == calls + 2  # hosts and clusters as always: nothing is left to be done


@pytest.mark.parametrize("error", [TimedOut("lab", "slow"), MalformedAnswer("lab", "odd"), vmodl.fault.InvalidArgument()])
def test_failed_changes_are_replaced_by_a_full_read(server: Server, session: Session, error: Exception) -> None:
    """Changes that cannot be had are no loss: everything is read again, and the old watch is gone."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    server.objects[VM1]["runtime.powerState"] = "poweredOff"
    server.fail["WaitForUpdatesEx"] = error
    assert inventory.sync()
    assert machines(inventory)["vm-1"].power == "poweredOff"
    assert server.alive == {"collector": 1, "view": 1}


def test_patience_is_short_for_changes_only(server: Server, session: Session) -> None:
    """An answer about changes may not take as long as any other; afterwards the usual limit holds again."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    assert server.timeouts == []
    inventory.sync()
    assert server.timeouts == [2.0, 30.0]


def test_progress_of_the_first_read(server: Server, session: Session) -> None:
    """Objects are counted as pages arrive, and later polls are silent."""
    heard: list[tuple[str, int]] = []
    inventory = Inventory(session, INVENTORY, progress=lambda topic, count: heard.append((topic, count)))
    inventory.sync()
    assert heard[-1][0] == INVENTORY[-1].name
    assert [count for topic, count in heard if topic == "vms"] == [0, 1, 3]
    heard.clear()
    inventory.sync()
    assert heard == []
    assert len(server.objects) == 6


def test_closing_leaves_nothing_behind(server: Server, session: Session) -> None:
    """Collector and view are given back."""
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    inventory.close()
    assert set(server.alive.values()) == {0}


def test_empty_vcenter_is_read(server: Server, session: Session) -> None:
    """No objects at all is an answer and no failure."""
    server.objects = {}
    inventory = Inventory(session, INVENTORY)
    inventory.sync()
    assert inventory.gaps == ()
    assert [inventory.facts(topic.name) for topic in INVENTORY] == [()] * len(INVENTORY)
