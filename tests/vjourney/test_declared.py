"""The file of declared inputs: everything wrong with it in its place, and what a right one means."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from inference.declared import Declared
from inference.lenses.maturity import data as matrix
from inference.lenses.obstacles import DECLARED as OBSTACLES
from inference.lenses.phases import data as readiness
from inference.lenses.value_map import data as value_map
from vjourney.settings import ConfigurationError, load
from vjourney.settings.declared_sections import DeclaredFile

ROOT = Path(__file__).parents[2]
TODAY = date(2024, 6, 1)
CONFIGURATION = """
vcenters:
  - {name: prod, host: a.example.com, username: u, password_env: P}
  - {name: branch, host: b.example.com, username: u, password_env: P}
declared: declared.yaml
"""
DAY = "declared_on: 2024-03-01\n"


def read(folder: Path, text: str) -> Declared:
    """What a file with this text declares, on the first of June."""
    (folder / "vjourney.yaml").write_text(CONFIGURATION)
    (folder / "declared.yaml").write_text(text)
    declared = load(folder / "vjourney.yaml", {"P": "secret"}, TODAY).declared
    assert declared is not None
    return declared


def problems(folder: Path, text: str) -> list[str]:
    """The problems of a file with this text, without its name."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    return [line.removeprefix(f"{folder / 'declared.yaml'}:").strip() for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty; it needs at least the key declared_on"),
        ("policy: {in_place: true}", "1:1: declared_on: is missing"),
        ("declared_on: yesterday", "1:14: declared_on: 'yesterday' is not a day; write one such as 2026-03-31, without quotes"),
        ("declared_on: 2024-03-01 10:00:00", "1:14: declared_on: 2024-03-01 10:00:00 is not a day"),
        (
            "declared_on: 2024-13-01",
            "1:14: declared_on: looks like a day that does not exist; write one such as 2026-03-31",
        ),
        ("declared_on: 2024-06-02", "1:14: declared_on: 2024-06-02 is in the future"),
        ("declared_on:", "1:13: declared_on: has no value; write one"),
        (f"{DAY}polcy: {{}}", "2:1: polcy: is not a known key; did you mean policy?"),
        (f"{DAY}sponsorship: {{level: ceo}}", "2:22: sponsorship.level: 'ceo' is not known here; write one of none, ownership"),
        (f"{DAY}sponsorship: {{level: [cio]}}", "2:22: sponsorship.level: a list is not known here"),
        (f"{DAY}sponsorship: {{pushback_from: [boss]}}", "2:31: sponsorship.pushback_from[0]: 'boss' is not known here"),
        (f"{DAY}sponsorship: {{level: ownership, mandate: true}}", "2:33: sponsorship.mandate: is true, which contradicts"),
        (f"{DAY}sponsorship: {{mandate: 1}}", "2:24: sponsorship.mandate: 1 is neither true nor false"),
        (f"{DAY}value: {{tracked: false, reported: monthly}}", "2:25: value.reported: is monthly, which contradicts"),
        (f"{DAY}policy: {{}}", "2:9: policy.in_place: is missing"),
        (
            f"{DAY}policy: {{in_place: false, enforced: true}}",
            "2:27: policy.enforced: is true, which contradicts in_place: false",
        ),
        (f"{DAY}policy: {{in_place: false, since: 2020-01-01}}", "2:27: policy.since: contradicts in_place: false"),
        (f"{DAY}policy: {{in_place: true, enforced_since: 2020-01-01}}", "2:26: policy.enforced_since: needs enforced: true"),
        (
            f"{DAY}policy: {{in_place: true, since: 2021-01-01, enforced: true, enforced_since: 2020-01-01}}",
            "2:61: policy.enforced_since: is before the policy was in place, which was on 2021-01-01",
        ),
        (f"{DAY}policy: {{in_place: true, since: 2025-01-01}}", "2:33: policy.since: 2025-01-01 is in the future"),
        (f"{DAY}servers: {{physical: -1}}", "2:21: servers.physical: -1 is not a count; write one from 0"),
        (f"{DAY}servers: {{physical: 1.5}}", "2:21: servers.physical: 1.5 is not a whole number"),
        (f"{DAY}servers: {{per_workload: 0}}", "2:25: servers.per_workload: 0"),
        (f"{DAY}servers: {{per_workload: .nan}}", "2:25: servers.per_workload: nan is outside 0.001"),
        (f"{DAY}servers: {{per_workload: 1.0e+308}}", "2:25: servers.per_workload: 1e+308 is outside 0.001 to 1000"),
        (f"{DAY}servers: {{physical: 1{'0' * 12}}}", "2:21: servers.physical: 1000000000000 is not a count; write one from 0"),
        (f"{DAY}servers: {{replaced:}}", "2:20: servers.replaced: has no value; write one, or leave the key out"),
        (f"{DAY}servers: 40", "2:10: servers: 40 must be a mapping of keys to values"),
        (f"{DAY}prices: {{server: 10}}", "2:9: prices.currency: is missing"),
        (f"{DAY}prices: {{currency: EUR, kwh: -0.1}}", "2:30: prices.kwh: -0.1 is not an amount"),
        (f"{DAY}prices: {{currency: EUR, kwh: 1e9}}", "2:30: prices.kwh: '1e9' is not a number; write one such as 0.28"),
        (f"{DAY}prices: {{currency: EUR, kwh: .inf}}", "2:30: prices.kwh: inf is not an amount"),
        (f"{DAY}prices: {{currency: EUR, server: 1.0e+300}}", "2:33: prices.server: 1e+300 is not an amount; write one from 0"),
        (f"{DAY}prices: {{currency: EUR, pue: 0.9}}", "2:30: prices.pue: 0.9 is not a power usage effectiveness"),
        (
            f"{DAY}vcenters: {{lab: {{servers: {{}}}}}}",
            "2:12: vcenters.lab: is not the name of a configured vCenter; configured: prod",
        ),
        (
            f"{DAY}servers: {{physical: 3}}\nvcenters: {{prod: &a {{servers: {{physical: 2}}}}, branch: *a}}",
            "2:11: servers.physical: is 3, but the vCenters have 4 together",
        ),
        (f"{DAY}triggers: {{flood: {{}}}}", "triggers.flood: is not known here; write one of hardware_refresh"),
        (f"{DAY}triggers: {{merger: {{since: 2024-07-01}}}}", "2:28: triggers.merger.since: 2024-07-01 is in the future"),
        (f"{DAY}products: [ ~ ]", "2:13: products[0]: has no value"),
        (f"{DAY}products: [excel]", "2:12: products[0]: 'excel' is not known here"),
        (f"{DAY}obstacles: {{fud: {{state: gone}}}}", "2:26: obstacles.fud.state: 'gone' is not known here"),
        (f"{DAY}prerequisites: {{budget: {{state: ready}}}}", "prerequisites.budget: is not known here"),
        (
            f"{DAY}maturity: {{security: 6}}",
            "2:22: maturity.security.level: 6 is not a level; write a whole number from 1 to 5",
        ),
        (f"{DAY}maturity: {{security: {{level: 0}}}}", "2:30: maturity.security.level: 0 is not a level"),
        (f"{DAY}maturity: {{security: true}}", "2:22: maturity.security.level: true is not a level"),
        (f"{DAY}maturity: {{security: {{}}}}", "2:22: maturity.security.level: is missing; write a level"),
        (
            f"{DAY}maturity: {{security: {{level: 2, practices: {{measured: true}}}}}}",
            "2:33: maturity.security.practices: is given beside level",
        ),
        (f"{DAY}processes: [{{name: a, physical: [x], should_be: [x]}}]", "processes[0].is: is missing"),
        (f"{DAY}processes: [{{name: a, physical: [], should_be: [x], is: [x]}}]", "processes[0].physical: holds 0 steps"),
        (
            f"{DAY}processes: [{{name: a, physical: [x], should_be: [x], actual: [x]}}]",
            "as they are actually done under is",
        ),
        (
            f"{DAY}processes: [&a {{name: a, physical: [x], should_be: [x], is: [x]}}, *a]",
            "processes[1].name: 'a' is also the name of processes[0]",
        ),
        (f"{DAY}policy: &a [*a]", "2:9: policy[0]: refers to itself"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """One sentence for each, at the value or the key that is wrong, saying what is allowed."""
    assert any(said in line for line in problems(tmp_path, text)), problems(tmp_path, text)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Mistakes of this file and of the configuration come together, and nothing is applied."""
    found = problems(
        tmp_path, f"{DAY}servers: {{physical: -1}}\nmaturity: {{security: 9, operations: 0}}\nvalue: {{primary: fun}}"
    )
    assert len(found) == 4


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The key of the configuration is at fault."""
    (tmp_path / "vjourney.yaml").write_text(CONFIGURATION)
    with pytest.raises(ConfigurationError, match=r"declared: declared\.yaml cannot be read"):
        load(tmp_path / "vjourney.yaml", {"P": "secret"}, TODAY)


def test_a_declaration_need_not_be_a_file_of_its_own_kind(tmp_path: Path) -> None:
    """Something else than a name is refused."""
    (tmp_path / "vjourney.yaml").write_text(CONFIGURATION.replace("declared.yaml", "[a, b]"))
    with pytest.raises(ConfigurationError, match="is not the name of a file"):
        load(tmp_path / "vjourney.yaml", {"P": "secret"}, TODAY)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*DeclaredFile.model_fields, "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.dates() | st.sampled_from(["a", "cio", "merger"]),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.sampled_from(["level", "physical", "since", "servers", "security", "name", "is"]), inner)
            ),
            max_leaves=6,
        ),
    )
)
def test_no_content_causes_anything_but_problems(tmp_path: Path, content: dict[str, object]) -> None:
    """Whatever a file holds, it is read or refused by name."""
    try:
        read(tmp_path, yaml.safe_dump(content))
    except ConfigurationError as error:
        found = error.problems
    else:
        found = ()
    assert all(problem.sentence for problem in found)


def test_the_example_is_complete_and_correct(tmp_path: Path) -> None:
    """The annotated example is accepted, has every section, and every area, prerequisite and obstacle."""
    text = (ROOT / "docs/declared.example.yaml").read_text()
    declared = read(tmp_path, text)
    assert set(yaml.safe_load(text)) == set(DeclaredFile.model_fields)
    assert set(declared.maturity) == {area.id for area in matrix().areas}
    assert set(declared.prerequisites) == {part.id for part in readiness().prerequisites}
    assert set(declared.obstacles) == {name for name, _ in OBSTACLES}
    assert {trigger.id for trigger in declared.triggers} <= {trigger.id for trigger in value_map().triggers}


def test_every_key_is_documented() -> None:
    """The documentation names every key of every section."""
    text = (ROOT / "docs/declared.md").read_text()
    sections: list[type[BaseModel]] = [DeclaredFile]
    for section in sections:
        for name, field in section.model_fields.items():
            assert re.search(rf"[`.{{ ]{field.alias or name}[`.,}}]", text), f"{section.__name__}.{name}"
            sections += [part for part in _models(field.annotation) if part not in sections]
    assert len(sections) > 10


def _models(annotation: object) -> list[type[BaseModel]]:
    """The sections inside the type of a key."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def test_a_section_has_its_own_day_or_that_of_the_file(tmp_path: Path) -> None:
    """Every statement knows when it was made."""
    declared = read(
        tmp_path, f"{DAY}policy: {{in_place: true, declared_on: 2023-01-01}}\nservers: {{physical: 4}}\nproducts: [drs]"
    )
    assert declared.policy is not None
    assert declared.servers is not None
    assert declared.policy.declared_on == date(2023, 1, 1)
    assert declared.servers.declared_on == declared.products["drs"] == date(2024, 3, 1)


def test_an_empty_list_of_push_back_is_a_statement(tmp_path: Path) -> None:
    """Nobody pushes back differs from nothing said."""
    nobody = read(tmp_path, f"{DAY}sponsorship: {{pushback_from: []}}").sponsorship
    silent = read(tmp_path, f"{DAY}sponsorship: {{level: cio}}").sponsorship
    assert nobody is not None
    assert silent is not None
    assert (nobody.pushback_known, silent.pushback_known) == (True, False)


def test_levels_and_practices_mean_the_same(tmp_path: Path) -> None:
    """A level is short for the practices up to it; practices left out stay unknown."""
    declared = read(
        tmp_path, f"{DAY}maturity: {{security: 2, change: {{level: 2}}, incident: {{practices: {{measured: true}}}}}}"
    )
    assert declared.maturity["security"] == declared.maturity["change"]
    assert declared.maturity["security"].practices == {
        "repeatable": True,
        "documented": False,
        "measured": False,
        "improved": False,
    }
    assert declared.maturity["incident"].practices == {"measured": True}


def test_today_is_not_in_the_future(tmp_path: Path) -> None:
    """A statement of today is accepted, and so is one of a day that has begun further east."""
    assert read(tmp_path, "declared_on: 2024-06-01").servers is None
