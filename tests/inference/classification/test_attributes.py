"""What custom attributes and the rules of the operator say about machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import CustomField, Folder
from inference.classification.attributes import Attributes
from inference.classification.lexicon import builtin
from inference.classification.rules import Rule
from inference.classification.workloads import Workload
from inference.estate.estate import Estate

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
        (((4, "Tier 1"),), "database", None),
        (((4, "Tier 1 - mission critical"), (2, "SAP")), "sap", None),
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
    assert found.source == ("name" if app == "database" and (4, "Tier 1") not in values else "attribute")


@pytest.mark.parametrize(
    "value", ["Tier 1", "tier-0", "1", "Mission Critical", "Tier 1 - Mission Critical", "Business critical (T1)"]
)
def test_a_value_says_critical_in_its_words(build: EstateBuilder, value: str) -> None:
    """As a whole, or by one of its words or two neighbours."""
    build.more["custom_fields"] = FIELDS
    assert workload(build.cluster().machine("x", custom_values=((4, value),))).app == APPS["tier1"]


@pytest.mark.parametrize(
    "value", ["Tier 2", "not critical", "Non-critical", "non business critical", "Gold", "10", "Tier 3 of 1", ""]
)
def test_a_value_that_says_anything_else_is_not_critical(build: EstateBuilder, value: str) -> None:
    """A lower tier, a denial, a number among words."""
    build.more["custom_fields"] = FIELDS
    assert workload(build.cluster().machine("x", custom_values=((4, value),))).app is None


def test_what_is_critical_stays_the_application_that_it_is(build: EstateBuilder) -> None:
    """That a machine is critical says of no application which it is: folder and name still do, and each kind counts."""
    build.more["custom_fields"] = FIELDS
    build.cluster().machines(5)
    for name in ("sap01", "exch01", "orcl01", "web01", "app01", "dc01", "wsus01"):
        build.machine(name, custom_values=((4, "Tier 1"),), vcpus=8)
    estate = build.estate()
    found = {vm.name: estate.workload_of(vm) for vm in estate.workloads.items[5:]}
    assert {name: workload.app.id for name, workload in found.items() if workload.app} == {
        "sap01": "sap",
        "exch01": "exchange",
        "orcl01": "oracle",
        "web01": "tier1",
        "app01": "tier1",
        "dc01": "domain_controller",
        "wsus01": "management",
    }
    assert {workload.source for workload in found.values()} == {"attribute"}
    assert build.observe("biz_div").value == 4


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("Verantwortlicher", "owner"),
        ("Propriétaire", "owner"),
        ("Kostenstelle", "tenant"),
        ("Centro de coste", "tenant"),
        ("Proyecto", "tenant"),
        ("Umgebung", "environment"),
        ("Entorno", "environment"),
        ("Anwendung", "application"),
        ("Kritikalität", "criticality"),
        ("Właściciel", "owner"),
        ("Ägare", "owner"),
        ("Département", "tenant"),
        ("Kostnadsställe", "tenant"),
        ("Miljø", "environment"),
    ],
)
def test_attributes_have_names_in_several_languages(field: str, kind: str) -> None:
    """With their accents, as whoever defined them wrote them."""
    assert Attributes([CustomField(1, field)], builtin()).kinds == {1: kind}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        *[(name, None) for name in ("Storage Tier", "Performance Tier", "Backup SLA", "Project End Date", "Application Pool")],
        *[("Service Tier", "criticality"), ("Application Tier", "criticality"), ("Project", "tenant"), ("Update", None)],
    ],
)
def test_a_word_beside_may_tell_something_else(field: str, kind: str | None) -> None:
    """The first tier of storage makes no machine critical, and the end of a project is nobody for whom it was made."""
    assert Attributes([CustomField(1, field)], builtin()).kinds == ({1: kind} if kind else {})


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("Backup", "Daily", True),
        ("BackupPolicy", "Gold", True),
        ("NB_LAST_BACKUP", "Sun Jun 2 01:00, policy vm-prod", True),
        ("Policy", "backup daily", True),
        ("Datensicherung", "täglich", True),
        ("Versicherung", "täglich", False),
        ("Backup", "No", False),
        ("Backup", "", False),
        ("Policy", "No backup", False),
        ("Policy", "excluded from backup", False),
        ("Policy", "Gold", False),
    ],
)
def test_an_attribute_for_backup_says_yes_or_no(build: EstateBuilder, field: str, value: str, *, expected: bool) -> None:
    """By its own name as a tag does by its category, and a denial is none."""
    build.more["custom_fields"] = (CustomField(9, field),)
    machines = build.cluster().machines(5).machine("sql01", custom_values=((9, value),)).estate().business
    assert ("backup" in machines[0].corroborated_by, "backup" in machines[0].protected_by) == (expected, expected)


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
