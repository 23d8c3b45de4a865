"""The command line as such: help, mistakes, and an answer for which there is no room."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.vjourney.conftest import Run


def test_no_command_shows_help(run: Run) -> None:
    """A new user sees what there is."""
    result = run()
    for command in ("demo", "once", "run", "check", "explain"):
        assert command in result.output


def test_version(run: Run) -> None:
    """The version is one line."""
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("vjourney ")


def test_an_unknown_option_is_a_usage_error(run: Run) -> None:
    """Usage errors leave with 2, on standard error."""
    result = run("once", "--konfig", "x")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "--konfig" in result.stderr


@pytest.mark.parametrize("command", ["once", "run", "check", "explain"])
def test_every_problem_of_a_configuration_is_told_with_its_place(tmp_path: Path, command: str, run: Run) -> None:
    """All problems come at once, one line each, with file and line, and exit code 2."""
    file = tmp_path / "vjourney.yaml"
    file.write_text("vcenters:\n  - name: a\n    hots: b\n    port: 70000\npoll: 5\n")

    result = run(command, "--config", file)

    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert any(line.startswith(f"{file}:3:") and "hots" in line for line in lines)
    assert any(line.startswith(f"{file}:4:") and "70000" in line for line in lines)
    assert any(line.startswith(f"{file}:5:") and "poll" in line for line in lines)


def test_a_configuration_error_is_json_where_json_is_asked_for(tmp_path: Path, run: Run) -> None:
    """Standard output is one JSON document also when the configuration is wrong."""
    result = run("once", "--config", tmp_path / "missing.yaml", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("once", "--json"), "--config"),
        (("assess", "--json"), "file"),
        (("demo", "--json", "--port", "many"), "--port"),
        (("model", "rescore", "--json"), "--config"),
        (("explain", "--json", "--frob"), "--frob"),
    ],
)
def test_arguments_that_make_no_sense_are_told_as_json_too(arguments: tuple[str, ...], says: str, run: Run) -> None:
    """Whoever asks for JSON gets one document, whatever else was wrong."""
    result = run(*arguments)

    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert says in problem
    assert says in result.stderr


@pytest.mark.parametrize("arguments", [("model", "show", "--json"), ("--version",)])
def test_an_answer_that_finds_no_room_is_told(arguments: tuple[str, ...]) -> None:
    """One line and an exit code of the contract, whether it is long or waits in a buffer until the end."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "vjourney", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603  # ourselves
    assert done.returncode == 2
    assert done.stderr == "standard output cannot be written (No space left on device); send it to where there is room\n"
