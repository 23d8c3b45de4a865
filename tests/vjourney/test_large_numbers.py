"""Numbers beyond all measure: each is refused in one sentence, wherever a number can be given."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from inference.judging.model import DIRECTORY, ModelError
from inference.judging.model import load as load_model
from vjourney.cli import app
from vjourney.settings.values import cron, duration, store_url

DIGITS = [21, 400, 5000]
"""More than 64 bits hold, more than a float holds, and more than Python reads."""

MOST_READ = 4300
"""Digits that Python reads; of more the parser of arguments says itself that they make no number."""


def refusal(*arguments: str) -> str:
    """What a command says that refuses its arguments: no traceback, and the sentence last."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    return result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize("option", ["--seed", "--estates"])
def test_no_evaluation_is_of_that_size(option: str, digits: int) -> None:
    """Neither in the number of estates nor in the seed."""
    said = refusal("evaluate", option, "9" * digits)
    assert f"{option} is too large: at most" in said if digits < MOST_READ else f"Invalid value for '{option}'" in said


@pytest.mark.parametrize("every", ["200000d", "9" * 400 + "s", "9" * 5000 + "s"])
def test_no_recording_waits_that_long(tmp_path: Path, every: str) -> None:
    """No clock can wait for centuries, which is said before the first poll and not after it."""
    (tmp_path / "secret").write_text("s")
    config = tmp_path / "vjourney.yaml"
    config.write_text(f"vcenters:\n- {{name: a, host: h.invalid, username: u, password_file: {tmp_path}/secret}}\n")
    said = refusal("record", "--config", str(config), "--out", str(tmp_path / "a.yaml.gz"), "--every", every)
    assert said.startswith("--every: ")
    assert "is too long" in said


@pytest.mark.parametrize("digits", DIGITS)
def test_no_duration_has_so_many_digits(digits: int) -> None:
    """Whatever its unit."""
    with pytest.raises(ValueError, match="is too long to be counted; write a shorter one"):
        duration("9" * digits + "s")


@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize("schedule", ["{} 8 * * *", "*/{} 8 * * *", "0 0-{} * * *"])
def test_no_schedule_has_so_many_digits(schedule: str, digits: int) -> None:
    """As a value, a step or the end of a range."""
    with pytest.raises(ValueError, match=r"is not allowed as (minute|hour); write \*, a value"):
        cron(schedule.format("9" * digits))


def test_no_file_has_so_long_a_name(tmp_path: Path) -> None:
    """Which the system says when it is asked what is there."""
    with pytest.raises(ValueError, match=r"names no file that could be there \(File name too long\); write a shorter path"):
        store_url(tmp_path, f"sqlite:///{'9' * 5000}")


def test_a_model_with_such_a_number_is_refused(tmp_path: Path) -> None:
    """The file cannot be read, wherever in it the number is."""
    path = tmp_path / "own.yaml"
    path.write_text(f"{(DIRECTORY / 'journey-1.yaml').read_text()}\nmore: {'9' * 5000}\n")
    with pytest.raises(ModelError, match="is not YAML: a value cannot be read: Exceeds the limit"):
        load_model(path)
