"""Positions as people read them."""

from __future__ import annotations

import pytest

from inference.judging.positions import as_read


@pytest.mark.parametrize(
    ("position", "read"), [(0.0, "0.0"), (1.97, "1.9"), (2.0, "2.0"), (2.3, "2.3"), (2.999, "2.9"), (4.0, "4.0")]
)
def test_a_position_is_not_written_as_a_stage_it_has_not_reached(position: float, read: str) -> None:
    """Tenths that were meant stay."""
    assert as_read(position) == read
    assert all(as_read(tenth / 10) == f"{tenth / 10:.1f}" for tenth in range(41))


@pytest.mark.parametrize(
    ("position", "told"), [(2.99919, "2.99"), (3.0, "3.00"), (1.625, "1.62"), (0.0, "0.00"), (4.0, "4.00")]
)
def test_a_hundredth_below_is_below_too(position: float, told: str) -> None:
    """Where a page writes two digits."""
    assert as_read(position, 2) == told
