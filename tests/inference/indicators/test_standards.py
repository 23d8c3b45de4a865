"""Templates, sizes, hardware versions, tools and distributed switches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import DistributedSwitch, License
from inference.indicators.standards import template_share

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

NEW = ("template_share", "size_std")
STATE = ("hw_version", "tools_current", "dvs_share")


def made(
    build: EstateBuilder, count: int, type_: str, prefix: str = "new", user: str = "CORP\\ann", source_vm: str | None = None
) -> None:
    """Add machines of yesterday, each with the event that made it."""
    build.machines(count, prefix=prefix, created=build.now - timedelta(days=1))
    for n in range(1, count + 1):
        name = f"{prefix}-{n}"
        build.event(type_, vm=name, vm_name=name, user=user, host="c1-h1", source_vm=source_vm)


@pytest.mark.parametrize("indicator", NEW)
def test_nothing_new_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """Where nothing was made, nobody can say how."""
    found = build.cluster().machines(20, created=build.now - timedelta(days=400)).observe(indicator)
    assert found.state == "unknown"
    assert "no" in found.reason


@pytest.mark.parametrize("indicator", STATE)
def test_nobody_running_is_unknown(build: EstateBuilder, indicator: str) -> None:
    """There is nobody to ask."""
    assert build.cluster().machines(3, power="poweredOff").observe(indicator).state == "unknown"


@pytest.mark.parametrize(
    ("indicator", "field"),
    [("hw_version", "hardware_version"), ("tools_current", "tools_version"), ("dvs_share", "networks"), ("size_std", "vcpus")],
)
def test_hidden_properties_are_unknown(build: EstateBuilder, indicator: str, field: str) -> None:
    """What could not be read is neither old nor new."""
    assert build.cluster().machines(12).machine_gap(field).observe(indicator).state == "unknown"


def test_templates_need_events(build: EstateBuilder) -> None:
    """How a machine was made stands in events alone."""
    build.seen_days, build.unreadable_events = None, "the account may not read events"
    found = build.cluster().machines(12).observe("template_share")
    assert (found.state, found.reason) == ("unknown", "events could not be read: the account may not read events")


def test_blank_builds_are_zero(build: EstateBuilder) -> None:
    """Machines were made, and none from a template."""
    build.cluster()
    made(build, 12, "VmCreatedEvent")
    found = build.observe("template_share")
    assert (found.numerator, found.denominator, len(found.evidence)) == (0, 12, 1)


def test_imports_alone_say_nothing(build: EstateBuilder) -> None:
    """The reason names them."""
    build.cluster()
    made(build, 2, "VmRegisteredEvent", "moved")
    reason = "no new VM was seen in the last 30 days (events go no further back), apart from 2 imported"
    assert build.observe("template_share").reason == reason


def test_what_a_backup_tool_copies_is_no_template(build: EstateBuilder) -> None:
    """A database that is cloned every night for its backup is not what new machines should be made of."""
    build.cluster()
    made(build, 10, "VmClonedEvent", prefix="copy", user="CORP\\svc-commvault", source_vm="vm-db")
    made(build, 2, "VmClonedEvent", source_vm="vm-db")
    found = build.observe("template_share")
    assert (found.numerator, found.denominator) == (0, 2)


def test_a_machine_of_the_library_may_have_left_its_cluster(build: EstateBuilder) -> None:
    """What it was made from is known of the machine, wherever it is now."""
    build.cluster().cluster("c2").machines(12, host="c2-h1", from_content_library=True)
    for n in range(1, 13):
        build.event("VmCreatedEvent", vm=f"vm-{n}", vm_name=f"vm-{n}", user="CORP\\ann", host="c1-h1")
    assert template_share(build.estate().parts()[0]).value == build.observe("template_share").value == 1.0


def test_a_template_that_was_replaced_is_no_new_machine(build: EstateBuilder) -> None:
    """One is built every night, deployed from and deleted: what was deployed from was a template, whoever made it."""
    build.cluster()
    for n in range(6):
        own: dict[str, Any] = {"vm": f"t-{n}", "vm_name": f"rhel9-{n}", "user": "CORP\\svc-packer"}
        build.event("VmCreatedEvent", **own)
        made(build, 2, "VmDeployedEvent", prefix=f"new{n}", source_vm=f"t-{n}")
        build.event("VmRemovedEvent", **own)
    assert (build.observe("template_share").numerator, build.observe("template_share").denominator) == (12, 12)
    assert build.observe("churn").numerator == 6
    assert build.observe("auto_ops").value == 0


@pytest.mark.parametrize(("last", "blank"), [("VmConvertedToTemplateEvent", 0), ("TemplateConvertedToVmEvent", 6)])
def test_a_template_that_nobody_used_is_known_by_its_mark(build: EstateBuilder, last: str, blank: int) -> None:
    """Images are built every night, and few of them are deployed before the next one takes their place."""
    build.cluster()
    made(build, 10, "VmDeployedEvent")
    for n in range(6):
        own: dict[str, Any] = {"vm": f"t-{n}", "vm_name": f"rhel9-{n}", "user": "CORP\\svc-packer"}
        build.event("VmCreatedEvent", **own).event("com.vmware.vc.vm.VmConvertedToTemplateEvent", **own)
        build.event(f"com.vmware.vc.vm.{last}", **own).event("VmRemovedEvent", **own)
    assert build.observe("template_share").denominator == 10 + blank
    assert build.observe("churn").numerator == (10 + 2 * blank) / 2


def test_templates_are_counted_and_imports_stand_apart(build: EstateBuilder) -> None:
    """Deployed, cloned from a template, from a golden machine and from a library count; single clones and blanks do not."""
    build.cluster().machine("gold", template=True, power="poweredOff")
    made(build, 4, "VmDeployedEvent", "deployed")
    made(build, 2, "VmClonedEvent", "of-template", source_vm="gold")
    made(build, 3, "VmClonedEvent", "of-golden", source_vm="vm-77")
    made(build, 1, "VmClonedEvent", "copy", source_vm="vm-78")
    made(build, 2, "VmCreatedEvent", "blank")
    build.machine("from-library", from_content_library=True).event("VmCreatedEvent", vm="from-library", vm_name="from-library")
    made(build, 5, "VmRegisteredEvent", "moved")
    made(build, 2, "VmCreatedEvent", "converted", user="CORP\\svc-converter")
    found = build.observe("template_share")
    assert (found.numerator, found.denominator) == (10, 13)
    assert found.seen == pytest.approx(30 / 90)
    assert found.evidence == (
        "10 of 13 new VMs came from a template, 2 created blank in the last 30 days (events go no further back).",
        "Imported or registered, and not counted: 7.",
    )


def test_a_clone_is_also_created_and_counts_once(build: EstateBuilder) -> None:
    """Both events of one machine are one machine."""
    build.cluster().machine("new")
    build.event("VmCreatedEvent", vm="new", vm_name="new").event("VmDeployedEvent", vm="new", vm_name="new")
    found = build.observe("template_share")
    assert (found.numerator, found.denominator) == (1, 1)


def test_desktops_that_are_gone_are_left_out(build: EstateBuilder) -> None:
    """A pool of desktops names those that were deleted too."""
    build.cluster().machines(12, prefix="pool", guest_id="windows9_64Guest")
    build.event("VmClonedEvent", vm="gone", vm_name="pool-99").event("VmClonedEvent", vm="gone2", vm_name="vdi-1")
    assert build.observe("template_share").state == "unknown"


def test_old_hardware_is_zero(build: EstateBuilder) -> None:
    """Hosts that run version 19, machines of version 10."""
    build.cluster().machines(12, hardware_version="vmx-10")
    build.hosts = [replace(host, version="7.0.3") for host in build.hosts]
    found = build.observe("hw_version")
    assert (found.value, found.denominator) == (0.0, 12)


def test_a_host_that_is_gone_holds_nothing_back(build: EstateBuilder) -> None:
    """It is kept in the inventory, and no machine has to run on it."""
    build.cluster(hosts=3).machines(12, hardware_version="vmx-10")
    build.hosts = [replace(host, version="8.0.2") for host in build.hosts]
    build.hosts[2] = replace(build.hosts[2], version="5.5.0", connection="notResponding")
    assert build.observe("hw_version").value == 0.0


def test_the_oldest_host_says_what_is_new(build: EstateBuilder) -> None:
    """A cluster of 7.0.3 and 6.7 runs version 14 everywhere; a release out of the table leaves it to the machines."""
    build.cluster("c1", hosts=0).host("c1-h1", parent="c1", version="7.0.3").host("c1-h2", parent="c1", version="6.7.0")
    build.cluster("c2", hosts=0).host("c2-h1", parent="c2", version="12.0.0")
    build.machines(3, hardware_version="vmx-12").machine("low", hardware_version="vmx-11")
    build.machine("future", host="c2-h1", hardware_version="vmx-30").machine("past", host="c2-h1", hardware_version="vmx-27")
    found = build.observe("hw_version")
    assert (found.numerator, found.denominator) == (4, 6)


def test_one_host_of_an_unknown_release_leaves_it_to_the_machines(build: EstateBuilder) -> None:
    """It may be older than the others, so nobody knows what runs on all of them."""
    build.cluster("c1", hosts=0).host("c1-h1", parent="c1", version="8.0.2").host("c1-h2", parent="c1", version="12.0.0")
    assert build.machines(3, hardware_version="vmx-12").observe("hw_version").value == 1.0


def test_a_lone_host_says_what_is_new_on_it(build: EstateBuilder) -> None:
    """There is no cluster to ask; where a machine runs may be hidden, and a version that was not read is left out."""
    build.host("h1", version="7.0.3").machines(2, host="h1", hardware_version="vmx-17")
    build.machine("old", host="h1", hardware_version="vmx-16").machine("none", host="h1")
    found = build.machine("nowhere", host=None, hardware_version="vmx-10").observe("hw_version")
    assert (found.numerator, found.denominator) == (3, 4)


def test_tools_missing_or_old_are_zero(build: EstateBuilder) -> None:
    """No tools are no current tools."""
    build.cluster().machines(6, tools_version="guestToolsNotInstalled").machines(
        6, prefix="b", tools_version="guestToolsTooOld"
    )
    assert build.observe("tools_current").value == 0.0


def test_current_and_distribution_tools_count(build: EstateBuilder) -> None:
    """Tools that the guest's distribution keeps are current; unread ones are left out."""
    build.cluster().machines(3, tools_version="guestToolsCurrent").machines(3, prefix="b", tools_version="guestToolsUnmanaged")
    build.machine("newer", tools_version="guestToolsSupportedNew")
    build.machines(2, prefix="c", tools_version="guestToolsNeedUpgrade").machine("d")
    found = build.observe("tools_current")
    assert (found.numerator, found.denominator, found.seen) == (7, 9, 0.9)


def test_standard_switches_alone_are_zero(build: EstateBuilder) -> None:
    """Distributed switches would be there, and nobody is on one."""
    found = build.cluster().machines(12, networks=("network-7",)).observe("dvs_share")
    assert (found.value, found.denominator) == (0.0, 12)


def test_only_machines_wholly_on_distributed_switches_count(build: EstateBuilder) -> None:
    """One foot on a standard switch is not wholly; a machine without a network is not asked."""
    build.cluster().machines(3, networks=("dvportgroup-1", "network-o5")).machine("none")
    build.machine("mixed", networks=("dvportgroup-1", "network-7"))
    found = build.observe("dvs_share")
    assert (found.numerator, found.denominator, found.seen) == (3, 4, 1.0)
    assert build.machine("dark", unreadable=frozenset({"networks"})).observe("dvs_share").seen == 0.8


@pytest.mark.parametrize(
    ("edition", "state"), [("Standard", "not_applicable"), ("Enterprise", "not_applicable"), ("Enterprise Plus", "observed")]
)
def test_editions_without_distributed_switches_are_not_asked(build: EstateBuilder, edition: str, state: str) -> None:
    """Not licensed is not the same as not adopted."""
    build.more["licenses"] = (License(f"VMware vSphere 8 {edition}", "esx.any.cpuPackage"),)
    build.cluster().machines(12, networks=("network-7",))
    assert build.observe("dvs_share").state == state
    build.more["switches"] = (DistributedSwitch(id="dvs-1"),)
    assert build.observe("dvs_share").state == "observed"


@pytest.mark.parametrize("networks", [("network-o5",), ("dvportgroup-1", "network-7")])
@pytest.mark.parametrize("licences", [(), (License("VMware vSphere 8 Standard", "esx.any.cpuPackage"),)])
def test_a_distributed_network_in_use_is_believed_before_the_licence(
    build: EstateBuilder, networks: tuple[str, ...], licences: tuple[License, ...]
) -> None:
    """NSX has switches of its own, and those of vCenter may be out of sight; machines are on their networks all the same."""
    build.more["licenses"] = licences
    found = build.cluster().machines(12, networks=networks).observe("dvs_share")
    assert (found.numerator, found.denominator) == (12 if networks == ("network-o5",) else 0, 12)
