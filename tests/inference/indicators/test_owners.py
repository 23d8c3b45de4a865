"""Who answers for machines and for whom they are made: owners and tenants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collector.facts import CustomField, Tag

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

OWNER, PROJECT = CustomField(1, "Owner"), CustomField(2, "Cost Center")


def make(build: EstateBuilder, count: int) -> EstateBuilder:
    """Add new machines, each with the event that made it."""
    build.machines(count, prefix="new")
    for n in range(1, count + 1):
        build.event("VmDeployedEvent", vm=f"new-{n}", vm_name=f"new-{n}", days_ago=10)
    return build


def test_nobody_had_machines_made(build: EstateBuilder) -> None:
    """With the whole window seen none made is none; with part of it seen it is unknown."""
    build.more["custom_fields"] = (OWNER,)
    assert build.cluster().machines(12).observe("tenants").state == "unknown"
    build.seen_days = 85.5
    found = build.observe("tenants")
    assert (found.value, found.seen) == (0.0, 0.95)


def test_tenants_are_distinct_projects(build: EstateBuilder) -> None:
    """A cost centre comes before an owner, case does not matter, and empty values name nobody."""
    build.more["custom_fields"] = (OWNER, PROJECT)
    build.cluster()
    for n, values in enumerate((((1, "ann"), (2, "4711")), ((2, " 4711 "),), ((1, "Ann"),), ((1, "ANN"),), ((2, "n/a"),))):
        build.machine(f"m{n}", custom_values=values).event("VmDeployedEvent", vm=f"m{n}", vm_name=f"m{n}")
    build.machine("old", custom_values=((2, "other"),))
    build.machine("moved", custom_values=((2, "moved"),)).event("VmRegisteredEvent", vm="moved", vm_name="moved")
    found = build.observe("tenants")
    assert (found.value, found.seen) == pytest.approx((2, 30 / 90))


@pytest.mark.parametrize(("hidden", "state", "seen"), [(2, "observed", 0.5), (3, "unknown", 0.0)])
def test_tenants_of_machines_that_hide_them_are_not_seen(build: EstateBuilder, hidden: int, state: str, seen: float) -> None:
    """They may be for others; where they are most, nobody knows how many there are."""
    build.more["custom_fields"] = (OWNER,)
    build.seen_days = 90.0
    build.cluster().machines(4 - hidden, prefix="a", custom_values=((1, "ann"),))
    build.machines(hidden, prefix="b", unreadable=frozenset({"custom_values"}))
    for vm in list(build.vms):
        build.event("VmDeployedEvent", vm=vm.id, vm_name=vm.name)
    found = build.observe("tenants")
    assert (found.state, found.seen) == (state, seen)


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
    assert build.observe("tenants").reason == "none of 16 new VMs still exists, so who they were created for was not seen"


def test_a_note_alone_is_enough_to_name_an_owner(build: EstateBuilder) -> None:
    """Though there is no attribute for it: somebody writes them down."""
    found = build.cluster().machines(3).machine("note", annotation="Owner: ann@example.com").observe("owner_tags")
    assert (found.numerator, found.denominator) == (1, 4)


def test_owners_are_named_by_tags_too(build: EstateBuilder) -> None:
    """By categories of owners, teams and cost centres; a tag that says nothing names nobody."""
    team, cost, none = Tag("Team", "Mail"), Tag("CostCenter", "4711"), Tag("Owner", "TBD")
    build.cluster().machine("a", tags=(team,)).machine("b", tags=(cost,)).machine("c", tags=(none,)).machine("d").tagged()
    found = build.observe("owner_tags")
    assert (found.numerator, found.denominator) == (2, 4)
    assert found.evidence == ("2 of 4 workload VMs name an owner, a team or a project.",)


def test_tags_that_could_not_be_read_leave_owners_unknown(build: EstateBuilder) -> None:
    """Though an attribute names some: the tags might name the rest."""
    build.more["custom_fields"] = (OWNER, PROJECT)
    build.cluster().machine("a", custom_values=((1, "ann"),)).machine("b").gap("tags")
    assert build.observe("owner_tags").reason == "tags could not be read: the account may not read it; grant it Read-only"
    assert build.observe("tenants").state == "unknown"


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
    assert build.cluster().observe("owner_tags").reason == "there are no workload VMs"


def test_tenants_of_hidden_machines_are_unknown(build: EstateBuilder) -> None:
    """Events tell that machines were made, and nobody can tell for whom."""
    build.more["custom_fields"] = (CustomField(1, "Owner", "VirtualMachine"),)
    build.gap("vms").event("VmCreatedEvent", vm="vm-1")
    build.seen_days = 100.0
    assert build.observe("tenants").state == "unknown"
