"""Operations by programs and by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import CustomField, Extension

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

OWNER, PROJECT = CustomField(1, "Owner"), CustomField(2, "Cost Center")
AUTOMATION = Extension("com.vmware.vcac")


def works(build: EstateBuilder, user: str, count: int, type_: str = "VmPoweredOnEvent", start: float = 20.0) -> EstateBuilder:
    """Add operations of one account at irregular times of working days' mornings."""
    for n in range(count):
        build.event(type_, vm=f"vm-{n + 1}", vm_name=f"vm-{n + 1}", user=user, days_ago=start - n / 97 - (n % 3) / 200)
    return build


def test_no_operation_is_unknown(build: EstateBuilder) -> None:
    """The platform and tools that watch or copy are nobody's operations."""
    build.cluster().machines(12)
    for user in ("", "VSPHERE.LOCAL\\vpxd-extension-1a2b", "CORP\\svc-veeam", "view-composer@corp", "CORP\\svc_srm", "System"):
        works(build, user, 5)
    found = build.observe("auto_ops")
    assert (found.state, found.reason) == ("unknown", "no VM operation was seen in the last 30 days")


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
    assert found.evidence[1] == "10 operations came from accounts that may be a person or a program and are excluded."
    works(build, "CORP\\svc-admin", 20, start=15.0)
    assert build.observe("auto_ops").seen == 0.5
    works(build, "CORP\\svc-admin", 10, start=12.0)
    assert build.observe("auto_ops").reason == (
        "40 operations came from accounts that may be a person or a program; only 30 can be attributed"
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


def test_shared_accounts_alone_leave_it_open(build: EstateBuilder) -> None:
    """Operations were seen, and nobody knows whose."""
    found = works(build.cluster().machines(12), "CORP\\svc-admin", 12).observe("auto_ops")
    assert (found.state, found.reason) == (
        "unknown",
        "12 operations came from accounts that may be a person or a program; only 0 can be attributed",
    )


def test_clear_operations_alone_are_wholly_seen(build: EstateBuilder) -> None:
    """There is nothing to say about doubt."""
    found = works(build.cluster().machines(12), "CORP\\ann", 12).observe("auto_ops")
    assert (found.seen, len(found.evidence)) == (1.0, 1)


@pytest.mark.parametrize(
    ("tasks", "told"), [(None, ""), (0, ""), (1, "1 scheduled task, which is"), (12, "12 scheduled tasks, which are")]
)
def test_scheduled_tasks_are_told_and_not_scored(build: EstateBuilder, tasks: int | None, told: str) -> None:
    """They are automation of a kind, and how much of it they are nobody can say."""
    works(build.cluster().machines(40), "CORP\\ann", 20)
    without = build.observe("auto_ops")
    build.more["scheduled_tasks"] = tasks
    found = build.observe("auto_ops")
    assert found.evidence == (*without.evidence, *([f"vCenter has {told} not scored."] if told else ()))
    assert (found.value, found.seen) == (without.value, without.seen)
