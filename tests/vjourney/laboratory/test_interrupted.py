"""An evaluation that somebody interrupts at a terminal, which interrupts every process of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

PATIENCE = 60.0
STARTED = 3
"""Two that work, and one of Python's own beside them."""


def children(process: int) -> int:
    """How many processes a process has started that still run."""
    parents = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            parents.append(int(file.read_text().rpartition(")")[2].split()[1]))
    return parents.count(process)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells of the children of a process in files")
@pytest.mark.parametrize("later", [0.0, 4.0], ids=["while they begin", "while they work"])
def test_an_interrupt_ends_every_process_without_a_word(later: float) -> None:
    """At once, by the signal as shells expect, and with no traceback of any of them."""
    command = [sys.executable, "-m", "vjourney", "evaluate", "--estates", "60"]
    with subprocess.Popen(  # noqa: S603  # ourselves
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True
    ) as evaluation:
        end = time.monotonic() + PATIENCE
        while children(evaluation.pid) < STARTED and evaluation.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(later)
        os.killpg(evaluation.pid, signal.SIGINT)
        told = evaluation.communicate(timeout=PATIENCE)
    assert (evaluation.returncode, told) == (-signal.SIGINT, ("", ""))
