"""Scheduled tasks: their number. What they do is not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TOPIC = "scheduled_tasks"


def parse(tasks: Sequence[Any]) -> int:
    """The number of scheduled tasks."""
    return len(tasks)
