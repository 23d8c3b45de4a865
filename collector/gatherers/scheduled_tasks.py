"""Scheduled tasks: how many there are; what they do stays theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

TOPIC = "scheduled_tasks"


def parse(tasks: Iterable[Any]) -> int:
    """How many tasks are scheduled."""
    return sum(1 for _ in tasks)
