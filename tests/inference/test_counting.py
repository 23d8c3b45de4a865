"""Shares where one sign is enough for a yes, and lengths of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inference.counting import of_days, reach, share_of, span
from inference.estate.estate import Window
from inference.estate.population import Population
from inference.observations import Missing, Observation

Signs = tuple[tuple[bool | None, bool], ...]


def counted(*machines: tuple[bool | None, bool]) -> Observation:
    """The share of some machines, each with its answer and whether everything about it was read."""
    return share_of(
        "x",
        Population(machines, 1.0),
        lambda machine: machine[0],
        nothing=Missing("nobody"),
        unread=Missing("unread"),
        says=lambda _yes, _of: [],
        wholly_read=lambda machine: machine[1],
    )


@pytest.mark.parametrize(
    ("machines", "expected"),
    [
        (((True, False), (False, True)), (1, 2, 1.0)),
        (((True, False),) * 9 + ((None, False),), (9, 9, 0.9)),
        (((True, False),) * 3 + ((True, True), (False, True)) * 3 + ((None, False),), (3, 6, 0.6)),
    ],
)
def test_signs_of_what_was_read_in_part_count_while_nothing_is_missing(machines: Signs, expected: tuple[float, ...]) -> None:
    """Or where nearly all show one; else those that happen to show a sign would make the share too high."""
    found = counted(*machines)
    assert (found.numerator, found.denominator, found.seen) == expected


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0.9, "less than a minute"),
        (1, "1 minute"),
        (1.5, "1.5 minutes"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (210, "3.5 hours"),
        (23 * 60, "23 hours"),
        (24 * 60, "1 day"),
        (36 * 60, "1.5 days"),
        (123.4 * 24 * 60, "123 days"),
    ],
)
def test_a_length_of_time_is_told_as_people_do(minutes: float, told: str) -> None:
    """One hour is no "1 hours"."""
    assert span(minutes / (24 * 60)) == told


@pytest.mark.parametrize(
    ("seen", "oldest", "reached", "of"),
    [
        (30.0, 29.0, "in the last 30 days", "in 30 days"),
        (0.0005, None, "in the last minute (events go no further back)", "in the minute seen (of 30)"),
        (7.0, None, "in the last 7 days (events go no further back)", "in the 7 days seen (of 30)"),
        (7.0, 6.0, "in the last 7 days (events go no further back)", "in the 7 days seen (of 30)"),
        (7.0, 8.0, "in the last 30 days (the last 7 days seen in full)", None),
        (0.0001, 8.0, "in the last 30 days (the last minute seen in full)", None),
    ],
)
def test_a_count_is_of_the_days_that_its_oldest_event_lies_in(
    seen: float, oldest: float | None, reached: str, of: str | None
) -> None:
    """An event from before sight was lost is not in the days since."""
    now = datetime(2026, 1, 31, tzinfo=UTC)
    window = Window(now - timedelta(days=30), 30.0, seen, None)
    since = None if oldest is None else now - timedelta(days=oldest)
    assert reach(window, since) == reached
    assert of is None or of_days(window, since) == of
