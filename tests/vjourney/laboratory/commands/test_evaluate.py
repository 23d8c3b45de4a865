"""``vjourney evaluate``: figures beside targets, and what they do not show."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from inference.judging.model import load
from vjourney.laboratory.tables import print_evaluation

if TYPE_CHECKING:
    from tests.vjourney.conftest import Run


SHIPPED = load("journey-1")


@pytest.fixture(scope="module")
def evaluated(run: Run) -> dict[str, Any]:
    """A small evaluation, run once."""
    result = run("evaluate", "--seed", 1000, "--estates", 8, "--json")
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_an_evaluation_prints_figures_beside_targets(evaluated: dict[str, Any]) -> None:
    """Every figure that the design asks for is there, with its interval and its target."""
    figures = {figure["id"]: figure for figure in evaluated["figures"]}
    assert figures.keys() >= {
        "rps",
        "ece",
        "accuracy",
        "accuracy_centre",
        "accuracy_uniform",
        "off_by_two",
        "set_coverage",
        "set_size",
        "false_changes",
        "delay_median",
        "delay_p90",
        "crossings_missed",
        "gaming_lift",
        "gaming_flagged",
        "hidden_bias",
        "shelfware_stage",
        "rps_missing",
        "rps_watched",
        "offset",
        "rps_shuffled",
    }
    assert figures["rps"]["at_most"] == 0.05
    assert figures["gaming_lift"]["at_most"] == figures["gaming_lift_inferred"]["at_most"] == 0.1
    assert figures["shelfware_stage"]["at_most"] == figures["shelfware_inferred"]["at_most"] == 1
    assert figures["rps"]["low"] <= figures["rps"]["value"] <= figures["rps"]["high"]
    assert set(evaluated["falls_short"]) >= {figure["id"] for figure in evaluated["figures"] if figure["met"] is False}


def test_an_evaluation_tells_its_seed_and_its_model(evaluated: dict[str, Any]) -> None:
    """Figures without them could not be reproduced."""
    assert (evaluated["seed"], evaluated["seeds"], evaluated["estates"]) == (1000, "tuning", 8)
    assert evaluated["model"]["sha256"] == SHIPPED.sha256


def test_ablations_cover_every_family(evaluated: dict[str, Any]) -> None:
    """Each family is left out once and left alone once."""
    names = {figure["id"] for figure in evaluated["ablations"]}
    for family in SHIPPED.specification.families:
        assert {f"without {family.id}", f"only {family.id}"} <= names


def test_every_archetype_is_shown(evaluated: dict[str, Any]) -> None:
    """At least sixteen rows, each with where its examples were put."""
    assert len(evaluated["archetypes"]) >= 16
    for row in evaluated["archetypes"]:
        for name in ("inferred", "declared"):
            assert sum(row[name].values()) == row["examples"]
            assert set(row[name]) <= {"0", "1", "2", "3", "none"}
    assert any("none" in row["declared"] for row in evaluated["archetypes"])


def test_an_evaluation_for_people_says_what_it_does_not_show(evaluated: dict[str, Any]) -> None:
    """The limits stand below the figures."""
    written = StringIO()
    print_evaluation(evaluated, Console(file=written, width=160))
    told = " ".join(written.getvalue().split())
    for text in ("Ranked probability score", "Targets missed", "No assessed organisation"):
        assert text in told


@pytest.mark.parametrize("arguments", [("--estates", 3), ("--seed", -1)], ids=["few", "negative"])
def test_an_evaluation_of_nothing_is_refused(arguments: tuple[object, ...], run: Run) -> None:
    """One line, exit code 2."""
    result = run("evaluate", *arguments)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
