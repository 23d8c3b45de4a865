"""Numbers in the sentences of evidence, reasons and lenses."""

from __future__ import annotations


def counted(number: float, one: str, many: str = "") -> str:
    """``1 host``, ``12 hosts``."""
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"
