"""The systemd unit fits the program."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vjourney.cli import app
from vjourney.cli.frame import Exit

UNIT = Path(__file__).parents[2] / "deploy" / "vjourney.service"


def setting(name: str) -> str:
    """The value of a setting that the unit has once."""
    (value,) = [line.partition("=")[2] for line in UNIT.read_text(encoding="utf-8").splitlines() if line.startswith(f"{name}=")]
    return value


def test_the_unit_starts_a_command_that_there_is(tmp_path: Path) -> None:
    """Its arguments are understood: what is missing is the file, not the option."""
    arguments = shlex.split(setting("ExecStart"))[1:]
    result = CliRunner().invoke(app, [*arguments[:-1], str(tmp_path / "vjourney.yaml")])

    assert result.exit_code == Exit.USAGE
    assert "vjourney.yaml: the file cannot be read" in result.stderr


def test_the_unit_does_not_repeat_a_wrong_configuration() -> None:
    """Its exit code is the one of the contract."""
    assert int(setting("RestartPreventExitStatus")) == Exit.USAGE


@pytest.mark.e2e
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Every setting is known to it; only the program is put elsewhere."""
    program = tmp_path / "vjourney"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "vjourney.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/vjourney/.venv/bin/vjourney", str(program)))
    analyze = shutil.which("systemd-analyze")
    assert analyze, "install systemd"

    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)  # noqa: S603  # found above

    assert (done.returncode, done.stderr) == (0, "")
