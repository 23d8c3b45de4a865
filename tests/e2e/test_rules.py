"""The Prometheus rules, checked and unit-tested by promtool."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Protocol

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / "exporters" / "prometheus" / "rules"
UNIT_TESTS = sorted((ROOT / "tests" / "exporters" / "prometheus" / "rules").glob("*.yaml"))

pytestmark = pytest.mark.e2e


class Prometheus(Protocol):
    """What these tests ask of the server."""

    def get(self, path: str) -> Any:  # noqa: ANN401  # JSON has no type
        """The ``data`` of an answer of its API."""


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What promtool says to these arguments."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed: on Debian, apt install prometheus")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  # promtool itself


def test_a_broken_rule_is_found(tmp_path: Path) -> None:
    """The check would notice an expression that does not parse."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("groups: [{name: broken, rules: [{record: 'a:b', expr: 'max without (x) ('}]}]")
    assert promtool("check", "rules", str(broken)).returncode != 0


def test_promtool_has_nothing_to_complain_about() -> None:
    """Every rule file passes with all lints fatal and nothing on standard error."""
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", *map(str, sorted(RULES.glob("*.yaml"))))
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout + checked.stderr


@pytest.mark.parametrize("file", UNIT_TESTS, ids=[file.stem for file in UNIT_TESTS])
def test_alerts_fire_where_they_should_and_nowhere_else(file: Path) -> None:
    """Scripted series through restarts, gaps, replicas, first and last scrapes bring the alerts that are expected."""
    tested = promtool("test", "rules", str(file))
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_prometheus_loads_every_rule(prometheus: Prometheus) -> None:
    """A server that is given the two files knows each recording and each alert in them."""
    written = {
        name for file in RULES.glob("*.yaml") for name in re.findall(r"- (?:record|alert): (\S+)", file.read_text("utf-8"))
    }
    loaded = {rule["name"] for group in prometheus.get("rules")["groups"] for rule in group["rules"]}
    assert loaded == written
