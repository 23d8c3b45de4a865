"""The commands of the laboratory and of the model: streams, exit codes and documents."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from inference.model import load
from vjourney.cli import app
from vjourney.demo import recordings
from vjourney.laboratory.tables import print_evaluation

SHIPPED = load("journey-1")


def run(*arguments: object, given: str | None = None) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


def document(**observations: float) -> str:
    """A document of these observations."""
    return json.dumps({"observations": [{"indicator": name, "value": value} for name, value in observations.items()]})


@pytest.fixture(scope="module")
def evaluated() -> dict[str, Any]:
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
    assert all(sum(row["inferred"].values()) == row["examples"] for row in evaluated["archetypes"])


def test_an_evaluation_for_people_says_what_it_does_not_show(evaluated: dict[str, Any]) -> None:
    """The limits stand below the figures."""
    written = StringIO()
    print_evaluation(evaluated, Console(file=written, width=160))
    told = " ".join(written.getvalue().split())
    for text in ("Ranked probability score", "Targets missed", "No assessed organisation"):
        assert text in told


@pytest.mark.parametrize("arguments", [("--estates", 3), ("--seed", -1)], ids=["few", "negative"])
def test_an_evaluation_of_nothing_is_refused(arguments: tuple[object, ...]) -> None:
    """One line, exit code 2."""
    result = run("evaluate", *arguments)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_observations_of_standard_input_are_assessed() -> None:
    """A dash reads what is piped in."""
    result = run("assess", "-", "--json", given=document(scale=400, cluster_share=1.0, shared_storage_share=1.0))
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["model"]["sha256"] == SHIPPED.sha256
    values = {entry["indicator"]: entry["value"] for entry in told["assessments"][0]["observations"]}
    assert values["scale"] == 400
    assert "before" not in told


def test_a_what_if_shows_before_and_after() -> None:
    """A higher value never makes the later stages less likely."""
    result = run("assess", "-", "--set", "scale=900", "--json", given=document(scale=4))
    told = json.loads(result.stdout)
    before, after = told["before"][0]["stage"], told["assessments"][0]["stage"]
    assert after["probabilities"]["experimentation"] < before["probabilities"]["experimentation"]


def test_a_what_if_may_be_unknown() -> None:
    """Taking evidence away lowers what was seen."""
    given = document(scale=400, cluster_share=1.0)
    told = json.loads(run("assess", "-", "--set", "scale=unknown", "--json", given=given).stdout)
    assert told["assessments"][0]["coverage"] < told["before"][0]["coverage"]


def test_a_whole_document_is_assessed_scope_by_scope(tmp_path: Path) -> None:
    """Every assessment of a contract document, or the one that is named, under its own name."""
    parts = [
        {"scope": {"kind": "vcenter", "id": name, "name": name, "vcenter": name}} | json.loads(document(scale=size))
        for name, size in (("north", 5), ("south", 500))
    ]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"schema": 1, "assessments": parts}))
    names = [part["scope"]["name"] for part in json.loads(run("assess", file, "--json").stdout)["assessments"]]
    assert names == ["north", "south"]
    one = json.loads(run("assess", file, "--scope", "south", "--json").stdout)["assessments"]
    assert [part["scope"]["id"] for part in one] == ["south"]
    assert "south" in run("assess", file, "--set", "scale=6").stdout


def test_what_a_document_says_of_itself_is_kept() -> None:
    """The moment is that of the observations, of each scope where it says so, and the vCenters stay with them."""
    parts = [
        {"scope": {"kind": "vcenter", "id": "u", "name": "prod"}, "observations": [], "taken_at": "2026-03-04T17:00:00+01:00"},
        {"scope": {"kind": "cluster", "id": "c", "name": "one"}, "observations": []},
    ]
    given = {"taken_at": "2026-03-05T17:00:00Z", "vcenters": [{"name": "prod"}], "assessments": parts}

    told = json.loads(run("assess", "-", "--json", given=json.dumps(given)).stdout)

    assert told["taken_at"] == "2026-03-05T17:00:00Z"
    assert [each["taken_at"] for each in told["assessments"]] == ["2026-03-04T16:00:00Z", "2026-03-05T17:00:00Z"]
    assert told["vcenters"] == [{"name": "prod"}]


@pytest.mark.parametrize("given", [{"taken_at": None, "observations": []}, {"observations": []}])
def test_a_document_without_a_moment_is_assessed_now(given: dict[str, Any]) -> None:
    """It and what it holds have the same one."""
    told = json.loads(run("assess", "-", "--json", given=json.dumps(given)).stdout)

    assert told["taken_at"] == told["assessments"][0]["taken_at"]


def test_every_problem_of_observations_and_what_ifs_is_told() -> None:
    """Broken values, unknown names and torn options come at once, one line each, with exit code 2."""
    result = run(
        "assess", "-", "--set", "scale", "--set", "scale=many", given='{"observations": [{"indicator": "scael", "value": 1}]}'
    )
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 3
    assert "INDICATOR=VALUE" in lines[0]
    assert "'many'" in lines[1]
    assert "did you mean scale?" in lines[2]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{", "is not JSON"),
        ("[]", ""),
        ('{"assessments": []}', "no assessment"),
        ('{"a": 1}', "observations"),
        ("[" * 100_000, "standard input: is not JSON that can be read: nested too deeply"),
        ('{"observations": [], "observations": []}', "standard input: the key 'observations' stands twice"),
        ('\ufeff{"a": 1}', "observations"),
    ],
    ids=["torn", "empty list", "no assessment", "something else", "too deep", "twice", "marked"],
)
def test_documents_that_hold_nothing(given: str, says: str) -> None:
    """An empty list is assessed as knowing nothing; everything else is one sentence and exit code 2."""
    result = run("assess", "-", given=given)
    assert result.exit_code == (0 if given == "[]" else 2)
    assert says in result.stderr


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ('{"observations": [{"indicator": "scale", "value": %s}]}' % ("9" * 5000), "a number of too many digits"),
        ('{"vcenters": [{"poll_seconds": NaN}], "observations": []}', "vcenters contains a number that is not finite"),
        ('{"vcenters": [{"poll_seconds": 1e400}], "observations": []}', "vcenters contains a number that is not finite"),
        (r'{"scope": {"name": "\ud800"}, "observations": []}', r"holds \ud800, which is half a character"),
    ],
    ids=["digits", "no number", "infinite", "half a character"],
)
def test_a_document_that_could_not_be_told_again_is_refused(given: str, says: str) -> None:
    """What Python takes for JSON is more than JSON; half an answer must not be on standard output."""
    result = run("assess", "-", "--json", given=given)
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem.startswith("standard input: ")
    assert says in problem


def test_a_problem_of_a_document_names_the_file(tmp_path: Path) -> None:
    """Several documents may be at work; each line says which one is meant."""
    file = tmp_path / "acme.json"
    file.write_text('{"observations": [{"indicator": "vmotion_rate", "numerator": 1e300, "denominator": -1}]}')
    result = run("assess", file)
    assert result.exit_code == 2
    assert all(line.startswith(f"{file}: observations[0] vmotion_rate: ") for line in result.stderr.splitlines())


def test_every_problem_of_a_model_is_told_apart(tmp_path: Path) -> None:
    """As JSON too each is one of the problems, as each is one line for people."""
    file = tmp_path / "model.yaml"
    file.write_text("name: mine\n")
    result = run("model", "show", "--model", file, "--json")
    assert result.exit_code == 2
    problems = json.loads(result.stdout)["problems"]
    assert len(problems) > 2
    assert problems == result.stderr.splitlines()


def test_a_missing_document_is_told(tmp_path: Path) -> None:
    """With its name and what to do."""
    result = run("assess", tmp_path / "none.json")
    assert result.exit_code == 2
    assert "none.json" in result.stderr
    assert "standard input" in result.stderr


def test_the_model_is_shown_with_its_sources() -> None:
    """Every item with its question, and as JSON with every figure and the hash."""
    text = run("model", "show").stdout
    assert all(item.id in text for item in SHIPPED.items)
    told = json.loads(run("model", "show", "--json").stdout)
    assert told["sha256"] == SHIPPED.sha256
    assert [item["id"] for item in told["items"]] == [item.id for item in SHIPPED.items]
    assert all(item["source"] for item in told["items"])


def test_a_missing_model_is_told() -> None:
    """One line and exit code 2."""
    result = run("model", "show", "--model", "journey-99")
    assert result.exit_code == 2
    assert "journey-99" in result.stderr


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose store holds one replayed vCenter."""
    folder = tmp_path_factory.mktemp("polled")
    file = folder / "vjourney.yaml"
    replay = recordings()["experimentation"]
    file.write_text(f"vcenters:\n  - {{name: lab, replay: {replay}}}\nstore:\n  url: sqlite:///{folder / 'v.db'}\n")
    assert run("once", "--config", file).exit_code == 0
    return file


def test_stored_observations_score_the_same_under_the_same_model(polled: Path) -> None:
    """Nothing but the model decides: old and new agree on every day that both judged."""
    result = run("model", "rescore", "--config", polled, "--json")
    assert result.exit_code == 0, result.stderr
    readings = json.loads(result.stdout)["readings"]
    whole = [reading for reading in readings if reading["name"] == "lab" and reading["old_model"] is not None]
    assert whole
    assert [reading["new_stage"] for reading in whole] == [reading["old_stage"] for reading in whole]
    last = whole[-1]
    assert last["new_position"] == pytest.approx(last["old_position"], abs=1e-6)


def test_rescoring_is_shown_for_people_and_for_one_scope(polled: Path) -> None:
    """One line a day."""
    result = run("model", "rescore", "--config", polled, "--scope", "lab")
    assert result.exit_code == 0
    assert "lab" in result.stdout
    assert "fleet" not in result.stdout


def test_rescoring_nothing_says_what_to_do(polled: Path) -> None:
    """A scope that nobody stored."""
    result = run("model", "rescore", "--config", polled, "--scope", "nowhere")
    assert result.exit_code == 2
    assert "vjourney once" in result.stderr


def test_too_few_labels_are_refused_with_a_sentence(tmp_path: Path) -> None:
    """Nothing is written."""
    (tmp_path / "one.json").write_text(document(scale=40))
    (tmp_path / "labels.csv").write_text("document,stage\none.json,1\n")
    result = run("model", "calibrate", tmp_path / "labels.csv", "--out", tmp_path / "own.yaml")
    assert result.exit_code == 2
    assert "too few" in result.stderr
    assert not (tmp_path / "own.yaml").exists()


def test_labels_make_a_model_that_can_be_used(tmp_path: Path) -> None:
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
    assert run("assess", "-", "--model", out, given=document(scale=40)).exit_code == 0
    again = run("model", "calibrate", tmp_path / "labels.csv", "--out", out)
    assert again.exit_code == 2
    assert "exists already" in again.stderr
