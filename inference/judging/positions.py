"""Positions: how a place on the scale of the journey is written for people."""

from __future__ import annotations

from math import floor

ROUNDING = 1e-9
"""A tenth that was meant and is missed by so much is that tenth."""


def as_read(position: float, digits: int = 1) -> str:
    """The position to a tenth, or to so many digits, rounded down: 1.97 has not reached 2, and must not read as if it had."""
    return f"{floor(10**digits * position + ROUNDING) / 10**digits:.{digits}f}"
