"""The progress display: what it says on a terminal, and that it is silent anywhere else."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from vjourney import progress
from vjourney.progress import SyncProgress


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def read(sync: SyncProgress) -> None:
    """A first read as the collector reports it."""
    for topic, objects in (("vms", 500), ("hosts", 40), ("switches", 0), ("storage_pods", 2), ("vms", 1500)):
        sync.update("prod", topic, objects)


def test_a_terminal_sees_objects_by_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line adds up what was read and names the largest topics."""
    screen = Terminal()
    monkeypatch.setattr(progress, "Console", lambda *, stderr: Console(file=screen, width=200, force_terminal=stderr))
    with SyncProgress(enabled=True) as sync:
        read(sync)
    assert "prod: 1,542 objects read (1,500 vms, 40 hosts, 2 storage pods)" in screen.getvalue()


@pytest.mark.parametrize("enabled", [True, False])
def test_nothing_is_shown_elsewhere(capsys: pytest.CaptureFixture[str], *, enabled: bool) -> None:
    """A pipe or a log file gets no progress."""
    with SyncProgress(enabled=enabled) as sync:
        read(sync)
    shown = capsys.readouterr()
    assert shown.out + shown.err == ""
