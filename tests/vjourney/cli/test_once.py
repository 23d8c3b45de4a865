"""``vjourney once`` and ``vjourney demo``: the document or the tables, and the exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from exporters.schema import Document

if TYPE_CHECKING:
    from tests.vjourney.cli.conftest import Configure
    from tests.vjourney.conftest import Run


ESTATES = ("experimentation", "it-production", "business-production", "it-as-a-service")


def test_once_prints_the_document_of_the_contract(run: Run, configuration: Configure) -> None:
    """A replayed vCenter gives a valid document, nothing else on standard output, and exit code 0."""
    result = run("once", "--config", configuration("it-production"), "--json")

    assert result.exit_code == 0, result.stderr
    document = Document.model_validate(json.loads(result.stdout))
    assert [each.status for each in document.vcenters] == ["ok"]
    assert {each.scope.kind for each in document.assessments} == {"fleet", "vcenter", "cluster"}


def test_once_prints_tables_for_people(run: Run, configuration: Configure) -> None:
    """Without --json a person reads stage, features and counts."""
    result = run("once", "--config", configuration("it-production"))

    assert result.exit_code == 0
    for text in ("IT Production", "vMotion", "workload VMs", "position", "uncalibrated"):
        assert text in result.stdout


def test_some_failed_is_3_and_the_rest_is_assessed(refused_port: int, run: Run, configuration: Configure) -> None:
    """One vCenter down costs its own assessment only."""
    result = run("once", "--config", configuration("experimentation", refused=refused_port), "--json")

    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert {each["name"]: each["status"] for each in document["vcenters"]} == {"experimentation": "ok", "down": "failed"}
    assert {each["scope"]["vcenter"] for each in document["assessments"]} == {"", "experimentation"}


def test_all_failed_is_4_and_no_password_shows(refused_port: int, run: Run, configuration: Configure) -> None:
    """Every vCenter down leaves with 4 and a document that says why, without the password."""
    result = run("once", "--config", configuration(refused=refused_port), "--json")

    assert result.exit_code == 4
    vcenter = json.loads(result.stdout)["vcenters"][0]
    assert f"127.0.0.1:{refused_port}" in vcenter["error"]
    assert "\n" not in vcenter["error"]
    assert "secret-word" not in result.stdout + result.stderr


def test_demo_puts_the_four_estates_in_order(run: Run) -> None:
    """The bundled recordings, one for each stage, stand in the order of their stages."""
    result = run("demo", "--once", "--json")

    assert result.exit_code == 0, result.stderr
    found = {each["scope"]["name"]: each["stage"] for each in json.loads(result.stdout)["assessments"]}
    assert [found[name]["inferred"] for name in ESTATES] == [0, 1, 2, 3]
    positions = [found[name]["position"] for name in ESTATES]
    assert positions == sorted(positions)
