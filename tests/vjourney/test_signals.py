"""Commands that somebody ends: nothing of them is left, not a word is said, and the signal itself is what they end by."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vjourney.demo import recordings
from vjourney.signals import INTERRUPTING

ROOT = Path(__file__).parents[2]


def started(folder: Path, *arguments: str, path: str = "") -> subprocess.Popen[bytes]:
    """A command with its temporary files in this folder."""
    environment = os.environ | {"TMPDIR": str(folder), "PYTHONPATH": f"{path}{ROOT}"}
    command = [sys.executable, "-P", "-m", "vjourney", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603  # ourselves


def wait_for(folder: Path, pattern: str) -> None:
    """Wait until there is such a file."""
    for _ in range(600):
        if any(folder.glob(pattern)):
            return
        time.sleep(0.1)
    raise AssertionError(f"{pattern} did not come")


@pytest.mark.parametrize("number", INTERRUPTING)
def test_an_interrupted_replay_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, the end of the machine and a closed terminal remove the folder of the replay."""
    with started(tmp_path, "replay", str(recordings()["it-as-a-service"])) as command:
        wait_for(tmp_path, "vjourney-replay-*/replay.db")
        command.send_signal(number)
        _, said = command.communicate(timeout=60)
    assert (command.returncode, said, list(tmp_path.iterdir())) == (-number, b"", [])


def test_ctrl_c_while_the_program_is_loaded_is_no_traceback(tmp_path: Path) -> None:
    """Loading takes a second, and longer on a busy machine."""
    (tmp_path / "typer.py").write_text(
        f"import pathlib, time\npathlib.Path({str(tmp_path / 'here')!r}).touch()\ntime.sleep(60)\n"
    )
    with started(tmp_path, "--version", path=f"{tmp_path}{os.pathsep}") as command:
        wait_for(tmp_path, "here")
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=60)
    assert (command.returncode, said) == (-signal.SIGINT, b"")


@pytest.mark.parametrize("arguments", [("model", "show"), ("model", "show", "--json"), ("--help",), ("--version",)])
def test_a_reader_that_had_enough_ends_a_command_as_any_other(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What is written with rich, by typer or by json, at once or in the end: as ``cat`` and ``git`` end."""
    with started(tmp_path, *arguments) as command:
        if command.stdout is None:
            raise AssertionError("it was asked for")
        command.stdout.close()
        command.stdout = None
        _, said = command.communicate(timeout=60)
    assert (command.returncode, said) == (-signal.SIGPIPE, b"")
