"""The file of workload rules: everything wrong with it in its place, and what a right one means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from inference.classification.lexicon import Environment, builtin
from inference.classification.rules import Rule
from vjourney.demo import recordings
from vjourney.runtime import Runtime
from vjourney.settings import ConfigurationError, load
from vjourney.settings.workloads import WorkloadRule, classes

DOCS = Path(__file__).parents[2] / "docs"
CONFIGURATION = "vcenters: [{name: a, host: vc.example.com, username: u, password_env: P}]\nworkloads: workloads.yaml\n"


def read(folder: Path, text: str) -> tuple[Rule, ...]:
    """The rules of a file with this text."""
    (folder / "vjourney.yaml").write_text(CONFIGURATION)
    (folder / "workloads.yaml").write_text(text)
    return load(folder / "vjourney.yaml", {"P": "secret"}).workloads


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty; it needs the key rules with a list of rules"),
        ("rule: []", "1:1: rule: is not a known key; did you mean rules?"),
        ("{}", "1:1: rules: is missing"),
        ("rules: {name: a}", "1:8: rules: must be a list"),
        ("rules: [{name: a, class: sapp}]", "1:26: rules[0].class: 'sapp' is not a class; write one of analytics, build,"),
        ("rules: [{name: a, class: }]", "1:25: rules[0].class: has no value; write one, or leave the key out"),
        (
            "rules: [{name: a, environment: prod}]",
            "1:32: rules[0].environment: 'prod' is not an environment; write one of production, test, development",
        ),
        ("rules: [{tag: 'a:', class: sap}]", "1:15: rules[0].tag: 'a:' lacks one of its two sides; write Category:Tag, or"),
        ("rules: [{tag: 7, class: sap}]", "1:15: rules[0].tag: 7 is not text; put it in quotes"),
        ("rules: [{class: sap}]", "1:9: rules[0]: matches no VM; give tag, attribute, folder or name"),
        ("rules: [{name: a}]", "1:9: rules[0]: says nothing about the VMs it matches; give class, environment or both"),
        ("rules: [{name: a, value: b, class: sap}]", "1:19: rules[0].value: is an attribute value without its attribute"),
        ("rules: [{name: 7, class: sap}]", "1:16: rules[0].name: 7 is not text; put it in quotes"),
        ("rules: [{name: '', class: sap}]", "1:16: rules[0].name: is empty; write some text"),
        ("rules: [{name:, class: sap}]", "1:15: rules[0].name: has no value; write one, or leave the key out"),
        ("rules: [{folder: /, class: sap}]", "1:18: rules[0].folder: is empty; write some text"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """One line for each mistake, under the name of the file that has it."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    lines = [line.removeprefix(f"{tmp_path / 'workloads.yaml'}:").strip() for line in str(caught.value).splitlines()]
    assert any(line.startswith(said) for line in lines), lines


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Two rules, three mistakes."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, "rules:\n  - {name: a, class: x, environment: y}\n  - {name: b}\n")
    assert len(caught.value.problems) == 3


def test_a_name_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """The key names a file, and the file must be there."""
    (tmp_path / "vjourney.yaml").write_text(CONFIGURATION)
    with pytest.raises(ConfigurationError, match=r"workloads: workloads\.yaml cannot be read: no such file"):
        load(tmp_path / "vjourney.yaml", {"P": "secret"})
    (tmp_path / "vjourney.yaml").write_text(CONFIGURATION.replace("workloads.yaml", "[]"))
    with pytest.raises(ConfigurationError, match="workloads: a list is not the name of a file"):
        load(tmp_path / "vjourney.yaml", {"P": "secret"})


def test_the_example_means_what_its_comments_say(tmp_path: Path) -> None:
    """Each rule of the documented example, in order."""
    known = classes()
    assert read(tmp_path, (DOCS / "workloads.example.yaml").read_text()) == (
        Rule(folder="Production/ERP", app=known["sap"], environment="production"),
        Rule(attribute=("Application", "Payroll*"), app=known["finance"]),
        Rule(name="sqlview-*", nothing=True),
        Rule(name="crm-???-t*", environment="test"),
        Rule(folder="Branches", name="*-pos*", app=known["commerce"]),
        Rule(attribute=("Criticality", "[AB]"), app=known["tier1"]),
        Rule(tag="Application:Exchange*", app=known["exchange"]),
    )


def test_an_attribute_alone_fits_every_value(tmp_path: Path) -> None:
    """And slashes around a folder mean nothing."""
    (rule,) = read(tmp_path, "rules: [{attribute: SAP ID, folder: /Prod/, class: sap}]")
    assert (rule.attribute, rule.folder) == (("SAP ID", "*"), "Prod")


def test_a_tag_is_a_condition(tmp_path: Path) -> None:
    """With its category or alone."""
    given = read(tmp_path, "rules: [{tag: 'Application:SAP*', class: sap}, {tag: Gold, environment: production}]")
    assert [rule.tag for rule in given] == ["Application:SAP*", "Gold"]


def test_the_documentation_knows_every_key_class_and_rule() -> None:
    """The page names all keys, classes and environments, and its rules are those of the example."""
    text = (DOCS / "workloads.md").read_text()
    said = set(re.findall(r"`([a-z0-9_]+)`", text))
    keys = {field.alias or name for name, field in WorkloadRule.model_fields.items()}
    assert keys | set(get_args(Environment)) | {app.id for app in builtin().apps.values()} <= said
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    example = yaml.safe_load((DOCS / "workloads.example.yaml").read_text())["rules"]
    assert all(rule in example for rule in yaml.safe_load(block[1])["rules"])


def test_rules_decide_what_is_counted(tmp_path: Path) -> None:
    """The same recording with a rule that takes every class away has no business application left."""
    configuration = tmp_path / "vjourney.yaml"
    shares: list[float | None] = []
    for rules in ("[]", "[{name: '*', class: none}]"):
        (tmp_path / "workloads.yaml").write_text(f"rules: {rules}")
        recording = recordings()["business-production"]
        configuration.write_text(
            f"vcenters: [{{name: a, replay: {recording}}}]\nworkloads: workloads.yaml\nstore: {{url: sqlite:///{len(shares)}.db}}\n"
        )
        with Runtime(load(configuration, {})) as runtime:
            found = next(each for each in runtime.once()["assessments"] if each["scope"]["kind"] == "vcenter")
        shares.append(next(each["value"] for each in found["observations"] if each["indicator"] == "biz_share"))
    assert (shares[0] or 0.0) > 0.2
    assert shares[1] in {None, 0.0}
