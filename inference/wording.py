"""How numbers are written for people, in evidence, reasons and lenses and in every output format."""

from __future__ import annotations

from decimal import Decimal

LARGE = 1_000
NEARLY_ALL = 0.9995
"""With three significant digits, a share from here on would read as 100%."""

ONE_PERCENT = 0.01


def counted(number: float, one: str, many: str = "") -> str:
    """``1 host``, ``12 hosts``."""
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def digits(number: float) -> str:
    """Three significant digits, whole and large numbers in full: ``0.0000278``, ``12.5``, ``1,000``. Never an exponent."""
    if float(number).is_integer() or abs(number) >= LARGE:
        return f"{number:,.0f}"
    return f"{Decimal(f'{number:.3g}'):,f}"


def percentage(share: float) -> str:
    """A share from 0 to 1 in percent with three significant digits; only a whole one reads as 100%."""
    return ">99.9%" if NEARLY_ALL <= share < 1 else f"{digits(100 * share)}%"


def whole_percent(share: float) -> str:
    """A share from 0 to 1 in whole percent; only none of it reads as 0% and only all of it as 100%."""
    if 0 < share < ONE_PERCENT:
        return "<1%"
    return ">99%" if 1 - ONE_PERCENT < share < 1 else f"{share:.0%}"
