"""``vjourney check``: what could not be reached, read or told, each by itself."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vjourney import checks
from vjourney.settings import Vcenter

if TYPE_CHECKING:
    from tests.vjourney.cli.conftest import Configure
    from tests.vjourney.conftest import Run


def test_check_says_at_which_step_a_vcenter_fails(refused_port: int, run: Run, configuration: Configure) -> None:
    """A refused port fails at the first step; exit code 4 since there is no other vCenter."""
    result = run("check", "--config", configuration(refused=refused_port), "--json")

    assert result.exit_code == 4
    answer = json.loads(result.stdout)["vcenters"][0]
    assert answer["ok"] is False
    assert [(step["step"], step["ok"]) for step in answer["steps"]] == [("reach", False)]


def test_check_of_a_recording(run: Run, configuration: Configure) -> None:
    """A recording needs no login; it is readable or not."""
    result = run("check", "--config", configuration("experimentation"))
    assert result.exit_code == 0
    assert "can be read" in result.stdout


def test_check_names_who_cannot_be_told(refused_port: int, run: Run, configuration: Configure) -> None:
    """A dead Alertmanager, an unknown address and a day that never comes, each with its key; nothing is sent."""
    file = configuration("experimentation")
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


def test_vcenters_are_checked_at_the_same_time(monkeypatch: pytest.MonkeyPatch, run: Run, configuration: Configure) -> None:
    """One that keeps its timeout waiting does not keep the others."""
    together = threading.Barrier(2, timeout=10)

    def meet(vcenter: Vcenter, *_: object) -> dict[str, object]:
        together.wait()
        return {"name": vcenter.name, "ok": True}

    monkeypatch.setattr(checks, "check", meet)
    file = configuration("experimentation", "it-production")

    answers = json.loads(run("check", "--config", file, "--json").stdout)["vcenters"]

    assert [answer["name"] for answer in answers] == ["experimentation", "it-production"]
