"""Old and new positions of ``vjourney model rescore`` are written alike, so that they can be compared."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from vjourney.cli import app
from vjourney.demo import recordings


def test_the_same_model_gives_the_same_positions(tmp_path: Path) -> None:
    """Neither one that differs in the seventh digit, nor one without the small changes between two polls of a day."""
    names = ("business-production", "it-production")
    entries = "".join(f"  - {{name: {name}, replay: {recordings()[name]}}}\n" for name in names)
    file = tmp_path / "vjourney.yaml"
    file.write_text(f"vcenters:\n{entries}store: {{url: sqlite:///{tmp_path / 'v.db'}}}\n")
    runner = CliRunner()
    for _ in range(4):
        assert runner.invoke(app, ["once", "--config", str(file)]).exit_code == 0
    readings = json.loads(runner.invoke(app, ["model", "rescore", "--config", str(file), "--json"]).stdout)["readings"]
    placed = [each for each in readings if each["old_position"] is not None and each["scope"] != "fleet"]
    assert len(placed) > 3
    assert [each["new_position"] for each in placed] == [each["old_position"] for each in placed]
