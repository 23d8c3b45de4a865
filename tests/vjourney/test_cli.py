"""The command line: what goes to which stream, and with which exit code."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from exporters.history import History
from exporters.schema import Document
from vjourney import checks
from vjourney.cli import app
from vjourney.demo import recordings
from vjourney.settings import Vcenter

ESTATES = ("experimentation", "it-production", "business-production", "it-as-a-service")


def run(*arguments: object) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def refused_port() -> Iterator[int]:
    """A port on loopback where nobody listens, kept from others."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def configuration(folder: Path, *vcenters: str) -> Path:
    """A configuration file with these entries under vcenters."""
    (folder / "password").write_text("secret-word\n")
    file = folder / "vjourney.yaml"
    file.write_text("vcenters:\n" + "".join(f"  - {{{entry}}}\n" for entry in vcenters))
    return file


def replay(name: str) -> str:
    """An entry that replays a bundled recording."""
    return f"name: {name}, replay: {recordings()[name]}"


def refused(port: int) -> str:
    """An entry for a vCenter at a port where nobody listens."""
    return f"name: down, host: 127.0.0.1, port: {port}, username: u, password_file: password"


def test_no_command_shows_help() -> None:
    """A new user sees what there is."""
    result = run()
    for command in ("demo", "once", "run", "check", "explain"):
        assert command in result.output


def test_version() -> None:
    """The version is one line."""
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("vjourney ")


def test_an_unknown_option_is_a_usage_error() -> None:
    """Usage errors leave with 2, on standard error."""
    result = run("once", "--konfig", "x")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "--konfig" in result.stderr


@pytest.mark.parametrize("command", ["once", "run", "check", "explain"])
def test_every_problem_of_a_configuration_is_told_with_its_place(tmp_path: Path, command: str) -> None:
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


def test_a_configuration_error_is_json_where_json_is_asked_for(tmp_path: Path) -> None:
    """Standard output is one JSON document also when the configuration is wrong."""
    result = run("once", "--config", tmp_path / "missing.yaml", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"]


def test_once_prints_the_document_of_the_contract(tmp_path: Path) -> None:
    """A replayed vCenter gives a valid document, nothing else on standard output, and exit code 0."""
    result = run("once", "--config", configuration(tmp_path, replay("it-production")), "--json")

    assert result.exit_code == 0, result.stderr
    document = Document.model_validate(json.loads(result.stdout))
    assert [each.status for each in document.vcenters] == ["ok"]
    assert {each.scope.kind for each in document.assessments} == {"fleet", "vcenter", "cluster"}


def test_once_prints_tables_for_people(tmp_path: Path) -> None:
    """Without --json a person reads stage, features and counts."""
    result = run("once", "--config", configuration(tmp_path, replay("it-production")))

    assert result.exit_code == 0
    for text in ("IT Production", "vMotion", "workload VMs", "position", "uncalibrated"):
        assert text in result.stdout


def test_some_failed_is_3_and_the_rest_is_assessed(tmp_path: Path, refused_port: int) -> None:
    """One vCenter down costs its own assessment only."""
    result = run("once", "--config", configuration(tmp_path, replay("experimentation"), refused(refused_port)), "--json")

    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert {each["name"]: each["status"] for each in document["vcenters"]} == {"experimentation": "ok", "down": "failed"}
    assert {each["scope"]["vcenter"] for each in document["assessments"]} == {"", "experimentation"}


def test_all_failed_is_4_and_no_password_shows(tmp_path: Path, refused_port: int) -> None:
    """Every vCenter down leaves with 4 and a document that says why, without the password."""
    result = run("once", "--config", configuration(tmp_path, refused(refused_port)), "--json")

    assert result.exit_code == 4
    vcenter = json.loads(result.stdout)["vcenters"][0]
    assert f"127.0.0.1:{refused_port}" in vcenter["error"]
    assert "\n" not in vcenter["error"]
    assert "secret-word" not in result.stdout + result.stderr


def test_check_says_at_which_step_a_vcenter_fails(tmp_path: Path, refused_port: int) -> None:
    """A refused port fails at the first step; exit code 4 since there is no other vCenter."""
    result = run("check", "--config", configuration(tmp_path, refused(refused_port)), "--json")

    assert result.exit_code == 4
    answer = json.loads(result.stdout)["vcenters"][0]
    assert answer["ok"] is False
    assert [(step["step"], step["ok"]) for step in answer["steps"]] == [("reach", False)]


def test_check_of_a_recording(tmp_path: Path) -> None:
    """A recording needs no login; it is readable or not."""
    result = run("check", "--config", configuration(tmp_path, replay("experimentation")))
    assert result.exit_code == 0
    assert "can be read" in result.stdout


def test_check_names_who_cannot_be_told(tmp_path: Path, refused_port: int) -> None:
    """A dead Alertmanager, an unknown address and a day that never comes, each with its key; nothing is sent."""
    file = configuration(tmp_path, replay("experimentation"))
    with Path(file).open("a", encoding="utf-8") as config:
        config.write(
            f"""alerts:
  alertmanagers: ["http://user:secret-word@127.0.0.1:{refused_port}"]
  notify: ["nonsense://secret-word", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops"]
  digest: {{schedule: "0 8 30 2 *", to: ["json://127.0.0.1:{refused_port}"]}}
"""
        )
    result = run("check", "--config", file, "--json")
    assert result.exit_code == 3
    answers = {each["target"]: each["ok"] for each in json.loads(result.stdout)["alerts"]}
    assert answers == {
        f"alerts.alertmanagers[0] (http://127.0.0.1:{refused_port})": False,
        "alerts.notify[0]": False,
        "alerts.notify[1] (slack)": True,
        "alerts.digest.to[0] (json)": False,
        "alerts.digest.schedule": False,
    }
    assert "secret-word" not in result.stdout + result.stderr
    shown = run("check", "--config", file)
    assert "that never comes; change day" in " ".join(shown.stdout.split())


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
def test_arguments_that_make_no_sense_are_told_as_json_too(arguments: tuple[str, ...], says: str) -> None:
    """Whoever asks for JSON gets one document, whatever else was wrong."""
    result = run(*arguments)

    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert says in problem
    assert says in result.stderr


def test_vcenters_are_checked_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that keeps its timeout waiting does not keep the others."""
    together = threading.Barrier(2, timeout=10)

    def meet(vcenter: Vcenter, *_: object) -> dict[str, object]:
        together.wait()
        return {"name": vcenter.name, "ok": True}

    monkeypatch.setattr(checks, "check", meet)
    file = configuration(tmp_path, replay("experimentation"), replay("it-production"))

    answers = json.loads(run("check", "--config", file, "--json").stdout)["vcenters"]

    assert [answer["name"] for answer in answers] == ["experimentation", "it-production"]


def test_explain_before_any_assessment_says_what_to_do(tmp_path: Path) -> None:
    """An empty store is no failure of a vCenter."""
    result = run("explain", "--config", configuration(tmp_path, replay("experimentation")))
    assert result.exit_code == 2
    assert "vjourney once" in result.stderr


def test_explain_shows_every_observation_of_the_last_assessment(tmp_path: Path) -> None:
    """What was stored by once is explained with states, numbers and contributions."""
    file = configuration(tmp_path, replay("business-production"))
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
def test_what_is_configured_no_longer_is_shown_by_its_name_alone(tmp_path: Path, command: str) -> None:
    """The store keeps a vCenter that was taken out; it is no part of what there is now."""
    run("once", "--config", configuration(tmp_path, replay("experimentation"), replay("it-production")))
    file = configuration(tmp_path, replay("it-production"))
    key = "assessments" if command == "explain" else "scopes"
    shown, asked = (
        json.loads(run(command, "--config", file, *scope, "--json").stdout)[key]
        for scope in ((), ("--scope", "experimentation"))
    )
    assert {each.get("scope", each)["vcenter"] for each in shown} == {"", "it-production"}
    assert {each.get("scope", each)["vcenter"] for each in asked} == {"experimentation"}


def test_explain_of_one_scope(tmp_path: Path) -> None:
    """A scope is named as it is shown; one that does not exist is a usage error."""
    file = configuration(tmp_path, replay("it-production"))
    run("once", "--config", file)

    table = run("explain", "--config", file, "--scope", "CH-Servers")
    assert table.exit_code == 0
    assert "vmotion_rate" in table.stdout

    unknown = run("explain", "--config", file, "--scope", "nowhere")
    assert unknown.exit_code == 2
    assert "nowhere" in unknown.stderr


def test_history_tells_declarations_changes_and_milestones(tmp_path: Path) -> None:
    """What was stored by once comes back as the document of the API, and as tables."""
    file = configuration(tmp_path, replay("business-production"))
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


def test_demo_puts_the_four_estates_in_order() -> None:
    """The bundled recordings, one for each stage, stand in the order of their stages."""
    result = run("demo", "--once", "--json")

    assert result.exit_code == 0, result.stderr
    found = {each["scope"]["name"]: each["stage"] for each in json.loads(result.stdout)["assessments"]}
    assert [found[name]["inferred"] for name in ESTATES] == [0, 1, 2, 3]
    positions = [found[name]["position"] for name in ESTATES]
    assert positions == sorted(positions)


@pytest.mark.parametrize("arguments", [("model", "show", "--json"), ("--version",)])
def test_an_answer_that_finds_no_room_is_told(arguments: tuple[str, ...]) -> None:
    """One line and an exit code of the contract, whether it is long or waits in a buffer until the end."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "vjourney", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603  # ourselves
    assert done.returncode == 2
    assert done.stderr == "standard output cannot be written (No space left on device); send it to where there is room\n"
