"""``vjourney explain`` and ``vjourney history``: what was stored, and for whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from exporters.history import History

if TYPE_CHECKING:
    from tests.vjourney.cli.conftest import Configure
    from tests.vjourney.conftest import Run


def test_explain_before_any_assessment_says_what_to_do(run: Run, configuration: Configure) -> None:
    """An empty store is no failure of a vCenter."""
    result = run("explain", "--config", configuration("experimentation"))
    assert result.exit_code == 2
    assert "vjourney once" in result.stderr


def test_explain_shows_every_observation_of_the_last_assessment(run: Run, configuration: Configure) -> None:
    """What was stored by once is explained with states, numbers and contributions."""
    file = configuration("business-production")
    once = json.loads(run("once", "--config", file, "--json").stdout)

    result = run("explain", "--config", file, "--json")

    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert list(document) == list(once)
    assert document["taken_at"] == max(each["taken_at"] for each in once["assessments"])
    assert document["model"] == {key: once["model"][key] for key in ("name", "version", "sha256")}
    explained = document["assessments"]
    observations = {each["scope"]["id"]: each["observations"] for each in once["assessments"]}
    assert {each["scope"]["id"]: each["observations"] for each in explained} == observations
    assert any(item["contribution"] for item in explained[0]["observations"])


@pytest.mark.parametrize("command", ["explain", "history"])
def test_what_is_configured_no_longer_is_shown_by_its_name_alone(command: str, run: Run, configuration: Configure) -> None:
    """The store keeps a vCenter that was taken out; it is no part of what there is now."""
    run("once", "--config", configuration("experimentation", "it-production"))
    file = configuration("it-production")
    key = "assessments" if command == "explain" else "scopes"
    shown, asked = (
        json.loads(run(command, "--config", file, *scope, "--json").stdout)[key]
        for scope in ((), ("--scope", "experimentation"))
    )
    assert {each.get("scope", each)["vcenter"] for each in shown} == {"", "it-production"}
    assert {each.get("scope", each)["vcenter"] for each in asked} == {"experimentation"}


def test_explain_of_one_scope(run: Run, configuration: Configure) -> None:
    """A scope is named as it is shown; one that does not exist is a usage error."""
    file = configuration("it-production")
    run("once", "--config", file)

    table = run("explain", "--config", file, "--scope", "CH-Servers")
    assert table.exit_code == 0
    assert "vmotion_rate" in table.stdout

    unknown = run("explain", "--config", file, "--scope", "nowhere")
    assert unknown.exit_code == 2
    assert "nowhere" in unknown.stderr


def test_history_tells_declarations_changes_and_milestones(run: Run, configuration: Configure) -> None:
    """What was stored by once comes back as the document of the API, and as tables."""
    file = configuration("business-production")
    assert run("history", "--config", file).exit_code == 2
    run("once", "--config", file)

    history = History.model_validate(json.loads(run("history", "--config", file, "--scope", "fleet", "--json").stdout))

    assert [each.name for each in history.scopes] == ["fleet"]
    assert [each.declared for each in history.declarations] == [2]
    assert [(each.from_stage, each.to_stage, each.cause) for each in history.transitions] == [(None, 2, "first")]
    assert "first_vmotion" in [each.id for each in history.milestones]
    assert history.readings
    table = run("history", "--config", file)
    assert table.exit_code == 0
    assert "declared 2 Business Production" in table.stdout
    assert "first live migration (vMotion)" in table.stdout
