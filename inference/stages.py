"""The names of the stages and of the levels of team confidence."""

from __future__ import annotations

STAGES = ("experimentation", "it_production", "business_production", "it_as_a_service")
"""Stage names by number, 0 to 3."""

STAGE_TITLES = ("Experimentation", "IT Production", "Business Production", "IT as a Service")
"""Stage names for people, by number."""

CONFIDENCE_LEVELS = ("experimenting", "reactive", "selective", "very_high")
"""Levels of team confidence, by number."""


def confidence_level(position: float) -> str:
    """The level of team confidence at a position from 0 to 4; the last level includes 4 itself."""
    return CONFIDENCE_LEVELS[min(int(position), len(CONFIDENCE_LEVELS) - 1)]
