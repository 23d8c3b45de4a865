"""What custom attributes and the rules of the operator say about machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import CustomField, Folder
from inference.estate import Estate
from inference.lexicon import builtin
from inference.rules import Rule
from inference.workloads import Workload

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

FIELDS = (
    CustomField(1, "Application Owner"),
    CustomField(2, "Application"),
    CustomField(3, "Environment"),
    CustomField(4, "Service Tier"),
    CustomField(5, "Last reboot"),
    CustomField(6, "Operating System"),
)
APPS = {app.id: app for app in builtin().apps.values()}


def workload(build: EstateBuilder, *rules: Rule) -> Workload:
    """What the last machine is for."""
    estate = Estate.of(build.snapshot(), rules=rules)
    return estate.workload_of(build.vms[-1])


@pytest.mark.parametrize(
    ("values", "app", "environment"),
    [
        (((2, "SAP ECC"),), "sap", None),
        (((2, "Intranet"), (4, "Tier 1")), "web", None),
        (((4, "Tier 1"),), "tier1", None),
        (((4, "Tier 3"),), "database", None),
        (((3, "Production"),), "database", "production"),
        (((3, "UAT"), (2, "Oracle")), "oracle", "test"),
        (((1, "Exchange team"), (5, "SAP"), (6, "Oracle Linux")), "database", None),
    ],
)
def test_attributes_come_before_names(
    build: EstateBuilder, values: tuple[tuple[int, str], ...], app: str, environment: str | None
) -> None:
    """A machine called sql01 is what its attributes say, where they say something; owners and other attributes do not."""
    build.more["custom_fields"] = FIELDS
    found = workload(build.cluster().machine("sql01", custom_values=values))
    assert (found.app.id if found.app else None, found.environment) == (app, environment)
    assert found.source == ("name" if app == "database" else "attribute")


def test_attributes_come_before_folders(build: EstateBuilder) -> None:
    """A class from an attribute, an environment from the folder."""
    build.more |= {"custom_fields": FIELDS, "folders": (Folder(id="f", name="Test web servers"),)}
    found = workload(build.cluster().machine("a", parent="f", custom_values=((2, "SAP"),)))
    assert (found.app, found.environment, found.source, found.confidence) == (APPS["sap"], "test", "attribute", 0.9)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule(name="CRM-*"), True),
        (Rule(name="crm"), False),
        (Rule(folder="production/sales"), True),
        (Rule(folder="Production"), True),
        (Rule(folder="Prod"), False),
        (Rule(folder="*/sales"), True),
        (Rule(attribute=("application", "salesforce*")), True),
        (Rule(attribute=("Application", "sap")), False),
        (Rule(attribute=("Owner", "*")), False),
        (Rule(name="crm-*", folder="Test"), False),
    ],
)
def test_a_rule_fits_where_all_its_patterns_do(build: EstateBuilder, rule: Rule, fits: bool) -> None:
    """Shell patterns without regard to case, over everything inside a folder."""
    build.more |= {
        "custom_fields": FIELDS,
        "folders": (
            Folder(id="f0", name="vm", parent="datacenter-2"),
            Folder(id="f1", name="Production", parent="f0"),
            Folder(id="f2", name="Sales", parent="f1"),
        ),
    }
    build.cluster().machine("crm-web01", parent="f2", custom_values=((2, "Salesforce sync"),))
    found = workload(build, Rule(name=rule.name, folder=rule.folder, attribute=rule.attribute, app=APPS["erp"]))
    assert (found.source == "rule") is fits
    assert (found.app == APPS["erp"]) is fits


def test_the_first_rule_that_fits_decides(build: EstateBuilder) -> None:
    """Later rules are exceptions that came too late."""
    build.cluster().machine("sql01")
    found = workload(build, Rule(name="sql*", app=APPS["sap"]), Rule(name="*", app=APPS["erp"]))
    assert (found.app, found.confidence) == (APPS["sap"], 1.0)


def test_a_rule_may_take_a_class_away_or_set_an_environment_alone(build: EstateBuilder) -> None:
    """A habit of names is corrected, and a class known otherwise keeps its source."""
    build.cluster().machine("sql01")
    nothing = workload(build, Rule(name="sql*", nothing=True))
    assert (nothing.app, nothing.source, nothing.is_business) == (None, "rule", False)
    tested = workload(build, Rule(name="sql*", environment="test"))
    assert (tested.environment, tested.source, tested.is_business) == ("test", "name", False)
