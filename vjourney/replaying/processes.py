"""Recordings are parsed by several processes at once, where that pays.

Parsing the answers of a vCenter is most of the work of a replay, and each recording can be parsed alone. The steps and their
order are the same as with one process. ``python -m vjourney.replaying.processes`` is one of them: it gets a pickled mapping of
names to recordings on standard input, writes one pickled step after another to standard output, and cannot open a socket.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from collector.vcenter.errors import VcenterError
from vjourney.replaying.steps import BEFORE_ALL, Step, merged, steps

WORTH_PROCESSES = 150_000
"""Bytes of recordings from which on the processes save more time than it takes to start them."""

AHEAD = 8
"""How many steps of one process may wait to be asked for."""

_LESS_GARBAGE = 100_000
"""Threshold of Python's garbage collector: at its default it takes a fifth of the time, and snapshots hold few cycles."""

_LENGTH = 8
"""Bytes of the number before each pickled step that gives its length."""


@contextmanager
def playing(recordings: Mapping[str, Path], ended: Collection[str] = ()) -> Iterator[Iterator[Step]]:
    """The steps of these recordings, parsed by as many processes as there are processors if that is worth it."""
    sizes = {name: file.stat().st_size if file.is_file() else 0 for name, file in recordings.items()}
    count = min(len(recordings), len(os.sched_getaffinity(0)))
    if count < 2 or sum(sizes.values()) < WORTH_PROCESSES:  # noqa: PLR2004  # one process is this one
        yield steps(recordings, ended)
        return
    with ExitStack() as stack:
        yield merged([stack.enter_context(_reader(group)) for group in _groups(recordings, sizes, count)], ended)


def _groups(recordings: Mapping[str, Path], sizes: Mapping[str, int], count: int) -> list[dict[str, Path]]:
    """The recordings divided into ``count`` groups of about the same size in bytes."""
    groups: list[dict[str, Path]] = [{} for _ in range(count)]
    loads = [0] * count
    for name in sorted(recordings, key=lambda name: (-sizes[name], name)):
        least = loads.index(min(loads))
        groups[least][name] = recordings[name]
        loads[least] += sizes[name]
    return groups


@contextmanager
def _reader(recordings: Mapping[str, Path]) -> Iterator[Iterator[Step]]:
    """The steps of these recordings, parsed by a process that is ended with the block."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-P", "-m", "vjourney.replaying.processes"]  # -P: not from the present working directory
    read: queue.Queue[bytes | None] = queue.Queue(AHEAD)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:  # noqa: S603  # ourselves
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both pipes were asked for")
        thread = threading.Thread(target=_take, args=(process.stdout, read), daemon=True)
        thread.start()
        try:
            with suppress(BrokenPipeError), process.stdin:
                pickle.dump(dict(recordings), process.stdin)
            yield _told(recordings, read)
        finally:
            process.kill()
            while thread.is_alive():
                with suppress(queue.Empty):
                    read.get(timeout=0.01)


def _take(pipe: IO[bytes], read: queue.Queue[bytes | None]) -> None:
    """Move pickled steps from a pipe to a queue until the pipe ends, then ``None``; a step cut short is left out."""
    while len(length := pipe.read(_LENGTH)) == _LENGTH:
        size = int.from_bytes(length, "big")
        content = pipe.read(size)
        if len(content) < size:
            break
        read.put(content)
    read.put(None)


def _told(recordings: Mapping[str, Path], read: queue.Queue[bytes | None]) -> Iterator[Step]:
    """The steps in the queue. If it ends too early, every recording that still had steps to come gets one with an error."""
    open_ones = dict(recordings)
    while open_ones and (content := read.get()) is not None:
        step: Step = pickle.loads(content)  # noqa: S301  # from a process that this one started
        if step.last:
            del open_ones[step.name]
        yield step
    for name, file in sorted(open_ones.items()):
        lost = VcenterError(file, "the process that read it was killed, perhaps for lack of memory; replay fewer at once")
        yield Step(BEFORE_ALL, name, lost, {}, last=True)


def forbid_sockets() -> None:
    """From now on this process can neither open a socket nor resolve an address."""

    def refuse(event: str, _: object) -> None:
        if event.startswith("socket."):
            raise PermissionError(f"a replay needs no network, and {event} is forbidden")

    sys.addaudithook(refuse)


def main() -> None:
    """Write the steps of the recordings on standard input to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    forbid_sockets()
    gc.set_threshold(_LESS_GARBAGE)
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # anything else that prints must not come between the steps
        with suppress(BrokenPipeError):
            for step in steps(pickle.load(sys.stdin.buffer)):  # noqa: S301  # from the process that started this one
                content = _pickled(step)
                answers.write(len(content).to_bytes(_LENGTH, "big") + content)
                answers.flush()


def _pickled(step: Step) -> bytes:
    """A step as bytes. An unexpected error gets its traceback as a note, since pickle drops it."""
    if isinstance(step.outcome, Exception) and not isinstance(step.outcome, VcenterError):
        step.outcome.add_note("".join(traceback.format_exception(step.outcome)))
    return pickle.dumps(step, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
