"""Events: which are asked for, and what one says."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pyVmomi import vim, vmodl

from collector.facts import Event, Extension
from collector.gatherers.events import KNOWN, parse, type_ids
from collector.wants import Vim

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = {"key": 7, "chainId": 5, "createdTime": AT, "userName": "CORP\\ann"}


def host(id_: str) -> Vim:
    """A host argument."""
    return vim.event.HostEventArgument(name=id_, host=vim.HostSystem(id_, None))


def machine(id_: str, name: str = "web") -> Vim:
    """A virtual machine argument."""
    return vim.event.VmEventArgument(name=name, vm=vim.VirtualMachine(id_, None))


def store(id_: str) -> Vim:
    """A datastore argument."""
    return vim.event.DatastoreEventArgument(name=id_, datastore=vim.Datastore(id_, None))


def test_event_without_time_makes_no_sense() -> None:
    """An event that cannot be put in time is refused rather than dated."""
    event = vim.event.VmPoweredOnEvent(key=1, chainId=1)
    with pytest.raises(ValueError, match="event 1 has no time"):
        parse(event)


def test_bare_event() -> None:
    """An event about nothing in particular, by nobody."""
    event = vim.event.DasEnabledEvent(key=1, chainId=1, createdTime=AT, userName="")
    assert parse(event) == Event(key=1, type="DasEnabledEvent", at=AT, chain=1)


def test_names_are_as_people_typed_them() -> None:
    """As those of the inventory are, with which they are compared."""
    event = vim.event.VmRemovedEvent(**FIRST, vm=machine("vm-1", "sap%2fprod 100%25"))
    assert parse(event).vm_name == "sap/prod 100%"


def test_migration() -> None:
    """A migration knows where it came from and where the machine is now."""
    event = vim.event.DrsVmMigratedEvent(
        **FIRST,
        vm=machine("vm-1"),
        host=host("host-2"),
        computeResource=vim.event.ComputeResourceEventArgument(
            name="c", computeResource=vim.ClusterComputeResource("domain-c1", None)
        ),
        datacenter=vim.event.DatacenterEventArgument(name="d", datacenter=vim.Datacenter("datacenter-1", None)),
        ds=store("datastore-2"),
        sourceHost=host("host-1"),
        sourceDatastore=store("datastore-1"),
    )
    assert parse(event) == Event(
        key=7,
        type="DrsVmMigratedEvent",
        at=AT,
        chain=5,
        user="CORP\\ann",
        vm="vm-1",
        vm_name="web",
        host="host-2",
        cluster="domain-c1",
        datacenter="datacenter-1",
        datastore="datastore-2",
        source_host="host-1",
        source_datastore="datastore-1",
    )


def test_starting_migration_knows_its_destination() -> None:
    """A migration that begins is headed somewhere."""
    event = vim.event.VmBeingHotMigratedEvent(**FIRST, vm=machine("vm-1"), host=host("host-1"), destHost=host("host-2"))
    assert (parse(event).host, parse(event).dest_host) == ("host-1", "host-2")


@pytest.mark.parametrize(
    "event",
    [
        vim.event.VmClonedEvent(**FIRST, sourceVm=machine("vm-9")),
        vim.event.VmDeployedEvent(**FIRST, srcTemplate=machine("vm-9")),
    ],
)
def test_provisioning_knows_its_origin(event: Vim) -> None:
    """A clone and a deployment name what they were made from."""
    assert parse(event).source_vm == "vm-9"


def test_eventex_goes_by_its_id() -> None:
    """An EventEx is known by its event type id, with named arguments as text."""
    event = vim.event.EventEx(
        **FIRST,
        eventTypeId="com.vmware.vc.ha.VmRestartedByHAEvent",
        objectType=vim.VirtualMachine,
        objectId="vm-4",
        arguments=[vmodl.KeyAnyValue(key="attempts", value=2), vmodl.KeyAnyValue(key="why", value="host failed")],
    )
    found = parse(event)
    assert (found.type, found.object_id, found.vm) == ("com.vmware.vc.ha.VmRestartedByHAEvent", "vm-4", "vm-4")
    assert found.arguments == (("attempts", "2"), ("why", "host failed"))


def test_eventex_argument_wins_over_its_object() -> None:
    """An object id fills in a reference that is missing and replaces none."""
    event = vim.event.EventEx(
        **FIRST, eventTypeId="x", vm=machine("vm-1"), objectType=vim.ClusterComputeResource, objectId="domain-c3"
    )
    assert (parse(event).vm, parse(event).cluster) == ("vm-1", "domain-c3")


def test_extended_event_goes_by_its_id() -> None:
    """An ExtendedEvent names its object by reference and its data in pairs."""
    event = vim.event.ExtendedEvent(
        **FIRST,
        message="",
        eventTypeId="com.vmware.vcDr.PlanExecTestEnd",
        managedObject=vim.Folder("group-v1", None),
        data=[vim.event.ExtendedEvent.Pair(key="plan", value="all of it")],
    )
    found = parse(event)
    assert (found.type, found.object_id) == ("com.vmware.vcDr.PlanExecTestEnd", "group-v1")
    assert found.arguments == (("plan", "all of it"),)


def test_each_type_is_asked_for_once() -> None:
    """The ids have no double, with or without the products' own."""
    assert len(KNOWN) == len(set(KNOWN))
    srm = Extension("com.vmware.vcDr", event_ids=("com.vmware.vcDr.PlanExecTestEnd", "com.vmware.vcDr.New"))
    asked = type_ids([srm])
    assert len(asked) == len(set(asked)) == len(KNOWN) + 1


@pytest.mark.parametrize("key", ["com.vmware.VCDR-site7", "com.vmware.vcHms", "com.vmware.liverecover", "com.vmware.vlr"])
def test_only_recovery_products_add_their_own_ids(key: str) -> None:
    """The ids of other extensions are not asked for; those of recovery products are, under a site's own key in odd case too."""
    others = Extension("com.vmware.vcIntegrity", event_ids=("com.vmware.vcIntegrity.X",))
    site = Extension(key, event_ids=("com.vmware.vcDr.Y",))
    assert set(type_ids([others, site])) - set(KNOWN) == {"com.vmware.vcDr.Y"}


@pytest.mark.parametrize(
    "id_",
    [
        "com.vmware.vc.ha.VmRestartedByHAEvent",
        "com.vmware.vc.HA.VmRestartedByHAEvent",
        "com.vmware.vc.HA.ClusterFailoverActionCompletedEvent",
        "com.vmware.vcDr.PlanExecTestEnd",
        "com.vmware.vcDr.RecoveryPlanExecuteTestEnd",
        "com.vmware.vcDr.ProtVmCreatedEvent",
        "com.vmware.vcDr.ProtectedVmCreatedEvent",
        "com.vmware.vcHms.rpoViolatedEvent",
    ],
)
def test_both_spellings_are_asked_for(id_: str) -> None:
    """Ids that differ between releases are asked for in each form."""
    assert id_ in KNOWN


def test_api_events_exist() -> None:
    """Every id without dots is an event type of the API, so that a slip of the pen does not go unnoticed."""
    names = [id_ for id_ in KNOWN if "." not in id_]
    assert [name for name in names if not hasattr(vim.event, name)] == []
