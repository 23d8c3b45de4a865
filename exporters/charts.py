"""Where things lie in the pictures of time: the position on the journey, and the milestones. Templates draw them as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exporters.wording import as_moment, cause, milestone
from inference.judging.positions import as_read
from inference.results import STAGE_TITLES

WIDTH, STAGE_HEIGHT, STAGES = 400.0, 32.0, 4
HEIGHT = STAGE_HEIGHT * STAGES
EDGE = 8.0
"""Room at both ends of a line, so that marks are not cut."""

LABELS = 76.0
"""Room for the names of the stages on the left of the line of the position."""

LANE, MARK = 20.0, 18.0
"""Height of a row of marks, and how far apart marks of one row are at least."""


@dataclass(frozen=True, slots=True)
class PositionChart:
    """The position over time in a box of ``WIDTH`` by ``HEIGHT``; each run is a polyline, broken where nothing was known.

    ``runs`` are lines of the position, ``bands`` outlines of the 80 % interval, ``declared`` lines of the declared stage,
    ``last`` the place of the latest position. ``weekly`` are the last readings of each week, newest first, for a table.
    """

    start: datetime
    end: datetime
    runs: tuple[str, ...]
    bands: tuple[str, ...]
    declared: tuple[str, ...]
    last: tuple[float, float] | None
    weekly: tuple[Mapping[str, Any], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the time line: its number, place and row, and what happened."""

    number: int
    x: float
    y: float
    at: datetime
    text: str
    is_stage: bool


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Milestones and changes of the declared stage, oldest first, with the height of the picture."""

    start: datetime
    end: datetime
    height: float
    happenings: tuple[Happening, ...]


def position_chart(readings: Sequence[Mapping[str, Any]]) -> PositionChart | None:
    """The picture of stored readings (oldest first), one a day; ``None`` where fewer than two days are known."""
    daily = _last_of(readings, lambda at: at.date())
    if len(daily) < 2:  # noqa: PLR2004 - one point is no line
        return None
    start, end = as_moment(daily[0]["taken_at"]), as_moment(daily[-1]["taken_at"])
    known = _runs(daily, "position")
    return PositionChart(
        start=start,
        end=end,
        runs=tuple(_line(run, start, end, lambda entry: entry["position"]) for run in known),
        bands=tuple(
            f"{_line(run, start, end, lambda entry: entry['interval80'][0])} "
            f"{_line(run[::-1], start, end, lambda entry: entry['interval80'][1])}"
            for run in known
        ),
        declared=tuple(_steps(run, start, end) for run in _runs(daily, "declared")),
        last=_place(known[-1][-1], start, end) if known else None,
        weekly=tuple(reversed(_last_of(daily, lambda at: at.isocalendar()[:2]))),
        summary=_summary(known, start, end),
    )


def time_line(assessment: Mapping[str, Any]) -> TimeLine | None:
    """Milestones and transitions of an entry of the document; ``None`` where there is neither."""
    found = [(as_moment(reached["first_seen"]), False, milestone(reached["id"])) for reached in assessment["milestones"]] + [
        (as_moment(change["at"]), True, _change(change)) for change in assessment["transitions"]
    ]
    if not found:
        return None
    found.sort()
    start, end = found[0][0], max(as_moment(assessment["taken_at"]), found[-1][0])
    ends: list[float] = []
    happenings = []
    for place, (at, is_stage, text) in enumerate(found, start=1):
        x = _across(at, start, end, EDGE)
        lane = next((row for row, taken in enumerate(ends) if x - taken >= MARK), len(ends))
        ends[lane : lane + 1] = [x]
        happenings.append(Happening(place, x, lane * LANE + LANE / 2, at, text, is_stage))
    return TimeLine(start, end, len(ends) * LANE, tuple(happenings))


def _change(change: Mapping[str, Any]) -> str:
    reached = STAGE_TITLES[change["to_stage"]]
    if change["from_stage"] is None:
        return f"first declared stage: {reached}"
    return f"declared stage changed from {STAGE_TITLES[change['from_stage']]} to {reached} ({cause(change['cause'])})"


def _last_of(readings: Iterable[Mapping[str, Any]], key: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - any key of a moment
    return list({key(as_moment(reading["taken_at"])): reading for reading in readings}.values())


def _runs(readings: Sequence[Mapping[str, Any]], name: str) -> list[list[Mapping[str, Any]]]:
    """Neighbours that know ``name``."""
    runs: list[list[Mapping[str, Any]]] = [[]]
    for reading in readings:
        if reading[name] is not None:
            runs[-1].append(reading)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _across(at: datetime, start: datetime, end: datetime, left: float = LABELS) -> float:
    span = max(end - start, timedelta(seconds=1))
    return left + (WIDTH - EDGE - left) * ((at - start) / span)


def _up(position: float) -> float:
    return HEIGHT * (1 - min(max(position, 0.0), float(STAGES)) / STAGES)


def _place(reading: Mapping[str, Any], start: datetime, end: datetime) -> tuple[float, float]:
    return _across(as_moment(reading["taken_at"]), start, end), _up(reading["position"])


def _line(run: Sequence[Mapping[str, Any]], start: datetime, end: datetime, value: Any) -> str:  # noqa: ANN401 - a getter
    return " ".join(f"{_across(as_moment(entry['taken_at']), start, end):.1f},{_up(value(entry)):.1f}" for entry in run)


def _steps(run: Sequence[Mapping[str, Any]], start: datetime, end: datetime) -> str:
    """The declared stage as steps through the middle of its band, up to the next reading."""
    points: list[str] = []
    height = None
    for entry in run:
        x, y = _across(as_moment(entry["taken_at"]), start, end), _up(entry["declared"] + 0.5)
        if height is not None and height != y:
            points.append(f"{x:.1f},{height:.1f}")
        points.append(f"{x:.1f},{y:.1f}")
        height = y
    return " ".join(points)


def _summary(known: Sequence[Sequence[Mapping[str, Any]]], start: datetime, end: datetime) -> str:
    span = f"from {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    if not known:
        return f"Position on the journey {span}: there was not enough evidence for one."
    first, last = known[0][0]["position"], known[-1][-1]["position"]
    return f"Position on the journey {span}: from {as_read(first, 2)} to {as_read(last, 2)} of 4."
