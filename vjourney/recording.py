"""``vjourney record`` and ``vjourney replay``: an anonymised recording of a vCenter, and the assessment of recordings."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from errno import EISDIR
from importlib.metadata import version as version_of
from os import strerror
from pathlib import Path
from typing import Any

from collector.facts import Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.vcenter.anonymise import Anonymiser
from collector.vcenter.cassette import exchanges, forget
from collector.vcenter.cassette import record as recording
from collector.vcenter.errors import RecordingUnreadable, VcenterError
from collector.vcenter.packing import FORMAT
from collector.vcenter.session import Session
from collector.vcenter.tls import connection_class
from exporters.document import document
from inference.classification.rules import Rule
from inference.judging.model import load as load_model
from vjourney import __version__
from vjourney.ending import INTERRUPTING
from vjourney.playing import BEFORE_ALL, Step
from vjourney.reading import playing
from vjourney.rulings import KEY, told
from vjourney.service import Service
from vjourney.settings import Settings, Vcenter
from vjourney.sources import Progress, endpoint, newest, no_tags, reads_tags
from vjourney.store import Store
from vjourney.vocabulary import vocabulary

MODEL = Settings.model_fields["model"].default
"""The model that recordings are assessed with."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: the polls as they were before they were anonymised, and why there are no more of them."""

    snapshots: tuple[Snapshot, ...]
    ended_by: VcenterError | KeyboardInterrupt | None


class NothingToReplay(ValueError):  # noqa: N818  # named after what happened
    """None of the files is a recording; ``problems`` says why of each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def choose(settings: Settings, name: str | None) -> Vcenter:
    """The vCenter to record: the one of this name, or the only one there is.

    Raises:
        ValueError: there is none of this name, or several and no name; the sentence says which there are.
    """
    live = {vcenter.name: vcenter for vcenter in settings.vcenters if vcenter.replay is None}
    if not live:
        raise ValueError("--config: it has no vCenter to record, only recordings; add one with a host")
    known = ", ".join(live)
    if name is None and len(live) != 1:
        raise ValueError(f"--vcenter: name the one vCenter to record; the configuration has: {known}")
    if name is not None and name not in live:
        raise ValueError(f"--vcenter: no vCenter of the configuration is called {name!r}; it has: {known}")
    return live[name] if name is not None else next(iter(live.values()))


def record(
    vcenter: Vcenter,
    out: Path,
    *,
    polls: int = 1,
    every: timedelta = timedelta(minutes=5),
    tags: bool = False,
    rules: Sequence[Rule] = (),
    progress: Progress | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Recorded:
    """Record so many polls of a vCenter, ``every`` so often, into ``out``, with its ``tags`` or without.

    Every answer is anonymised as it comes and before anything reaches the disk; the file appears whole, in the end. What
    goes wrong after the first poll, an interrupt among it, ends the recording early and keeps the polls that are complete.
    What the operator's ``rules`` make of machines is recorded too, as the names they go by are not.

    Raises:
        VcenterError: the first poll failed; there is no file then.
        OSError: the file cannot be written.
    """
    _try_to_write(out)
    where = endpoint(vcenter)
    anonymiser = Anonymiser(vocabulary())
    kept: list[tuple[Snapshot, int]] = []
    ended_by: VcenterError | KeyboardInterrupt | None = None

    def read(topic: str, objects: int) -> None:
        if progress is not None:
            progress(vcenter.name, topic, objects)

    def about() -> Mapping[str, Any]:
        return {
            "format": FORMAT,
            "made_by": f"vjourney {__version__}",
            "pyvmomi": version_of("pyvmomi"),
            "model": MODEL,
            "date": kept[0][0].taken_at.date().isoformat(),
            "vcenter_version": anonymiser.version(kept[0][0].about.version),
            "polls": len(kept),
            "anonymised": True,
            **({KEY: told([snapshot for snapshot, _ in kept], rules, anonymiser.reference)} if rules else {}),
        }

    with (
        _deafness() as deafen,
        recording(out, base=connection_class(where), anonymiser=anonymiser, about=about) as connection,
    ):
        poller = Poller(
            lambda: Session.open(where, connection=connection),
            vcenter.name,
            progress=read,
            tags=reads_tags if tags else no_tags,
        )
        mark = None
        try:
            while len(kept) < polls:
                if kept:
                    wait(every.total_seconds())
                snapshot = poller.poll(mark)
                mark = newest(snapshot.events) or mark
                kept.append((snapshot, exchanges(connection)))  # at once: an interrupt leaves a poll whole or out
            deafen()
        except (VcenterError, KeyboardInterrupt) as reason:
            if not kept:
                poller.close()
                raise
            deafen()
            ended_by = reason
        poller.close()
        if ended_by is not None:
            forget(connection, kept[-1][1])
    return Recorded(tuple(snapshot for snapshot, _ in kept), ended_by)


def _try_to_write(out: Path) -> None:
    """Find out before the first poll whether the file can be written."""
    if out.is_dir():
        raise IsADirectoryError(EISDIR, strerror(EISDIR), str(out))
    trial = out.with_name(f"{out.name}.part")
    trial.touch()
    trial.unlink()


@contextmanager
def _deafness() -> Iterator[Callable[[], None]]:
    """What makes this process deaf to interruptions until the block ends: a second shall not cost what the first one kept."""
    before: dict[signal.Signals, Any] = {}

    def deafen() -> None:
        if threading.current_thread() is threading.main_thread():
            before.update({number: signal.signal(number, signal.SIG_IGN) for number in INTERRUPTING})

    try:
        yield deafen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def replay(files: Sequence[Path]) -> dict[str, Any]:
    """The document of the contract after every poll of these recordings, each of which is a vCenter.

    Polls come in the order of their moments, whichever recording they are of, as they would have come to one service. Time
    is the recordings' own, polls take none of it, and nothing is left on the disk: the same files give the same document.

    Raises:
        NothingToReplay: no file can be read; where some can, the others are vCenters that failed.
    """
    recordings = _named(files)
    played = {name: _Played() for name in recordings}
    ended: set[str] = set()
    clock = _Clock(BEFORE_ALL)
    with tempfile.TemporaryDirectory(prefix="vjourney-replay-") as folder, ExitStack() as stack:
        polls = stack.enter_context(playing(recordings, ended))
        store = Store.open(f"sqlite:///{Path(folder) / 'replay.db'}")
        stack.callback(store.close)
        service = Service(played, store, load_model(MODEL), clock=clock.read, prepare=lambda _: None, stopwatch=lambda: 0.0)
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
    """The time of the recordings."""

    now: datetime

    def read(self) -> datetime:
        return self.now


@dataclass(slots=True)
class _Played:
    """A recording as what the service polls: it answers with the step that was read last."""

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
    """The same steps, where one of them has something to assess."""
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
    """The recordings by the names of their files, with a number where two have the same."""
    named: dict[str, Path] = {}
    for file in files:
        name = stem = file.name.removesuffix(".gz").removesuffix(".yaml")
        number = 1
        while name in named:
            number += 1
            name = f"{stem}-{number}"
        named[name] = file
    return named
