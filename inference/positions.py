"""Positions: how a place on the scale of the journey is written for people."""

from __future__ import annotations

from math import floor

ROUNDING = 1e-9
"""A tenth that was meant and is missed by so much is that tenth."""


def as_read(position: float) -> str:
    """The position to a tenth, rounded down: 1.97 has not reached 2, and must not be written as if it had."""
    return f"{floor(10 * position + ROUNDING) / 10:.1f}"
