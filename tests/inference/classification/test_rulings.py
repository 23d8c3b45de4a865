"""Rules of the operator, what they make of machines, and folders as rules see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import CustomField, Folder, ResourcePool, Ruling
from inference.classification.lexicon import builtin
from inference.classification.rules import Rule, fitting, of_rulings, ruled
from inference.classification.workloads import Workload, folder_paths

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

LEXICON = builtin()
APPS = {app.id: app for app in LEXICON.apps.values()}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(app=APPS["sap"]), Workload(APPS["sap"], "test", "rule")),
        (Rule(app=APPS["sap"], environment="production"), Workload(APPS["sap"], "production", "rule")),
        (Rule(environment="production"), Workload(APPS["file"], "production", "name")),
        (Rule(nothing=True), Workload(None, "test", "rule")),
        (Rule(), Workload(APPS["file"], "test", "name")),
    ],
)
def test_what_a_rule_leaves_out_stays_as_it_is_known(rule: Rule, expected: Workload) -> None:
    """A class is the rule's, an environment alone keeps the source of the class."""
    assert rule.applied(Workload(APPS["file"], "test", "name")) == expected


@pytest.mark.parametrize("rule", [Rule(app=APPS["sap"]), Rule(environment="test"), Rule(nothing=True), Rule()])
def test_a_ruling_is_its_rule_again(rule: Rule) -> None:
    """A recording has no names, and brings along what rules made of each machine."""
    assert of_rulings([ruled(rule, "vm-1")], LEXICON) == {"vm-1": rule}


def test_rulings_of_what_is_not_known_here_leave_it_open() -> None:
    """A class of another lexicon, an environment of another release."""
    assert of_rulings([Ruling("vm-1", "gone", "mars", False)], LEXICON) == {"vm-1": Rule()}  # noqa: FBT003 - nothing was said


def test_one_of_several_attributes_is_enough(build: EstateBuilder) -> None:
    """By the name of the attribute and its value, whatever the others say."""
    build.more["custom_fields"] = (CustomField(1, "Owner"), CustomField(2, "Application"))
    build.cluster().machine("a", custom_values=((1, "ann"), (2, "SAP ERP"))).machine("b", custom_values=((1, "SAP ERP"),))
    rule = Rule(attribute=("APPLICATION", "sap*"), app=APPS["sap"])
    assert fitting(build.snapshot(), [rule]) == {"a": rule}
    assert fitting(build.snapshot(), []) == {}


@pytest.mark.parametrize(
    ("folder", "fits"),
    [("CRM", True), ("Production", True), ("production/crm", True), ("Production/CRM/inner", True), ("Sales", False)],
)
def test_a_rule_may_name_a_vapp_or_the_folder_that_it_lies_in(build: EstateBuilder, folder: str, fits: bool) -> None:
    """Each holds for all that is inside, a vApp in the vApp too."""
    build.more["folders"] = (Folder(id="f1", name="Production"),)
    build.more["resource_pools"] = (
        ResourcePool(id="v1", name="CRM", parent="r1", folder="f1", is_vapp=True),
        ResourcePool(id="v2", name="inner", parent="v1", is_vapp=True),
    )
    build.cluster().machine("a", vapp="v2")
    assert bool(fitting(build.snapshot(), [Rule(folder=folder, nothing=True)])) is fits


@pytest.mark.parametrize(("root", "expected"), [("vm", "Production/Sales"), ("Discovered", "Discovered/Production/Sales")])
def test_the_folder_that_no_client_shows_is_in_no_path(build: EstateBuilder, root: str, expected: str) -> None:
    """A machine in a vApp is where that is, and in the vApp; one whose folder could not be read is nowhere."""
    build.more["folders"] = (
        Folder(id="f0", name=root, parent="datacenter-2"),
        Folder(id="f1", name="Production", parent="f0"),
        Folder(id="f2", name="Sales", parent="f1"),
    )
    build.more["resource_pools"] = (
        ResourcePool(id="v1", name="CRM", parent="r1", folder="f2", is_vapp=True),
        ResourcePool(id="v2", name="Web", parent="r1", is_vapp=True),
        ResourcePool(id="r1", name="SAP", owner="c1"),
    )
    build.machine("a", parent="f2").machine("b", vapp="v1", parent="f1").machine("c", vapp="v2").machine("d", parent="gone")
    assert folder_paths(build.snapshot()) == {
        "a": (expected,),
        "b": (f"{expected}/CRM", "CRM"),
        "c": ("Web",),
        "d": ("",),
    }


@pytest.mark.parametrize(
    ("workload", "business", "infrastructure", "recognised"),
    [
        (Workload(APPS["sap"], "production"), True, False, True),
        (Workload(APPS["sap"]), True, False, True),
        (Workload(APPS["sap"], "test"), False, True, True),
        (Workload(APPS["sap"], "development"), False, True, True),
        (Workload(APPS["file"], "production"), False, True, True),
        (Workload(None, "development"), False, True, True),
        (Workload(None, "production"), False, False, True),
        (Workload(), False, False, False),
    ],
)
def test_copies_for_test_and_development_are_infrastructure(
    workload: Workload, business: bool, infrastructure: bool, recognised: bool
) -> None:
    """And no application of the business, whatever they are copies of."""
    assert (workload.is_business, workload.is_infrastructure, workload.is_recognised) == (business, infrastructure, recognised)


def test_an_environment_is_known_without_a_class(build: EstateBuilder) -> None:
    """A folder may say that its machines are for tests, and nothing else."""
    build.more["folders"] = (Folder(id="f1", name="Test"),)
    estate = build.cluster().machine("x1", parent="f1").estate()
    assert estate.workload_of(build.vms[0]) == Workload(environment="test")
