"""``vjourney assess``: documents of observations, and what would be if some of them were others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from inference.judging.model import load

if TYPE_CHECKING:
    from tests.vjourney.conftest import Run
    from tests.vjourney.laboratory.commands.conftest import Documents


SHIPPED = load("journey-1")


def test_observations_of_standard_input_are_assessed(run: Run, document: Documents) -> None:
    """A dash reads what is piped in."""
    result = run("assess", "-", "--json", given=document(scale=400, cluster_share=1.0, shared_storage_share=1.0))
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["model"]["sha256"] == SHIPPED.sha256
    values = {entry["indicator"]: entry["value"] for entry in told["assessments"][0]["observations"]}
    assert values["scale"] == 400
    assert "before" not in told


def test_a_what_if_shows_before_and_after(run: Run, document: Documents) -> None:
    """A higher value never makes the later stages less likely."""
    result = run("assess", "-", "--set", "scale=900", "--json", given=document(scale=4))
    told = json.loads(result.stdout)
    before, after = told["before"][0]["stage"], told["assessments"][0]["stage"]
    assert after["probabilities"]["experimentation"] < before["probabilities"]["experimentation"]


def test_a_what_if_may_be_unknown(run: Run, document: Documents) -> None:
    """Taking evidence away lowers what was seen."""
    given = document(scale=400, cluster_share=1.0)
    told = json.loads(run("assess", "-", "--set", "scale=unknown", "--json", given=given).stdout)
    assert told["assessments"][0]["coverage"] < told["before"][0]["coverage"]


def test_a_whole_document_is_assessed_scope_by_scope(tmp_path: Path, run: Run, document: Documents) -> None:
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


def test_what_a_document_says_of_itself_is_kept(run: Run) -> None:
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
def test_a_document_without_a_moment_is_assessed_now(given: dict[str, Any], run: Run) -> None:
    """It and what it holds have the same one."""
    told = json.loads(run("assess", "-", "--json", given=json.dumps(given)).stdout)

    assert told["taken_at"] == told["assessments"][0]["taken_at"]


def test_every_problem_of_observations_and_what_ifs_is_told(run: Run) -> None:
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
def test_documents_that_hold_nothing(given: str, says: str, run: Run) -> None:
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
def test_a_document_that_could_not_be_told_again_is_refused(given: str, says: str, run: Run) -> None:
    """What Python takes for JSON is more than JSON; half an answer must not be on standard output."""
    result = run("assess", "-", "--json", given=given)
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem.startswith("standard input: ")
    assert says in problem


def test_a_problem_of_a_document_names_the_file(tmp_path: Path, run: Run) -> None:
    """Several documents may be at work; each line says which one is meant."""
    file = tmp_path / "acme.json"
    file.write_text('{"observations": [{"indicator": "vmotion_rate", "numerator": 1e300, "denominator": -1}]}')
    result = run("assess", file)
    assert result.exit_code == 2
    assert all(line.startswith(f"{file}: observations[0] vmotion_rate: ") for line in result.stderr.splitlines())


def test_a_missing_document_is_told(tmp_path: Path, run: Run) -> None:
    """With its name and what to do."""
    result = run("assess", tmp_path / "none.json")
    assert result.exit_code == 2
    assert "none.json" in result.stderr
    assert "standard input" in result.stderr
