"""Work on several things at the same time, which may be left at any moment."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def each(work: Callable[[Thing], Made], things: Collection[Thing]) -> list[Made]:
    """What ``work`` makes of each thing, in their order; each may take as long as all of them.

    An interrupt is raised at once. Threads that are still at work then run on, and whoever ends the process must not wait for
    them: one vCenter that keeps silent would hold it up for its whole timeout.
    """
    threads = ThreadPoolExecutor(max_workers=len(things))
    try:
        return list(threads.map(work, things))
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
