"""Numbers in the sentences of evidence, reasons and lenses, and wherever else people read them."""

from __future__ import annotations

from decimal import Decimal

LARGE = 1_000
NEARLY_ALL = 0.9995
"""From here on a share would be rounded to all of it."""


def counted(number: float, one: str, many: str = "") -> str:
    """``1 host``, ``12 hosts``."""
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def digits(number: float) -> str:
    """Three digits that matter, whole and large numbers in full: ``0.0000278``, ``12.5``, ``1,000``. Never an exponent."""
    if float(number).is_integer() or abs(number) >= LARGE:
        return f"{number:,.0f}"
    return f"{Decimal(f'{number:.3g}'):,f}"


def percentage(share: float) -> str:
    """A share in percent with three digits that matter; what is nearly all is not rounded to all."""
    return ">99.9%" if NEARLY_ALL <= share < 1 else f"{digits(100 * share)}%"
