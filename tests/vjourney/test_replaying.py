"""Playing recordings: by this process or by several, the same polls come in the same order, and no socket is opened."""

from __future__ import annotations

import gzip
import inspect
import json
import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import fixtures
from collector.facts import Snapshot
from collector.vcenter import errors
from vjourney.demo import recordings
from vjourney.replaying import processes
from vjourney.replaying.replay import replay
from vjourney.replaying.steps import BEFORE_ALL, Step, merged, steps

BUNDLED = recordings()
SMALL = Path(fixtures.__file__).parent / "recordings/archetypes/lab-two-hosts.yaml.gz"
TWO = {"experimentation": BUNDLED["experimentation"], "lab-two-hosts": SMALL}


def in_processes(monkeypatch: pytest.MonkeyPatch, processors: int) -> None:
    """Have any recordings read by processes, as on a machine with so many processors."""
    monkeypatch.setattr(processes, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))


def emptied(folder: Path) -> Path:
    """A recording in which the vCenter was asked who it is, and never polled."""
    head, _, rest = gzip.decompress(BUNDLED["experimentation"].read_bytes()).decode().partition("interactions:\n")
    asked = [part for part in rest.split("\n- request:") if "CurrentTime" not in part]
    file = folder / "never-polled.yaml.gz"
    file.write_bytes(gzip.compress("".join([head, "interactions:\n", "\n- request:".join(asked)]).encode()))
    return file


def test_processes_read_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step with its snapshot, whoever read it; moments never go back."""
    alone = list(steps(TWO))
    in_processes(monkeypatch, 2)
    with processes.playing(TWO) as polls:
        together = list(polls)
    assert together == alone
    assert {step.name for step in alone} == set(TWO)
    assert all(earlier.moment <= later.moment for earlier, later in pairwise(alone))
    assert [step.name for step in alone if step.last] == sorted(TWO, key=lambda name: last(alone, name).moment)


def last(played: list[Step], name: str) -> Step:
    """The last step of a recording."""
    return [step for step in played if step.name == name][-1]


def test_a_replay_by_processes_is_the_same_to_the_byte(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also where a file is missing, one is damaged, one was never polled and one is a vCenter twice."""
    copy, broken = tmp_path / "copy.yaml.gz", tmp_path / "broken.yaml.gz"
    copy.write_bytes(SMALL.read_bytes())
    broken.write_bytes(BUNDLED["experimentation"].read_bytes()[:1000])
    files = [tmp_path / "gone.yaml.gz", *TWO.values(), copy, broken, emptied(tmp_path)]
    documents = []
    for processors in (1, 3):
        in_processes(monkeypatch, processors)
        documents.append(json.dumps(replay(files)))
    assert documents[0] == documents[1]
    said: dict[str, Any] = {vcenter["name"]: vcenter["error"] or "" for vcenter in json.loads(documents[0])["vcenters"]}
    assert "there is no such file" in said["gone"]
    assert "cut short or damaged" in said["broken"]
    assert "it holds no complete poll" in said["never-polled"]
    assert "same vCenter" in said["lab-two-hosts"] + said["copy"]
    assert said["experimentation"] == ""


def test_a_process_that_dies_takes_only_its_recordings_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had not finished fails with a sentence, and the replay goes on."""
    start = subprocess.Popen.__init__

    def start_a_dead_one(self: Any, _: list[str], **options: Any) -> None:  # noqa: ANN401  # as Popen's
        start(self, [sys.executable, "-c", ""], **options)

    in_processes(monkeypatch, 2)
    monkeypatch.setattr(subprocess.Popen, "__init__", start_a_dead_one)
    with processes.playing(TWO) as polls:
        played = list(polls)
    assert [(step.name, step.moment, step.last) for step in played] == [(name, BEFORE_ALL, True) for name in sorted(TWO)]
    assert all("replay fewer at once" in str(step.outcome) for step in played)


def test_processes_run_the_same_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What lies in the folder in which somebody starts a replay is not run."""
    (tmp_path / "vjourney").mkdir()
    (tmp_path / "vjourney/__init__.py").write_text("raise SystemExit('another program')")
    monkeypatch.chdir(tmp_path)
    in_processes(monkeypatch, 2)
    with processes.playing(TWO) as polls:
        assert all(isinstance(step.outcome, Snapshot) for step in polls)


def test_whoever_stops_listening_ends_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes are gone with the block, though they had more to say."""
    in_processes(monkeypatch, 2)
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen.__init__

    def note(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  # as Popen's
        started.append(self)
        start(self, *arguments, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    with processes.playing(TWO) as polls:
        assert isinstance(next(polls).outcome, Snapshot)
    assert [process.returncode is not None for process in started] == [True, True]


@pytest.mark.parametrize("attempt", ["socket.socket()", "socket.getaddrinfo('localhost', 1)", "socket.socketpair()"])
def test_a_reading_process_can_open_no_socket(attempt: str) -> None:
    """Not by accident and not by a recording: the interpreter itself refuses."""
    code = f"import socket\nfrom vjourney.replaying.processes import forbid_sockets\nforbid_sockets()\n{attempt}"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)  # noqa: S603  # ourselves
    assert done.returncode == 1
    assert "a replay needs no network" in done.stderr


def test_every_failure_can_be_told_to_another_process() -> None:
    """Its class and its line arrive."""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.VcenterError)]
    assert len(kinds) > 10
    for kind in kinds:
        told = pickle.loads(pickle.dumps(kind("vc-1", "it is gone")))  # noqa: S301  # our own
        assert (type(told), str(told)) == (kind, "vc-1: it is gone")


def test_streams_are_merged_by_moment_and_name() -> None:
    """What has ended is left out from then on."""

    def step(day: int, name: str) -> Step:
        return Step(BEFORE_ALL.replace(day=day), name, ValueError(name), {}, last=False)

    ended: list[str] = []
    found = []
    streams = [iter([step(2, "b"), step(3, "b"), step(9, "a")]), iter([step(1, "c"), step(2, "a2"), step(4, "c")])]
    for each in merged(streams, ended):
        found.append((each.moment.day, each.name))
        if each.moment.day == 3:
            ended.append("c")
    assert found == [(1, "c"), (2, "a2"), (2, "b"), (3, "b"), (9, "a")]
