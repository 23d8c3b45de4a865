"""Two rules about the same machines: the first that fits decides, so the second would silently do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from vjourney.settings import ConfigurationError, load

CONFIGURATION = "vcenters: [{name: a, host: vc.example.com, username: u, password_env: P}]\nworkloads: workloads.yaml\n"


def rules(folder: Path, *entries: str) -> int:
    """How many rules are read of a file with these."""
    (folder / "vjourney.yaml").write_text(CONFIGURATION)
    (folder / "workloads.yaml").write_text("rules:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries))
    return len(load(folder / "vjourney.yaml", {"P": "secret"}).workloads)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("name: crm-*, class: crm", "name: crm-*, environment: test"),
        ("name: crm-*, class: crm", "name: CRM-*, class: none"),
        ("folder: Production/ERP, class: sap", "folder: /production/ERP/, class: erp"),
        ("attribute: App, class: sap", "attribute: App, value: '*', class: erp"),
        ("tag: 'App:SAP', name: a*, class: sap", "name: a*, tag: 'App:SAP', class: erp"),
    ],
)
def test_a_rule_that_never_decides_is_a_mistake(tmp_path: Path, one: str, other: str) -> None:
    """Whatever else it says, and in whatever order and case; it is named with its place, and so is the other."""
    with pytest.raises(ConfigurationError) as caught:
        rules(tmp_path, one, "name: b, class: hr", other)
    [problem] = str(caught.value).splitlines()
    said = "4:5: rules[2]: matches the same VMs as rules[0], and only the first one counts; make one rule of both"
    assert problem == f"{tmp_path / 'workloads.yaml'}:{said}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("name: crm-1*, class: crm", "name: crm-*, class: none"),
        ("name: a, class: crm", "folder: a, class: crm"),
        ("attribute: App, value: SAP, class: sap", "attribute: App, class: erp"),
        ("name: a*, folder: x, class: sap", "name: a*, class: erp"),
    ],
)
def test_rules_that_overlap_are_none(tmp_path: Path, one: str, other: str) -> None:
    """An exception stands before what it is an exception from."""
    assert rules(tmp_path, one, other) == 2


def test_what_is_no_rule_is_told_once(tmp_path: Path) -> None:
    """Not also as one that says the same as another."""
    with pytest.raises(ConfigurationError) as caught:
        rules(tmp_path, "name: 7, class: sap", "name: 7, class: sap", "class: sap", "class: sap")
    assert "matches the same VMs" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 4
