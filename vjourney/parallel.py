"""Work on several things at the same time, without waiting for the threads after an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def in_threads(work: Callable[[Thing], Made], things: Collection[Thing]) -> list[Made]:
    """Call ``work`` for each thing, each in a thread of its own, and return the results in the order of the things.

    An interrupt is raised at once. Threads that still work then run on, and the end of the process must not wait for them: a
    vCenter that does not answer would delay it until its timeout.
    """
    threads = ThreadPoolExecutor(max_workers=len(things))
    try:
        return list(threads.map(work, things))
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
