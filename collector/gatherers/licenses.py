"""Installed licences by name and edition. Their keys are secrets and never become facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collector.facts import License
from collector.wants import whole

TOPIC = "licenses"


def parse(licenses: Iterable[Any]) -> tuple[License, ...]:
    """Every licence as vCenter lists them."""
    return tuple(
        License(
            name=str(entry.name or ""), edition=str(entry.editionKey or ""), total=whole(entry.total), used=whole(entry.used)
        )
        for entry in licenses
    )
