"""``vjourney model rescore``: old and new positions can be compared, and a model that asks otherwise is still answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from inference.judging.model import DIRECTORY
from vjourney.cli import app
from vjourney.demo import recordings

Rescored = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def rescored(tmp_path: Path) -> Rescored:
    """``rescored(model, name, ...)``: the readings of these recordings by a model, after four polls by the shipped one."""

    def read(model: str, *names: str) -> list[dict[str, Any]]:
        entries = "".join(f"  - {{name: {name}, replay: {recordings()[name]}}}\n" for name in names)
        file = tmp_path / "vjourney.yaml"
        text = f"vcenters:\n{entries}store: {{url: sqlite:///{tmp_path / 'v.db'}}}\n"
        file.write_text(text)
        runner = CliRunner()
        for _ in range(4):
            assert runner.invoke(app, ["once", "--config", str(file)]).exit_code == 0
        file.write_text(f"{text}model: {model}\n")
        answer = runner.invoke(app, ["model", "rescore", "--config", str(file), "--json"])
        assert answer.exit_code == 0, answer.output
        readings: list[dict[str, Any]] = json.loads(answer.stdout)["readings"]
        return readings

    return read


def test_the_same_model_gives_the_same_positions(rescored: Rescored) -> None:
    """Neither one that differs in the seventh digit, nor one without the small changes between two polls of a day."""
    readings = rescored("journey-1", "business-production", "it-production")
    placed = [each for each in readings if each["old_position"] is not None and each["scope"] != "fleet"]
    assert len(placed) > 3
    assert [each["new_position"] for each in placed] == [each["old_position"] for each in placed]


def test_an_answer_that_a_model_cannot_use_costs_only_itself(rescored: Rescored, tmp_path: Path) -> None:
    """A model that takes a count for a share has no use for hundreds of machines, and reads the rest."""
    shipped = (DIRECTORY / "journey-1.yaml").read_text()
    item = shipped.index("- id: scale\n")
    head, tail = shipped[:item], shipped[item:]
    own = tmp_path / "own.yaml"
    own.write_text(
        head + tail.replace("measure: count", "measure: share", 1).replace("cuts: [10, 50, 300]", "cuts: [0.1, 0.5, 0.9]", 1)
    )
    assert own.read_text() != shipped
    readings = rescored(str(own), "it-production")
    assert any(each["new_position"] is not None for each in readings)
