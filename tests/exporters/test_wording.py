"""How answers, numbers and times are written for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exporters.wording import age, as_signed, number, percent, reading, when

NOW = datetime(2025, 11, 21, 22, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("configured", "exercised", "expected"),
    [
        (None, None, "unknown"),
        (0.0, None, "not configured"),
        (0.0, 0.0, "not configured"),
        (0.5, None, "configured; use unknown"),
        (0.5, 0.0, "configured, not exercised"),
        (None, 0.0, "not exercised; configuration unknown"),
        (0.0, 3.0, "exercised"),
        (None, 3.0, "exercised"),
    ],
)
def test_configured_is_not_exercised(configured: float | None, exercised: float | None, expected: str) -> None:
    """Unknown is not no, and switched on is not used."""
    feature: dict[str, Any] = {"configured": configured, "exercised": exercised}
    assert reading(feature) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "unknown"),
        (0, "0"),
        (1234567, "1,234,567"),
        (12.7148, "12.7"),
        (0.00012345, "0.000123"),
        (2e7 + 0.5, "20,000,000"),
    ],
)
def test_numbers_are_short_and_counts_are_whole(value: float | None, shown: str) -> None:
    """Three digits that matter, thousands told apart by a space."""
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "unknown"), (0, "0%"), (0.004, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%")],
)
def test_percentages_do_not_round_away(value: float | None, shown: str) -> None:
    """Nearly nothing is not nothing, nearly everything not everything."""
    assert percent(value) == shown


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_ages_are_in_the_largest_unit(ago: timedelta, shown: str) -> None:
    """A reader wants days, not seconds."""
    assert age(NOW - ago, NOW) == shown


def test_what_never_happened_has_no_time() -> None:
    """There is no date to show."""
    assert (when(None), age(None, NOW)) == ("never", "")


@pytest.mark.parametrize(
    ("value", "shown"), [(0.254, "+0.25"), (-0.4, "-0.40"), (0.0, "0.00"), (-0.004, "0.00"), (0.004, "0.00"), (12.0, "+12.00")]
)
def test_a_contribution_of_nothing_has_no_sign(value: float, shown: str) -> None:
    """Above zero supports, below zero speaks against, and what rounds to nothing does neither."""
    assert as_signed(value) == shown
