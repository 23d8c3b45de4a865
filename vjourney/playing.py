"""Playing recordings poll by poll, in the order of their moments, as one service would have seen them."""

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
    """One recorded poll: its moment, its snapshot or why there is none, and the requests so far, by method.

    ``last`` is that no other follows in its recording.
    """

    moment: datetime
    name: str
    outcome: Snapshot | Exception
    requests: Mapping[str, int]
    last: bool


def steps(recordings: Mapping[str, Path], ended: Collection[str] = ()) -> Iterator[Step]:
    """Every poll of these recordings in the order of their moments; of one that fails, none after that.

    What cannot be read has one step, before all others, that says why. Names in ``ended`` are left out from then on.
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
        except Exception as error:  # noqa: BLE001  # whoever plays is told
            outcome = error
        upcoming = None if isinstance(outcome, Exception) else following(sources[name])
        yield Step(moment, name, outcome, dict(sources[name].requests()), last=upcoming is None)
        if upcoming is None:
            del sources[name]
        else:
            pending[name] = upcoming


def following(source: Replay) -> datetime | None:
    """The moment of the next poll; for a recording that cannot be read, before all, so that polling it says why."""
    try:
        return source.upcoming()
    except RecordingUnreadable:
        return BEFORE_ALL


def merged(streams: Sequence[Iterator[Step]], ended: Collection[str]) -> Iterator[Step]:
    """One stream in the order of moments out of several that are; what has ended is left out."""
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
