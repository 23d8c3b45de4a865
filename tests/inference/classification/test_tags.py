"""What tags say about machines, and rules that go by tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import CustomField, Folder, Tag
from inference.classification.attributes import denies, is_tagged_for_backup
from inference.classification.lexicon import builtin
from inference.classification.rules import Rule
from inference.classification.workloads import UNRECOGNISED, Workload
from inference.estate.estate import Estate

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

APPS = {app.id: app for app in builtin().apps.values()}


def workload(build: EstateBuilder, *rules: Rule) -> Workload:
    """What the last machine is for."""
    estate = Estate.of(build.tagged().snapshot(), rules=rules)
    return estate.workload_of(build.vms[-1])


@pytest.mark.parametrize(
    "tags",
    [
        (),
        (Tag("Location", "SAP building"),),
        (Tag("Owner", "Exchange team"),),
        (Tag("Application", "Wobble"),),
        (Tag("Application", ""),),
    ],
)
def test_tags_that_say_nothing_leave_the_machine_unrecognised(build: EstateBuilder, tags: tuple[Tag, ...]) -> None:
    """No tag, a category about something else, a name that is no known word."""
    assert workload(build.cluster().machine("x", tags=tags)) == UNRECOGNISED


@pytest.mark.parametrize(
    ("tags", "app", "environment"),
    [
        ((Tag("Application", "SAP ECC"),), "sap", None),
        ((Tag("App Name", "Intranet"), Tag("Service Tier", "Tier 1")), "web", None),
        ((Tag("SLA", "Mission Critical"),), "sharepoint", None),
        ((Tag("Environment", "UAT"), Tag("application", "Oracle")), "oracle", "test"),
    ],
)
def test_tags_come_before_everything_else(
    build: EstateBuilder, tags: tuple[Tag, ...], app: str, environment: str | None
) -> None:
    """An attribute, a folder and a name say otherwise."""
    build.more |= {"custom_fields": (CustomField(1, "Application"),), "folders": (Folder(id="f", name="Exchange"),)}
    found = workload(build.cluster().machine("sql01", tags=tags, parent="f", custom_values=((1, "SharePoint"),)))
    assert (found.app, found.environment) == (APPS[app], environment)
    assert (found.source, found.confidence) == ("tag", 0.95)


def test_each_source_says_what_the_ones_before_it_leave_open(build: EstateBuilder) -> None:
    """An environment from a tag, a class from the name."""
    found = workload(build.cluster().machine("sql01", tags=(Tag("Env", "Production"),)))
    assert found == Workload(APPS["database"], "production", "name")


def test_tags_that_were_not_read_change_nothing(build: EstateBuilder) -> None:
    """The name speaks, as without any tags."""
    estate = Estate.of(build.cluster().machine("sql01").snapshot())
    assert estate.workload_of(build.vms[-1]).source == "name"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("SAP*", True),
        ("application:sap*", True),
        ("Application : SAP ECC", True),
        ("*:sap ecc", True),
        ("Location:SAP*", False),
        ("Application:Oracle", False),
        ("Application", False),
        ("tier:1", True),
        ("Criticality:tier:1", True),
    ],
)
def test_rules_go_by_category_and_name_or_by_the_name_alone(build: EstateBuilder, pattern: str, *, fits: bool) -> None:
    """Without regard to case, and where the name of a tag holds a colon itself."""
    tags = Tag("Application", "SAP ECC"), Tag("Criticality", "tier:1")
    found = workload(build.cluster().machine("x", tags=tags), Rule(tag=pattern, app=APPS["finance"]))
    assert (found.source == "rule") is fits


def test_a_rule_by_tag_fits_nothing_where_tags_were_not_read(build: EstateBuilder) -> None:
    """Not read is no match, whatever the pattern."""
    estate = Estate.of(build.cluster().machine("x").snapshot(), rules=[Rule(tag="*", app=APPS["sap"])])
    assert estate.workload_of(build.vms[-1]) == UNRECOGNISED


@pytest.mark.parametrize(
    "text", ["none", "No", "NoBackup", "nobackup", "no-backup", "Not backed up", "Excluded", "N/A", " - ", ""]
)
def test_these_say_no(text: str) -> None:
    """As people write it."""
    assert denies(text)


@pytest.mark.parametrize("text", ["Gold", "Notes", "daily", "north", "Offsite", "Nightly backup"])
def test_these_do_not_say_no(text: str) -> None:
    """Words that only begin like it."""
    assert not denies(text)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (None, False),
        ((), False),
        ((Tag("Owner", "Gold"),), False),
        ((Tag("Backup policy", "Gold"),), True),
        ((Tag("Policy", "VeeamBackup_daily"),), True),
        ((Tag("Backup", "None"),), False),
        ((Tag("Policy", "no-backup"),), False),
        ((Tag("Backup", "Gold"), Tag("Policy", "no backup")), False),
    ],
)
def test_backup_by_tag(tags: tuple[Tag, ...] | None, *, expected: bool) -> None:
    """Where tags contradict each other, nothing is protected."""
    assert is_tagged_for_backup(tags) is expected
