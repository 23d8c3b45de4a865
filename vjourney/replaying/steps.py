"""The polls of recordings, one by one in the order of their times, as one service would have made them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collector.facts import Snapshot
from collector.vcenter.errors import RecordingUnreadable
from vjourney.sources import Replay

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded poll of the recording ``name``.

    ``outcome`` is its snapshot, or the error that stands in its place; ``requests`` counts the requests so far by method;
    ``last`` tells that no further poll follows in this recording.
    """

    moment: datetime
    name: str
    outcome: Snapshot | Exception
    requests: Mapping[str, int]
    last: bool


def steps(recordings: Mapping[str, Path], ended: Collection[str] = ()) -> Iterator[Step]:
    """Every poll of these recordings in the order of their times. After a poll that fails, its recording has no further step.

    A recording that cannot be read has one step, before all others, with the error. The caller may add names of recordings to
    ``ended`` while the steps are read: they then have no further step.
    """
    sources = {name: Replay(name, file) for name, file in recordings.items()}
    pending = {name: following(source) or BEFORE_ALL for name, source in sources.items()}
    while pending:
        moment, name = min((moment, name) for name, moment in pending.items())
        del pending[name]
        if name in ended:
            continue
        try:
            outcome: Snapshot | Exception = sources[name].poll(lambda _: None)
        except Exception as error:  # noqa: BLE001  # it is the outcome, for the caller to judge
            outcome = error
        upcoming = None if isinstance(outcome, Exception) else following(sources[name])
        yield Step(moment, name, outcome, dict(sources[name].requests()), last=upcoming is None)
        if upcoming is None:
            del sources[name]
        else:
            pending[name] = upcoming


def following(source: Replay) -> datetime | None:
    """The time of the next poll, ``None`` after the last. A recording that cannot be read is due before all others."""
    try:
        return source.upcoming()
    except RecordingUnreadable:
        return BEFORE_ALL


def merged(streams: Sequence[Iterator[Step]], ended: Collection[str]) -> Iterator[Step]:
    """Merge streams that are each in the order of time into one that is, without the recordings in ``ended``."""
    heads = {place: step for place, stream in enumerate(streams) if (step := next(stream, None)) is not None}
    while heads:
        place = min(heads, key=lambda place: (heads[place].moment, heads[place].name))
        if heads[place].name not in ended:
            yield heads[place]
        step = next(streams[place], None)
        if step is None:
            del heads[place]
        else:
            heads[place] = step
