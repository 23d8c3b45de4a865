"""How a recording ends: early, by an interrupt, or not at all; the file holds whole polls or is not there."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from collector.facts import Event, Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.vcenter import cassette, packing
from collector.vcenter.errors import VcenterError
from vjourney import recording, sources
from vjourney.sources import Replay

RecordBundled = Callable[..., recording.Recorded]


@pytest.mark.parametrize("reason", [KeyboardInterrupt(), VcenterError("vc-acme", "it is gone")])
def test_what_ends_a_recording_early_keeps_its_polls(
    reason: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_bundled: RecordBundled
) -> None:
    """Whoever interrupts a long recording, or loses the vCenter, has the complete polls and nothing of a broken one."""
    out = tmp_path / "a.yaml.gz"
    poll = Poller.poll
    breaks = iter([False, False, True])

    def break_the_third(self: Poller, mark: Mark | None) -> Snapshot:
        if not next(breaks):
            return poll(self, mark)
        self.identify()
        raise reason

    with monkeypatch.context() as patched:
        patched.setattr(Poller, "poll", break_the_third)
        record_bundled("experimentation", out, 5)
    assert cassette.description(out)["polls"] == 2
    assert polls_in(out) == 2


@pytest.mark.parametrize("where", ["between", "within", "behind"])
def test_an_interrupt_keeps_what_is_complete(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_bundled: RecordBundled
) -> None:
    """Wherever a Ctrl-C comes in, between polls, within one or behind one, and once more at the end: whole polls are kept."""
    poll, newest, save = Poller.poll, sources.newest, packing.Gzipped.save_cassette
    out, polls = tmp_path / "a.yaml.gz", 0

    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def count(self: Poller, mark: Mark | None) -> Snapshot:
        nonlocal polls
        polls += 1
        if where == "within" and polls == 2:
            self.identify()
            interrupt()
        return poll(self, mark)

    def behind(events: Sequence[Event]) -> Mark | None:
        if where == "behind" and polls == 2:
            interrupt()
        return newest(events)

    def twice(*arguments: Any) -> None:  # noqa: ANN401  # as the original's
        interrupt()
        save(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Poller, "poll", count)
        patched.setattr(recording, "newest", behind)
        patched.setattr(packing.Gzipped, "save_cassette", twice)
        recorded = record_bundled("experimentation", out, 3, wait=lambda _: interrupt() if where == "between" else None)
    assert isinstance(recorded.ended_by, KeyboardInterrupt)
    assert cassette.description(out)["polls"] == len(recorded.snapshots) == polls_in(out) == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def polls_in(file: Path) -> int:
    """How many polls a recording holds."""
    source, found = Replay("again", file), 0
    while not source.ended:
        source.poll(lambda _: None)
        found += 1
    return found


def test_a_first_poll_that_fails_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_bundled: RecordBundled
) -> None:
    """Nothing was recorded, so there is nothing to hand in."""

    def fail(_self: Poller, _mark: Mark | None) -> Snapshot:
        raise VcenterError("vc-acme", "it is gone")

    monkeypatch.setattr(Poller, "poll", fail)
    with pytest.raises(VcenterError, match="it is gone"):
        record_bundled("experimentation", tmp_path / "a.yaml.gz", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_before_the_first_poll(tmp_path: Path, record_bundled: RecordBundled) -> None:
    """Nobody records for a day to hear then that the file cannot be written."""
    (tmp_path / "file").touch()
    for out, why in (("gone/a.yaml.gz", FileNotFoundError), ("file/a.yaml.gz", NotADirectoryError), ("", IsADirectoryError)):
        with pytest.raises(why):
            record_bundled("experimentation", tmp_path / out, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
