"""Merging: two organisations whose estates end up in one vCenter. Ids must already differ."""

from __future__ import annotations

from dataclasses import replace

from collector.facts import TOPICS, Snapshot
from inference.estate.history import History

Seen = tuple[Snapshot, History]


def merge(first: Seen, second: Seen) -> Seen:
    """One snapshot and one history of both; events are numbered anew in the order of time."""
    (shown, past), (other, theirs) = first, second
    lists = [topic for topic in TOPICS if isinstance(getattr(shown, topic), tuple) and topic not in {"events", "custom_fields"}]
    joined = replace(shown, **{topic: getattr(shown, topic) + getattr(other, topic) for topic in lists})
    every = sorted((*past.events, *theirs.events), key=lambda event: (event.at, event.key))
    events = tuple(replace(event, key=key) for key, event in enumerate(every, start=1))
    since = max((seen for seen in (past.seen_since, theirs.seen_since) if seen), default=None)
    return joined, replace(past, events=events, seen_since=since, motion_counts=(*past.motion_counts, *theirs.motion_counts))
