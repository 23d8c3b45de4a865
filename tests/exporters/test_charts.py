"""Where things lie in the pictures of time."""

from __future__ import annotations

from typing import Any

from exporters.charts import EDGE, HEIGHT, LABELS, LANE, WIDTH, position_chart, time_line


def reading(day: int, position: float | None, declared: int | None = None) -> dict[str, Any]:
    """A stored reading of a day in May."""
    return {
        "taken_at": f"2025-05-{day:02}T12:00:00Z",
        "position": position,
        "interval80": [0.0, 4.0],
        "declared": declared,
    }


def test_one_day_makes_no_line() -> None:
    """However many readings it has."""
    assert position_chart([]) is None
    assert position_chart([reading(1, 1.0), reading(1, 1.2)]) is None


def test_the_line_spans_the_box() -> None:
    """From the first day on the left to the last on the right; position 0 below, 4 on top."""
    chart = position_chart([reading(1, 0.0), reading(11, 4.0)])
    assert chart is not None
    assert chart.runs == (f"{LABELS},{HEIGHT} {WIDTH - EDGE},0.0",)
    assert chart.last == (WIDTH - EDGE, 0.0)


def test_the_line_is_broken_where_nothing_was_known() -> None:
    """No line is drawn across a gap, and the numbers still name it."""
    chart = position_chart([reading(1, 1.0), reading(2, 1.1), reading(3, None), reading(4, 2.0)])
    assert chart is not None
    assert [len(run.split()) for run in chart.runs] == [2, 1]
    assert "from 1.00 to 2.00 of 4" in chart.summary


def test_nothing_known_at_all_is_said() -> None:
    """The picture has no line and says why."""
    chart = position_chart([reading(1, None), reading(2, None)])
    assert chart is not None
    assert (chart.runs, chart.last) == ((), None)
    assert "not enough evidence" in chart.summary


def test_the_declared_stage_changes_in_steps() -> None:
    """Straight up on the day of the change, never a slope."""
    chart = position_chart([reading(1, 1.0, 1), reading(2, 2.0, 1), reading(3, 2.0, 2)])
    assert chart is not None
    [steps] = chart.declared
    *_, before, after = [point.split(",") for point in steps.split()]
    assert before[0] == after[0]
    assert float(before[1]) > float(after[1])


def test_marks_of_one_day_stand_above_each_other() -> None:
    """No mark hides another."""
    first = "2025-05-01T00:00:00Z"
    line = time_line(
        {
            "taken_at": "2025-06-01T00:00:00Z",
            "milestones": [{"id": "first_vmotion", "first_seen": first}, {"id": "first_ft_vm", "first_seen": first}],
            "transitions": [{"at": "2025-05-20T00:00:00Z", "from_stage": 2, "to_stage": 1, "cause": "estate"}],
        }
    )
    assert line is not None
    assert line.height == 2 * LANE
    assert [entry.y for entry in line.happenings] == [LANE / 2, LANE * 1.5, LANE / 2]
    assert line.happenings[-1].text == ("declared stage changed from Business Production to IT Production (lasting evidence)")


def test_without_a_happening_there_is_no_time_line() -> None:
    """An empty line would say nothing."""
    assert time_line({"taken_at": "2025-06-01T00:00:00Z", "milestones": [], "transitions": []}) is None
