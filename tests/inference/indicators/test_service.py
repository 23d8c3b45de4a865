"""Self service, tenants, churn, waiting times and owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Extension, ManagedBy

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

AUTOMATION = Extension("com.vmware.vcac")


def make(build: EstateBuilder, count: int, *, wait: float | None = None) -> EstateBuilder:
    """Add new machines, each with the event that made it and one of its first start ``wait`` days later."""
    build.machines(count, prefix="new")
    for n in range(1, count + 1):
        build.event("VmDeployedEvent", vm=f"new-{n}", vm_name=f"new-{n}", days_ago=10)
    for n in range(1, count + 1) if wait is not None else ():
        build.event("VmPoweredOnEvent", vm=f"new-{n}", days_ago=10 - (wait or 0))
    return build


@pytest.mark.parametrize("indicator", ["auto_ops", "tenants", "churn", "prov_gap"])
def test_unseen_events_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """What happened stands in events alone."""
    build.seen_days = None
    found = build.cluster().machines(12).observe(indicator)
    assert (found.state, found.reason) == ("unknown", "vCenter returned no events")


def test_no_product_of_self_service_is_zero(build: EstateBuilder) -> None:
    """Products that come with every vCenter say nothing by themselves."""
    build.extensions.append(Extension("com.vmware.vcenter.wcp"))
    found = build.cluster().machines(12).observe("self_service")
    assert (found.value, found.seen) == (0.0, 1.0)


@pytest.mark.parametrize(("managed", "level"), [(0, 1), (4, 1), (5, 2), (29, 2), (30, 3)])
def test_self_service_has_levels(build: EstateBuilder, managed: int, level: int) -> None:
    """A product alone is the first; five and thirty in a hundred machines are the next."""
    build.extensions.append(AUTOMATION)
    build.cluster().machines(100 - managed).machines(managed, prefix="m", managed_by=ManagedBy("com.vmware.vcac", "machine"))
    found = build.observe("self_service")
    assert (found.value, found.seen, found.evidence) == (
        level,
        1.0 if managed else 0.5,
        (f"Self-service products registered: Aria Automation; {managed} of 100 workload VMs are managed by one.",),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"managed_by": ManagedBy("com.vmware.vcenter.wcp", "VirtualMachine")},
        {"annotation": "name:web\nuserid:7\nflavor:m1.small"},
    ],
)
def test_machines_under_self_service_speak_without_a_registration(build: EstateBuilder, changes: dict[str, Any]) -> None:
    """A Supervisor in use, and machines that a cloud platform made, even where extensions cannot be read."""
    build.cluster().machines(12).machines(12, prefix="own", **changes)
    assert build.observe("self_service").value == 3
    assert build.gap("extensions").observe("self_service").value == 3


def test_a_product_that_leaves_no_mark_is_half_seen(build: EstateBuilder) -> None:
    """That nothing is known to be under it does not mean that nothing is."""
    build.extensions.append(AUTOMATION)
    found = build.cluster().observe("self_service")
    assert (found.value, found.seen) == (1, 0.5)
    assert build.machines(12).observe("self_service").seen == 0.5


def test_machines_under_other_products_are_not_ordered(build: EstateBuilder) -> None:
    """Other products own machines too; keys are compared without case."""
    build.cluster().machines(12, managed_by=ManagedBy("com.example.tool", "machine"))
    assert build.observe("self_service").value == 0
    build.machines(1, prefix="own", managed_by=ManagedBy("COM.VMWARE.VRA", "machine"))
    assert build.observe("self_service").value == 2


def test_self_service_that_is_seen_in_part_is_unknown_below_its_highest_level(build: EstateBuilder) -> None:
    """A product that could not be read may have more machines than those that say so; hidden marks lower what was seen."""
    build.cluster().machines(8).machines(2, prefix="own", managed_by=ManagedBy("com.vmware.vcac", "machine"))
    assert build.observe("self_service").value == 2
    assert build.gap("extensions").observe("self_service").reason.startswith("extensions could not be read")
    build.gaps.clear()
    build.machines(2, prefix="dark", unreadable=frozenset({"managed_by"}))
    assert build.observe("self_service").seen == pytest.approx(10 / 12)
    build.vms.clear()
    assert build.gap("vms").observe("self_service").reason.startswith("vms could not be read")


def test_machines_made_by_self_service_count(build: EstateBuilder) -> None:
    """A product that leaves no mark on its machines is known by its account."""
    build.cluster().machines(9).machine("ordered").event("VmDeployedEvent", vm="ordered", user="CORP\\svc-vra")
    assert build.observe("self_service").value == 2


def test_hidden_self_service_is_unknown(build: EstateBuilder) -> None:
    """Neither the products nor what manages machines can be guessed."""
    assert build.cluster().machines(3).machine_gap("managed_by").observe("self_service").state == "unknown"
    assert build.gap("extensions").observe("self_service").state == "unknown"


def test_the_reason_says_whether_tags_were_looked_at(build: EstateBuilder) -> None:
    """Nothing names an owner: with tags and without."""
    build.cluster().machines(3)
    assert (build.observe("owner_tags").reason or "").endswith("names an owner, and tags are not read")
    build.tagged()
    assert (build.observe("owner_tags").reason or "").endswith("names an owner, and no visible tag does")


def test_nothing_made_and_nothing_deleted_is_zero(build: EstateBuilder) -> None:
    """A month in which nothing came or went."""
    assert build.cluster().machines(100).observe("churn").value == 0.0


def test_churn_is_half_of_what_came_and_went(build: EstateBuilder) -> None:
    """Six made and two deleted in thirty days beside fifty machines are eight per hundred; imports and the like are not."""
    make(build.cluster().machines(44), 6).event("VmRegisteredEvent", vm="vm-1", vm_name="vm-1")
    for name in ("gone-1", "gone-2", "vdi-3", "db01_Replica"):
        build.event("VmRemovedEvent", vm=name, vm_name=name)
    build.event("VmRemovedEvent", vm="older", vm_name="older", days_ago=31)
    found = build.observe("churn")
    assert (found.numerator, found.denominator, found.value, found.seen) == (4.0, 0.5, 8.0, 1.0)
    assert build.event("VmRemovedEvent").event("VmRemovedEvent").observe("churn").numerator == 5.0  # of whatever name


def test_churn_is_of_the_days_that_were_seen(build: EstateBuilder) -> None:
    """One that went within half a month is as much as two within the whole."""
    build.seen_days = 15.0
    found = build.cluster().machines(50).event("VmRemovedEvent", vm="gone", vm_name="gone").observe("churn")
    assert (found.numerator, found.denominator, found.seen) == (0.5, 0.25, 0.5)


def test_churn_beside_machines_that_may_not_run_is_seen_in_part(build: EstateBuilder) -> None:
    """Those whose power state is hidden are taken to run as often as the others; without any machine there is no rate."""
    build.cluster().machines(5).machine_gap("power").machines(12, prefix="on").machines(3, prefix="off", power="poweredOff")
    found = build.event("VmRemovedEvent", vm="gone", vm_name="gone").observe("churn")
    assert (found.numerator, found.denominator, found.seen) == (0.5, 0.16, 0.75)
    assert "with about 16 powered on" in found.evidence[0]
    build.vms.clear()
    assert build.gap("vms").observe("churn").reason.startswith("vms could not be read")


def test_restored_machines_are_no_churn(build: EstateBuilder) -> None:
    """What a backup product makes to test its copies, and deletes again, is nobody's machine."""
    build.cluster().machines(50)
    for type_ in ("VmCreatedEvent", "VmRemovedEvent"):
        build.event(type_, vm="lab-1", vm_name="lab-1", user="CORP\\svc-veeam")
    assert build.observe("churn").value == 0.0
    assert build.observe("template_share").state == "unknown"


def test_machines_that_pass_through_are_no_churn(build: EstateBuilder) -> None:
    """A copy that is registered to be looked at and unregistered again; one that had been here longer is deleted."""
    build.cluster().machines(100)
    for n in range(5):
        copy: dict[str, Any] = {"vm": f"x-{n}", "vm_name": f"app{n}", "user": "CORP\\jane"}
        build.event("VmRegisteredEvent", **copy).event("VmRemovedEvent", **copy)
        build.event("VmRegisteredEvent", **copy | {"vm": f"y-{n}"}, days_ago=40)
        build.event("VmRemovedEvent", **copy | {"vm": f"y-{n}"})
    assert build.observe("churn").numerator == 2.5


def test_churn_of_an_hour_is_unknown(build: EstateBuilder) -> None:
    """An hour is no habit."""
    build.seen_days = 0.05
    assert "at least 1 day needed" in build.cluster().machines(3).observe("churn").reason


def test_few_first_starts_are_unknown(build: EstateBuilder) -> None:
    """Nine waiting times say little, and machines that never ran none."""
    make(build.cluster(), 9, wait=1.0).event("VmDeployedEvent", vm="never", vm_name="never")
    build.event("VmRegisteredEvent", vm="moved", vm_name="moved").event("VmPoweredOnEvent", vm="moved")
    assert build.observe("prov_gap").reason == "too few new VMs were seen to power on: 9, at least 10 needed"


@pytest.mark.parametrize("wait", [-0.5, 0.0, 0.5])
def test_the_middle_wait_is_in_hours(build: EstateBuilder, wait: float) -> None:
    """From the making to the first start, of which later ones are none; no wait at all is the best, whatever clocks say."""
    make(build.cluster(), 10, wait=wait)
    build.event("VmPoweredOnEvent", vm="new-1", days_ago=1)
    found = build.observe("prov_gap")
    assert (found.value, found.seen) == pytest.approx((max(0.0, wait) * 24, 30 / 90))


def test_self_service_of_hidden_marks_is_unknown(build: EstateBuilder) -> None:
    """Those that it was seen to make are the only ones that could be read, and not all that there are."""
    build.cluster().machines(4).event("VmDeployedEvent", vm="vm-1", vm_name="vm-1", user="VSPHERE.LOCAL\\vra-svc")
    assert build.observe("self_service").value == 2
    assert build.machine_gap("managed_by").observe("self_service").state == "unknown"


@pytest.mark.parametrize("indicator", ["auto_ops", "template_share", "prov_gap"])
def test_events_of_machines_that_cannot_be_read_say_nothing(build: EstateBuilder, indicator: str) -> None:
    """They may be of desktops, agents and templates, which are told by the machines; where some were read, half is seen."""
    build.seen_days = 90.0
    make(build.cluster(), 12, wait=1.0)
    whole = build.observe(indicator)
    partly = build.gap("vms").observe(indicator)
    assert (partly.value, partly.seen) == (whole.value, whole.seen / 2)
    build.vms.clear()
    assert build.observe(indicator).reason.startswith("vms could not be read")


@pytest.mark.parametrize("user", ["com.vmware.vim.eam", "VSPHERE.LOCAL\\eam-0f0f0f0f-1111-2222-3333-444444444444"])
def test_agents_that_are_gone_were_no_new_machines(build: EstateBuilder, user: str) -> None:
    """Whatever they were called: who made and deleted them tells."""
    make(build.cluster().machines(100), 12, wait=1.0)
    before = {name: build.observe(name) for name in ("churn", "template_share", "prov_gap", "tenants", "auto_ops")}
    for type_ in ("VmDeployedEvent", "VmPoweredOnEvent", "VmRemovedEvent"):
        build.event(type_, vm="gi", vm_name="Guest Introspection (3)", user=user)
    assert {name: build.observe(name) for name in before} == before


def test_machines_that_came_back_were_not_deleted(build: EstateBuilder) -> None:
    """A host that is taken out and added again takes its machines with it; what was made anew under its name was deleted."""
    build.cluster().machines(98).machine("app1").machine("app2")
    for name in ("app1", "app2", "app3"):
        build.event("VmRemovedEvent", vm=f"old-{name}", vm_name=name)
    assert build.observe("churn").numerator == 0.5
    build.event("VmRegisteredEvent", vm="app1", vm_name="app1").event("VmDeployedEvent", vm="app2", vm_name="app2")
    assert build.observe("churn").numerator == (1 + 2) / 2


def test_products_that_could_not_be_read_are_not_said_to_be_absent(build: EstateBuilder) -> None:
    """Machines under self service speak alone."""
    build.cluster().machines(10, managed_by=ManagedBy("com.vmware.vcac", "machine"))
    assert build.observe("self_service").evidence[0].startswith("Self-service products registered: none;")
    found = build.gap("extensions").observe("self_service")
    assert found.evidence[0].startswith("extensions could not be read: ")
    assert found.evidence[0].endswith("; 10 of 10 workload VMs are managed by one.")
