"""Numbering: events in the order in which vCenter numbered them, also where a restored one began to do so again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter

from collector.facts import Event

LATE = timedelta(minutes=15)
"""How much later than one with a higher key an event may be dated and still come before it, where keys were used twice.

vCenter stores events a few minutes late, and clocks of hosts differ; it is not restored from a backup as fast as that.
"""

_AGE = attrgetter("at", "key")
_KEY = attrgetter("key")


def in_order(events: Iterable[Event]) -> Sequence[Event]:
    """Events that come in any order, each once.

    Keys tell better than times what came first, as clocks may be wrong, but only until a vCenter is restored from a backup:
    what it numbers from then on comes after all that it had numbered before. A key that was used twice shows that it was.
    """
    found = sorted(events, key=_KEY)
    if all(one.key < other.key for one, other in pairwise(found)):
        return found
    distinct = {event.identity: event for event in found}.values()
    used_twice = len({event.key for event in distinct}) < len(distinct)
    return _run_by_run(distinct) if used_twice else tuple(distinct)


def _run_by_run(events: Iterable[Event]) -> list[Event]:
    """The same where numbers began again: a run ends where an event of a lower key is dated later by more than ``LATE``."""
    runs: list[list[Event]] = [[]]
    top: Event | None = None
    for event in sorted(events, key=_AGE):
        if top is None or event.key > top.key:
            top = event
        elif event.at - top.at > LATE:
            runs.append([])
            top = event
        runs[-1].append(event)
    return [event for run in runs for event in sorted(run, key=_KEY)]
