"""Elements of tables on a terminal: columns that cut nothing off, numbers for people, bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from inference.judging.positions import as_read
from inference.wording import whole_percent

BAR_WIDTH = 24
LEAST_BAR = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A probability as a bar that adapts to the width and the encoding of the terminal."""

    probability: float

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The bar; a thin line where it would be empty."""
        full, edge = ("#", "|") if options.ascii_only else ("█", "▏")
        yield Text(full * round(self.probability * min(BAR_WIDTH, options.max_width)) or edge)

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        """The least width at which bars can be compared, and the full width."""
        return Measurement(LEAST_BAR, BAR_WIDTH).with_maximum(options.max_width)


def table(*headers: str, title: str | None = None, whole: Sequence[str] = ()) -> Table:
    """A table that cuts nothing off: text that is too long for its column is continued on the next line.

    The columns with the headers ``whole`` are not broken as long as others can be.
    """
    columns = (Column(header, overflow="fold", no_wrap=header in whole) for header in headers)
    return Table(*columns, title=title, title_justify="left", show_edge=False)


def number(value: float | None, digits: int = 2) -> str:
    """A number with at most ``digits`` decimals and no trailing zeros; a dash for ``None``."""
    if value is None:
        return "-"
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"


def position(value: float | None) -> str:
    """A position with two decimals, never rounded up to a stage that it has not reached; a dash for ``None``."""
    return "-" if value is None else as_read(value, 2)


def percent(value: float | None) -> str:
    """A share (0 to 1) in whole percent; a dash for ``None``."""
    return "-" if value is None else whole_percent(value)
