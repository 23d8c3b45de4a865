"""``vjourney model``: the model with its sources, the past under another one, and one from labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inference.judging.model import load
from vjourney.demo import recordings

if TYPE_CHECKING:
    from tests.vjourney.conftest import Run
    from tests.vjourney.laboratory.commands.conftest import Documents


SHIPPED = load("journey-1")


def test_the_model_is_shown_with_its_sources(run: Run) -> None:
    """Every item with its question, and as JSON with every figure and the hash."""
    text = run("model", "show").stdout
    assert all(item.id in text for item in SHIPPED.items)
    told = json.loads(run("model", "show", "--json").stdout)
    assert told["sha256"] == SHIPPED.sha256
    assert [item["id"] for item in told["items"]] == [item.id for item in SHIPPED.items]
    assert all(item["source"] for item in told["items"])


def test_a_missing_model_is_told(run: Run) -> None:
    """One line and exit code 2."""
    result = run("model", "show", "--model", "journey-99")
    assert result.exit_code == 2
    assert "journey-99" in result.stderr


def test_every_problem_of_a_model_is_told_apart(tmp_path: Path, run: Run) -> None:
    """As JSON too each is one of the problems, as each is one line for people."""
    file = tmp_path / "model.yaml"
    file.write_text("name: mine\n")
    result = run("model", "show", "--model", file, "--json")
    assert result.exit_code == 2
    problems = json.loads(result.stdout)["problems"]
    assert len(problems) > 2
    assert problems == result.stderr.splitlines()


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A configuration whose store holds one replayed vCenter."""
    folder = tmp_path_factory.mktemp("polled")
    file = folder / "vjourney.yaml"
    replay = recordings()["experimentation"]
    file.write_text(f"vcenters:\n  - {{name: lab, replay: {replay}}}\nstore:\n  url: sqlite:///{folder / 'v.db'}\n")
    assert run("once", "--config", file).exit_code == 0
    return file


def test_stored_observations_score_the_same_under_the_same_model(polled: Path, run: Run) -> None:
    """Nothing but the model decides: old and new agree on every day that both judged."""
    result = run("model", "rescore", "--config", polled, "--json")
    assert result.exit_code == 0, result.stderr
    readings = json.loads(result.stdout)["readings"]
    whole = [reading for reading in readings if reading["name"] == "lab" and reading["old_model"] is not None]
    assert whole
    assert [reading["new_stage"] for reading in whole] == [reading["old_stage"] for reading in whole]
    last = whole[-1]
    assert last["new_position"] == pytest.approx(last["old_position"], abs=1e-6)


def test_rescoring_is_shown_for_people_and_for_one_scope(polled: Path, run: Run) -> None:
    """One line a day."""
    result = run("model", "rescore", "--config", polled, "--scope", "lab")
    assert result.exit_code == 0
    assert "lab" in result.stdout
    assert "fleet" not in result.stdout


def test_rescoring_nothing_says_what_to_do(polled: Path, run: Run) -> None:
    """A scope that nobody stored."""
    result = run("model", "rescore", "--config", polled, "--scope", "nowhere")
    assert result.exit_code == 2
    assert "vjourney once" in result.stderr


def test_too_few_labels_are_refused_with_a_sentence(tmp_path: Path, run: Run, document: Documents) -> None:
    """Nothing is written."""
    (tmp_path / "one.json").write_text(document(scale=40))
    (tmp_path / "labels.csv").write_text("document,stage\none.json,1\n")
    result = run("model", "calibrate", tmp_path / "labels.csv", "--out", tmp_path / "own.yaml")
    assert result.exit_code == 2
    assert "too few" in result.stderr
    assert not (tmp_path / "own.yaml").exists()


def test_labels_make_a_model_that_can_be_used(tmp_path: Path, run: Run, document: Documents) -> None:
    """The written file judges, and the figures of left-out labels are printed."""
    lines = ["document,stage,organisation"]
    for number in range(24):
        stage = number % 4
        (tmp_path / f"{number}.json").write_text(document(scale=8 * 4**stage, cluster_share=min(1.0, 0.2 + 0.3 * stage)))
        lines.append(f"{number}.json,{stage},organisation {number // 2}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    out = tmp_path / "own.yaml"
    result = run("model", "calibrate", tmp_path / "labels.csv", "--out", out, "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["labels"] == 24
    assert told["cross_validated"].keys() >= {"shipped", "calibrated", "better"}
    used = json.loads(run("assess", "-", "--model", out, "--json", given=document(scale=40)).stdout)["model"]
    assert {name: used[name] for name in ("name", "version", "sha256")} == told["model"]
    again = run("model", "calibrate", tmp_path / "labels.csv", "--out", out)
    assert again.exit_code == 2
    assert "exists already" in again.stderr
