"""``vjourney record``: an anonymised recording of a vCenter."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from errno import EISDIR
from functools import partial
from importlib.metadata import version as version_of
from os import strerror
from pathlib import Path
from typing import Any

from collector.facts import Snapshot
from collector.poll import Poller
from collector.vcenter.anonymise import Anonymiser
from collector.vcenter.cassette import record as recording
from collector.vcenter.errors import VcenterError
from collector.vcenter.packing import FORMAT
from collector.vcenter.session import Session
from collector.vcenter.tls import connection_class
from inference.classification.rules import Rule
from inference.judging.model import DEFAULT as DEFAULT_MODEL
from vjourney import __version__
from vjourney.rulings import KEY, told
from vjourney.settings import Settings, Vcenter
from vjourney.signals import INTERRUPTING
from vjourney.sources import Progress, endpoint, newest, no_tags, reads_tags
from vjourney.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recorded polls as they were read, before they were anonymised, and what ended the recording early, if anything."""

    snapshots: tuple[Snapshot, ...]
    ended_by: VcenterError | KeyboardInterrupt | None


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
    """Record a number of polls of a vCenter into the file ``out``, one ``every`` so often, with its ``tags`` or without.

    Every answer is anonymised as it arrives, before anything is written. The file appears when it is complete. An error or an
    interrupt after the first poll ends the recording early and keeps the complete polls. Since the names of machines are not
    recorded, the recording also tells what the operator's ``rules`` make of them. ``wait`` sleeps for a number of seconds.

    Raises:
        VcenterError: the first poll failed; nothing was written.
        OSError: the file cannot be written.
    """
    _check_writable(out)
    where = endpoint(vcenter)
    anonymiser = Anonymiser(vocabulary())
    kept: list[tuple[Snapshot, int]] = []  # each poll with the number of exchanges up to its end
    ended_by: VcenterError | KeyboardInterrupt | None = None
    with (
        _interrupts_to_ignore() as ignore_interrupts,
        recording(
            out,
            base=connection_class(where),
            anonymiser=anonymiser,
            about=lambda: _about([snapshot for snapshot, _ in kept], rules, anonymiser),
        ) as tape,
    ):
        poller = Poller(
            lambda: Session.open(where, connection=tape.connection),
            vcenter.name,
            progress=partial(progress, vcenter.name) if progress is not None else None,
            tags=reads_tags if tags else no_tags,
        )
        mark = None
        try:
            while len(kept) < polls:
                if kept:
                    wait(every.total_seconds())
                snapshot = poller.poll(mark)
                mark = newest(snapshot.events) or mark
                kept.append((snapshot, tape.exchanges()))  # in one step: an interrupt leaves a poll whole or out
            ignore_interrupts()  # within the block: an interrupt that comes before it is caught below
        except (VcenterError, KeyboardInterrupt) as reason:
            if not kept:
                raise
            ignore_interrupts()
            ended_by = reason
        finally:
            poller.close()
        if ended_by is not None:
            tape.keep(kept[-1][1])
    return Recorded(tuple(snapshot for snapshot, _ in kept), ended_by)


def _about(snapshots: Sequence[Snapshot], rules: Sequence[Rule], anonymiser: Anonymiser) -> Mapping[str, Any]:
    """What the recording says of itself."""
    first = snapshots[0]
    return {
        "format": FORMAT,
        "made_by": f"vjourney {__version__}",
        "pyvmomi": version_of("pyvmomi"),
        "model": DEFAULT_MODEL,
        "date": first.taken_at.date().isoformat(),
        "vcenter_version": anonymiser.version(first.about.version),
        "polls": len(snapshots),
        "anonymised": True,
        **({KEY: told(snapshots, rules, anonymiser.reference)} if rules else {}),
    }


def _check_writable(out: Path) -> None:
    """Find out before the first poll whether the file can be written.

    Raises:
        OSError: it cannot.
    """
    if out.is_dir():
        raise IsADirectoryError(EISDIR, strerror(EISDIR), str(out))
    trial = out.with_name(f"{out.name}.part")
    trial.touch()
    trial.unlink()


@contextmanager
def _interrupts_to_ignore() -> Iterator[Callable[[], None]]:
    """Gives a function from whose call on the process ignores interrupts, until the block ends.

    The first interrupt ends a recording; a second one must not cost the polls that the first one kept.
    """
    before: dict[signal.Signals, Any] = {}

    def ignore_interrupts() -> None:
        if threading.current_thread() is threading.main_thread():  # no other thread may set handlers
            before.update({number: signal.signal(number, signal.SIG_IGN) for number in INTERRUPTING})

    try:
        yield ignore_interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
