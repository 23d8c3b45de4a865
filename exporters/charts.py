"""Geometry of the charts over time: the position on the journey, and the time line of milestones. Templates draw the SVG."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exporters.wording import as_moment, cause, milestone
from inference.judging.positions import as_read
from inference.stages import STAGE_TITLES

Point = tuple[float, float]
"""Across and down, in the units of the picture."""

WIDTH, STAGE_HEIGHT, STAGES = 400.0, 32.0, 4
HEIGHT = STAGE_HEIGHT * STAGES
EDGE = 8.0
"""Margin at both ends of a chart, so that marks are not cut off."""

LABELS = 76.0
"""Width left of the position chart for the names of the stages."""

LANE, MARK = 20.0, 18.0
"""Height of a row of marks on the time line, and the least distance between two marks of a row."""


@dataclass(frozen=True, slots=True)
class PositionChart:
    """The position over time in a box of ``WIDTH`` by ``HEIGHT``, as lists of points for SVG; ``start`` is on the left.

    ``runs`` are lines of the position, interrupted where it was unknown; ``bands`` outlines of the 80 % interval of each run;
    ``declared`` lines of the declared stage; ``last`` the point of the latest position. ``weekly`` holds the last reading of
    each week, newest first, for a table; ``summary`` is the chart in one sentence.
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
    """One entry of the time line: its number from 1, the centre of its mark, and what happened."""

    number: int
    x: float
    y: float
    at: datetime
    text: str
    is_stage: bool


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Milestones and changes of the declared stage, oldest first; ``height`` is that of all rows of marks."""

    start: datetime
    end: datetime
    height: float
    happenings: tuple[Happening, ...]


def position_chart(readings: Sequence[Mapping[str, Any]]) -> PositionChart | None:
    """The chart of stored readings (oldest first), the last of each day; ``None`` where they are of fewer than two days."""
    daily = _last_of_each(datetime.date, readings)
    if len(daily) < 2:  # noqa: PLR2004 - one point is no line
        return None
    start, end = as_moment(daily[0]["taken_at"]), as_moment(daily[-1]["taken_at"])
    known = _runs(daily, "position")
    return PositionChart(
        start=start,
        end=end,
        runs=tuple(_points(_line(run, start, end, _position)) for run in known),
        bands=tuple(_points(_outline(run, start, end)) for run in known),
        declared=tuple(_steps(run, start, end) for run in _runs(daily, "declared")),
        last=_line(known[-1], start, end, _position)[-1] if known else None,
        weekly=tuple(reversed(_last_of_each(_week, daily))),
        summary=_summary(known, start, end),
    )


def time_line(assessment: Mapping[str, Any]) -> TimeLine | None:
    """Milestones and transitions of an assessment of the document; ``None`` where there is neither.

    Marks that would overlap are put into different rows.
    """
    reached = [(as_moment(each["first_seen"]), False, milestone(each["id"])) for each in assessment["milestones"]]
    changed = [(as_moment(each["at"]), True, _change(each)) for each in assessment["transitions"]]
    if not reached and not changed:
        return None
    found = sorted(reached + changed)
    start, end = found[0][0], max(as_moment(assessment["taken_at"]), found[-1][0])
    rows: dict[int, float] = {}  # where the last mark of each row is
    happenings = []
    for number, (at, is_stage, text) in enumerate(found, start=1):
        x = _across(at, start, end, EDGE)
        row = next((row for row, last in rows.items() if x - last >= MARK), len(rows))
        rows[row] = x
        happenings.append(Happening(number, x, row * LANE + LANE / 2, at, text, is_stage))
    return TimeLine(start, end, len(rows) * LANE, tuple(happenings))


def _change(change: Mapping[str, Any]) -> str:
    reached = STAGE_TITLES[change["to_stage"]]
    if change["from_stage"] is None:
        return f"first declared stage: {reached}"
    return f"declared stage changed from {STAGE_TITLES[change['from_stage']]} to {reached} ({cause(change['cause'])})"


def _last_of_each(period: Callable[[datetime], Hashable], readings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The last reading of each period; ``period`` gives that of a time."""
    return list({period(as_moment(reading["taken_at"])): reading for reading in readings}.values())


def _week(at: datetime) -> tuple[int, int]:
    return at.isocalendar()[:2]


def _runs(readings: Sequence[Mapping[str, Any]], name: str) -> list[list[Mapping[str, Any]]]:
    """Runs of consecutive readings in which ``name`` is known."""
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


def _position(reading: Mapping[str, Any]) -> float:
    return float(reading["position"])


def _line(
    run: Iterable[Mapping[str, Any]], start: datetime, end: datetime, value: Callable[[Mapping[str, Any]], float]
) -> list[Point]:
    """The points of a value that is a position on the journey."""
    return [(_across(as_moment(reading["taken_at"]), start, end), _up(value(reading))) for reading in run]


def _outline(run: Sequence[Mapping[str, Any]], start: datetime, end: datetime) -> list[Point]:
    """The lower limits of the 80 % interval from left to right, and the upper ones back."""
    lower = _line(run, start, end, lambda reading: reading["interval80"][0])
    upper = _line(run, start, end, lambda reading: reading["interval80"][1])
    return lower + upper[::-1]


def _steps(run: Sequence[Mapping[str, Any]], start: datetime, end: datetime) -> str:
    """The declared stage, in the middle of its band, as steps: a change is drawn upright, at the reading that has it."""
    points: list[Point] = []
    for x, y in _line(run, start, end, lambda reading: reading["declared"] + 0.5):
        if points and points[-1][1] != y:
            points.append((x, points[-1][1]))
        points.append((x, y))
    return _points(points)


def _points(points: Iterable[Point]) -> str:
    """Points as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _summary(known: Sequence[Sequence[Mapping[str, Any]]], start: datetime, end: datetime) -> str:
    span = f"from {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    if not known:
        return f"Position on the journey {span}: there was not enough evidence for one."
    first, last = known[0][0]["position"], known[-1][-1]["position"]
    return f"Position on the journey {span}: from {as_read(first, 2)} to {as_read(last, 2)} of 4."
