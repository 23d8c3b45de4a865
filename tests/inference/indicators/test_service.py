"""Operations by programs, self service, tenants, churn, waiting times and owners."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import CustomField, Extension, ManagedBy, Tag

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

OWNER, PROJECT = CustomField(1, "Owner"), CustomField(2, "Cost Center")
AUTOMATION = Extension("com.vmware.vcac")


def works(build: EstateBuilder, user: str, count: int, type_: str = "VmPoweredOnEvent", start: float = 20.0) -> EstateBuilder:
    """Add operations of one account at irregular times of working days' mornings."""
    for n in range(count):
        build.event(type_, vm=f"vm-{n + 1}", vm_name=f"vm-{n + 1}", user=user, days_ago=start - n / 97 - (n % 3) / 200)
    return build


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
    assert (found.state, found.reason) == ("unknown", "vCenter has kept no event that could be read")


def test_no_operation_is_unknown(build: EstateBuilder) -> None:
    """The platform and tools that watch or copy are nobody's operations."""
    build.cluster().machines(12)
    for user in ("", "VSPHERE.LOCAL\\vpxd-extension-1a2b", "CORP\\svc-veeam", "view-composer@corp", "CORP\\svc_srm", "System"):
        works(build, user, 5)
    found = build.observe("auto_ops")
    assert (found.state, found.reason) == ("unknown", "no operation on a virtual machine was seen in the last 30 days")


def test_people_alone_are_zero(build: EstateBuilder) -> None:
    """Administrators who do everything by hand."""
    works(works(build.cluster().machines(40), "CORP\\ann", 20), "administrator@vsphere.local", 10)
    found = build.observe("auto_ops")
    assert (found.numerator, found.denominator) == (0, 30)


def test_programs_are_told_by_their_names(build: EstateBuilder) -> None:
    """Service accounts, pipelines and products of self service are programs."""
    build.cluster().machines(40)
    for user in ("CORP\\svc-deploy", "terraform@corp", "VSPHERE.LOCAL\\vcac-9f", "CORP\\gitlab-runner01"):
        works(build, user, 5)
    works(build, "CORP\\bob", 10)
    found = build.observe("auto_ops")
    assert (found.numerator, found.denominator, found.seen) == (20, 30, 1.0)


def test_a_chain_of_events_is_one_operation(build: EstateBuilder) -> None:
    """A deployment that creates and registers is one operation; another machine in the same chain is another."""
    build.cluster().machines(3)
    for type_ in ("VmCreatedEvent", "VmDeployedEvent"):
        build.event(type_, vm="vm-1", user="CORP\\svc-a", chain=7)
    build.event("VmDeployedEvent", vm="vm-2", user="CORP\\svc-a", chain=7)
    assert build.observe("auto_ops").denominator == 2


def test_desktops_that_are_gone_are_nobodys_operations(build: EstateBuilder) -> None:
    """A broker of desktops that is called like any program makes and deletes them every day."""
    build.cluster().machines(40)
    build.machine("VDI-W10-0999", guest_id="windows9_64Guest")
    for n in range(30):
        for type_ in ("VmClonedEvent", "VmPoweredOnEvent", "VmRemovedEvent"):
            build.event(type_, vm=f"gone-{n}", vm_name=f"VDI-W10-{n:04}", user="CORP\\svc-broker", days_ago=20 - n / 9)
    works(build, "CORP\\bob", 12)
    found = build.observe("auto_ops")
    assert (found.numerator, found.denominator) == (0, 12)


def test_imports_are_no_automation(build: EstateBuilder) -> None:
    """A wave of conversions from physical servers runs under an account of the converter, whoever started it."""
    build.cluster().machines(40)
    works(works(build, "CORP\\svc-converter", 30, "VmCreatedEvent"), "CORP\\bob", 12)
    found = build.observe("auto_ops")
    assert (found.numerator, found.denominator) == (0, 12)


def test_shared_accounts_leave_it_open(build: EstateBuilder) -> None:
    """Of a service account of administrators nobody knows; as long as others do more it only makes it less seen."""
    works(works(build.cluster().machines(40), "CORP\\svc-admin", 10), "CORP\\ann", 30)
    found = build.observe("auto_ops")
    assert (found.numerator, found.denominator, found.seen) == (0, 30, 0.75)
    works(build, "CORP\\svc-admin", 30, start=12.0)
    assert build.observe("auto_ops").reason == (
        "40 operations are of accounts that a person or a program may be behind, and only 30 are clear"
    )


@pytest.mark.parametrize("spacing", [1 / 24, 0.2713])
def test_a_person_who_never_sleeps_may_be_a_script(build: EstateBuilder, spacing: float) -> None:
    """Operations round the clock, or on the minute, under a person's name are nobody's for sure."""
    build.cluster().machines(100)
    for n in range(96):
        build.event("VmPoweredOffEvent", vm=f"vm-{n + 1}", user="CORP\\ann", days_ago=29 - n * spacing)
    assert build.observe("auto_ops").state == "unknown"


def test_recovery_tests_are_no_automation(build: EstateBuilder) -> None:
    """What an account does while it runs a recovery plan is the plan's; before and after it is its own."""
    build.cluster().machines(20).event("VmPoweredOnEvent", vm="vm-1", user="CORP\\svc-ops", days_ago=9)
    build.event("com.vmware.vcDr.PlanExecTestBegin", user="CORP\\svc-ops", days_ago=8)
    for n in range(2, 8):
        build.event("VmPoweredOnEvent", vm=f"vm-{n}", user="CORP\\svc-ops", days_ago=8)
    build.event("VmPoweredOffEvent", vm="vm-9", user="CORP\\ann", days_ago=8)
    build.event("com.vmware.vcDr.PlanExecTestEnd", user="CORP\\svc-ops", days_ago=7.9)
    build.event("VmPoweredOffEvent", vm="vm-1", user="CORP\\svc-ops", days_ago=7)
    found = build.observe("auto_ops")
    assert (found.numerator, found.denominator) == (2, 3)


def test_operations_of_another_cluster_are_not_this_ones(build: EstateBuilder) -> None:
    """Each cluster has the operations on its own machines."""
    build.cluster("c1").cluster("c2").machines(3).machines(2, host="c2-h1", prefix="b")
    for vm in ("vm-1", "vm-2", "b-1"):
        build.event("VmPoweredOnEvent", vm=vm, user="CORP\\svc-a")
    counts = [len(part.operations_since(part.window(30).start)) for part in build.estate().parts()]
    assert counts == [2, 1]


def test_no_product_of_self_service_is_zero(build: EstateBuilder) -> None:
    """Products that come with every vCenter say nothing by themselves."""
    build.extensions.append(Extension("com.vmware.vcenter.wcp"))
    assert build.cluster().machines(12).observe("self_service").value == 0.0


@pytest.mark.parametrize(("managed", "level"), [(0, 1), (4, 1), (5, 2), (29, 2), (30, 3)])
def test_self_service_has_levels(build: EstateBuilder, managed: int, level: int) -> None:
    """A product alone is the first; five and thirty in a hundred machines are the next."""
    build.extensions.append(AUTOMATION)
    build.cluster().machines(100 - managed).machines(managed, prefix="m", managed_by=ManagedBy("com.vmware.vcac", "machine"))
    found = build.observe("self_service")
    assert (found.value, found.evidence) == (
        level,
        (f"Aria Automation is registered; {managed} of 100 workloads are under one.",),
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
    assert build.cluster().machines(12).observe("self_service").seen == 0.5


def test_machines_made_by_self_service_count(build: EstateBuilder) -> None:
    """A product that leaves no mark on its machines is known by its account."""
    build.cluster().machines(9).machine("ordered").event("VmDeployedEvent", vm="ordered", user="CORP\\svc-vra")
    assert build.observe("self_service").value == 2


def test_hidden_self_service_is_unknown(build: EstateBuilder) -> None:
    """Neither the products nor what manages machines can be guessed."""
    assert build.cluster().machines(3).machine_gap("managed_by").observe("self_service").state == "unknown"
    assert build.gap("extensions").observe("self_service").state == "unknown"


def test_nobody_had_machines_made(build: EstateBuilder) -> None:
    """With the whole window seen none made is none; with part of it seen it is unknown."""
    build.more["custom_fields"] = (OWNER,)
    assert build.cluster().machines(12).observe("tenants").state == "unknown"
    build.seen_days = 90.0
    assert build.observe("tenants").value == 0.0


def test_tenants_are_distinct_projects(build: EstateBuilder) -> None:
    """A cost centre comes before an owner, case does not matter, and empty values name nobody."""
    build.more["custom_fields"] = (OWNER, PROJECT)
    build.cluster()
    for n, values in enumerate((((1, "ann"), (2, "4711")), ((2, " 4711 "),), ((1, "Ann"),), ((1, "ANN"),), ((2, "n/a"),))):
        build.machine(f"m{n}", custom_values=values).event("VmDeployedEvent", vm=f"m{n}", vm_name=f"m{n}")
    build.machine("old", custom_values=((2, "other"),))
    assert build.observe("tenants").value == 2


def test_machines_that_name_nobody_are_zero_where_they_could(build: EstateBuilder) -> None:
    """An attribute that nobody fills in is zero; no such attribute is unknown, since tags may hold it."""
    make(build.cluster(), 4)
    assert build.observe("tenants").state == build.observe("owner_tags").state == "unknown"
    build.more["custom_fields"] = (OWNER,)
    assert build.observe("tenants").value == build.observe("owner_tags").value == 0.0


@pytest.mark.parametrize("indicator", ["tenants", "owner_tags"])
def test_hidden_attributes_are_unknown(build: EstateBuilder, indicator: str) -> None:
    """Names of attributes, or their values on every machine, that could not be read."""
    build.more["custom_fields"] = (OWNER,)
    make(build.cluster(), 3).machine_gap("custom_values")
    assert build.observe(indicator).state == "unknown"
    assert build.gap("custom_fields").observe(indicator).reason.startswith("custom fields could not be read")


def test_owners_are_named_by_attribute_or_note(build: EstateBuilder) -> None:
    """Five of seven: by owner, by cost centre and by a note that names one."""
    build.more["custom_fields"] = (OWNER, PROJECT)
    build.cluster().machines(2, prefix="o", custom_values=((1, "ann"),)).machines(2, prefix="p", custom_values=((2, "4711"),))
    build.machine("note", annotation="Owner: ann@example.com").machine("else", annotation="the owner left").machine("none")
    found = build.observe("owner_tags")
    assert (found.numerator, found.denominator) == (5, 7)


def test_a_hidden_note_is_no_missing_owner(build: EstateBuilder) -> None:
    """It may name one: a machine of which the note could not be read is left out."""
    build.more["custom_fields"] = (OWNER,)
    build.cluster().machines(3, annotation="Owner: ann").machines(1, prefix="own", custom_values=((1, "bob"),))
    build.machines(1, prefix="hidden", unreadable=frozenset({"annotation"})).machine("none")
    found = build.observe("owner_tags")
    assert (found.numerator, found.denominator) == (4, 5)
    assert found.seen == pytest.approx(5 / 6)


def test_hidden_machines_may_be_of_other_tenants(build: EstateBuilder) -> None:
    """What is hidden lowers what was seen, and where it is most of all the number says nothing."""
    build.more["custom_fields"] = (OWNER,)
    make(build.cluster(), 8)
    build.vms = [replace(vm, custom_values=((1, vm.name),)) for vm in build.vms]
    build.seen_days = 90.0
    hidden = [replace(vm, custom_values=(), unreadable=frozenset({"custom_values"})) for vm in build.vms]
    build.vms = [*hidden[:4], *build.vms[4:]]
    assert (build.observe("tenants").value, build.observe("tenants").seen) == (4, 0.5)
    build.vms = [*hidden[:5], *build.vms[5:]]
    assert build.observe("tenants").state == "unknown"


def test_deleted_machines_name_nobody_any_more(build: EstateBuilder) -> None:
    """For whom they were made is not known; those that are left are a part of what was seen, and none says nothing."""
    build.more["custom_fields"] = (OWNER,)
    make(build.cluster().cluster("c2"), 4).seen_days = 90.0
    for n in range(12):
        build.event("VmDeployedEvent", vm=f"gone-{n}", vm_name=f"gone{n}", host="c1-h1")
    build.vms = [replace(vm, custom_values=((1, vm.name),), host="c2-h1") for vm in build.vms]
    assert (build.observe("tenants").value, build.observe("tenants").seen) == (4, 0.25)
    build.vms = []
    assert build.observe("tenants").reason == "none of 16 new virtual machines is still here to say for whom it was made"


def test_owners_are_named_by_tags_too(build: EstateBuilder) -> None:
    """By categories of owners, teams and cost centres; a tag that says nothing names nobody."""
    team, cost, none = Tag("Team", "Mail"), Tag("CostCenter", "4711"), Tag("Owner", "TBD")
    build.cluster().machine("a", tags=(team,)).machine("b", tags=(cost,)).machine("c", tags=(none,)).machine("d").tagged()
    found = build.observe("owner_tags")
    assert (found.numerator, found.denominator) == (2, 4)
    assert found.evidence == ("2 of 4 workloads name an owner, a team or a project.",)


def test_tags_that_could_not_be_read_leave_owners_unknown(build: EstateBuilder) -> None:
    """Though an attribute names some: the tags might name the rest."""
    build.more["custom_fields"] = (OWNER, PROJECT)
    build.cluster().machine("a", custom_values=((1, "ann"),)).machine("b").gap("tags")
    assert build.observe("owner_tags").reason == "tags could not be read: the account may not read it; grant it Read-only"
    assert build.observe("tenants").state == "unknown"


def test_the_reason_says_whether_tags_were_looked_at(build: EstateBuilder) -> None:
    """Nothing names an owner: with tags and without."""
    build.cluster().machines(3)
    assert (build.observe("owner_tags").reason or "").endswith("names an owner, and tags are not read")
    build.tagged()
    assert (build.observe("owner_tags").reason or "").endswith("names an owner, and no tag that can be seen does")


def test_tenants_are_named_by_tags_too(build: EstateBuilder) -> None:
    """The same project by tag and by attribute is one."""
    build.more["custom_fields"] = (OWNER, PROJECT)
    build.cluster().machine("a", tags=(Tag("Project", "Apollo"),)).machine("b", custom_values=((2, "apollo"),))
    build.machine("c", tags=(Tag("Project", "Gemini"),)).tagged()
    for name in "abc":
        build.event("VmCreatedEvent", vm=name, user="ann")
    assert build.observe("tenants").value == 2


def test_no_workload_has_no_owner(build: EstateBuilder) -> None:
    """Nobody to ask."""
    assert build.cluster().observe("owner_tags").reason == "there is no workload virtual machine"


def test_nothing_made_and_nothing_deleted_is_zero(build: EstateBuilder) -> None:
    """A month in which nothing came or went."""
    assert build.cluster().machines(100).observe("churn").value == 0.0


def test_churn_is_half_of_what_came_and_went(build: EstateBuilder) -> None:
    """Six made and two deleted in thirty days beside fifty machines are eight per hundred; imports and desktops are not."""
    make(build.cluster().machines(44), 6).event("VmRegisteredEvent", vm="vm-1", vm_name="vm-1")
    for name in ("gone-1", "gone-2", "vdi-3"):
        build.event("VmRemovedEvent", vm=name, vm_name=name)
    build.event("VmRemovedEvent", vm="older", vm_name="older", days_ago=31)
    found = build.observe("churn")
    assert (found.numerator, found.denominator, found.value) == (4.0, 0.5, 8.0)


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
    assert "at least 1 day is needed" in build.cluster().machines(3).observe("churn").reason


def test_few_first_starts_are_unknown(build: EstateBuilder) -> None:
    """Nine waiting times say little, and machines that never ran none."""
    make(build.cluster(), 9, wait=1.0)
    assert build.observe("prov_gap").reason == "only 9 first starts of new virtual machines were seen, and 10 are needed"


@pytest.mark.parametrize("wait", [0.0, 0.5])
def test_the_middle_wait_is_in_hours(build: EstateBuilder, wait: float) -> None:
    """From the making to the first start, of which later ones are none; no wait at all is the best."""
    make(build.cluster(), 11, wait=wait)
    build.event("VmPoweredOnEvent", vm="new-1", days_ago=1)
    assert build.observe("prov_gap").value == pytest.approx(wait / timedelta(hours=1).total_seconds() * 86400)


def test_tenants_of_hidden_machines_are_unknown(build: EstateBuilder) -> None:
    """Events tell that machines were made, and nobody can tell for whom."""
    build.more["custom_fields"] = (CustomField(1, "Owner", "VirtualMachine"),)
    build.gap("vms").event("VmCreatedEvent", vm="vm-1")
    build.seen_days = 100.0
    assert build.observe("tenants").state == "unknown"


def test_self_service_of_hidden_marks_is_unknown(build: EstateBuilder) -> None:
    """Those that it was seen to make are the only ones that could be read, and not all that there are."""
    build.cluster().machines(4).event("VmDeployedEvent", vm="vm-1", vm_name="vm-1", user="VSPHERE.LOCAL\\vra-svc")
    assert build.observe("self_service").value == 2
    assert build.machine_gap("managed_by").observe("self_service").state == "unknown"
