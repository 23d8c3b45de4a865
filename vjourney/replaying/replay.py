"""``vjourney replay``: the assessment of recordings, as one service would have come to it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.facts import Snapshot
from collector.overlap import Mark
from collector.vcenter.errors import RecordingUnreadable
from exporters.document import document
from inference.judging.model import DEFAULT as DEFAULT_MODEL
from inference.judging.model import load as load_model
from vjourney.replaying.processes import playing
from vjourney.replaying.steps import BEFORE_ALL, Step
from vjourney.service import Service
from vjourney.store import Store


class NothingToReplay(ValueError):  # noqa: N818  # named after what happened
    """None of the files can be read as a recording; ``problems`` gives the reason for each of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def replay(files: Sequence[Path]) -> dict[str, Any]:
    """The assessment document after the last poll of these recordings, each of which stands for one vCenter.

    The polls of all recordings are replayed in the order of their times, as one service would have made them. The clock is
    that of the recordings, polls take no time, and nothing is left on the disk: the same files give the same document.

    Raises:
        NothingToReplay: no file can be read. Where some can be, the others are vCenters whose poll failed.
    """
    recordings = _named(files)
    played = {name: _Played() for name in recordings}
    ended: set[str] = set()
    clock = _Clock(BEFORE_ALL)
    with tempfile.TemporaryDirectory(prefix="vjourney-replay-") as folder, ExitStack() as stack:
        polls = stack.enter_context(playing(recordings, ended))
        store = Store.open(f"sqlite:///{Path(folder) / 'replay.db'}")
        stack.callback(store.close)
        service = Service(
            played, store, load_model(DEFAULT_MODEL), clock=clock.read, prepare=lambda _: None, stopwatch=lambda: 0.0
        )
        for step in _unless_unreadable(polls):
            clock.now = max(clock.now, step.moment)
            played[step.name].step = step
            if service.poll(step.name).status == "failed":
                ended.add(step.name)
        publication = service.publication
    if publication is None:
        raise AssertionError("every recording has at least one step")
    return document(publication)


@dataclass(slots=True)
class _Clock:
    """A clock that is set by hand."""

    now: datetime

    def read(self) -> datetime:
        return self.now


@dataclass(slots=True)
class _Played:
    """What the service polls in place of a vCenter: it answers with the step that was read last."""

    step: Step | None = None

    def poll(self, _mark: Callable[[str], Mark | None]) -> Snapshot:
        if self.step is None:
            raise AssertionError("a recording is polled when its step is there")
        if isinstance(self.step.outcome, Exception):
            raise self.step.outcome
        return self.step.outcome

    def requests(self) -> Mapping[str, int]:
        return {} if self.step is None else self.step.requests

    def close(self) -> None:
        """Nothing is open."""


def _unless_unreadable(steps: Iterator[Step]) -> Iterator[Step]:
    """The same steps; raises ``NothingToReplay`` where every one of them says that its recording cannot be read."""
    unreadable = []
    for step in steps:
        if isinstance(step.outcome, RecordingUnreadable):
            unreadable.append(step)
            continue
        yield from (*unreadable, step)
        yield from steps
        return
    raise NothingToReplay([str(step.outcome) for step in unreadable])


def _named(files: Sequence[Path]) -> dict[str, Path]:
    """The recordings by the names of their files without the ending, numbered where two have the same."""
    named: dict[str, Path] = {}
    for file in files:
        name = stem = file.name.removesuffix(".gz").removesuffix(".yaml")
        number = 1
        while name in named:
            number += 1
            name = f"{stem}-{number}"
        named[name] = file
    return named
