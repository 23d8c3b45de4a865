"""Terminal: what tables are made of: cells that keep their text, numbers for people, bars."""

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
    """A probability as a bar, drawn in what room there is and in signs that the terminal has."""

    probability: float

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The bar itself; a mere edge where nothing is likely."""
        full, edge = ("#", "|") if options.ascii_only else ("█", "▏")
        yield Text(full * round(self.probability * min(BAR_WIDTH, options.max_width)) or edge)

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        """From a few columns on it can be told from others."""
        return Measurement(LEAST_BAR, BAR_WIDTH).with_maximum(options.max_width)


def table(*headers: str, title: str | None = None, whole: Sequence[str] = ()) -> Table:
    """A table that cuts nothing off: what is too long for its column goes on below.

    The columns ``whole`` stay in one line as long as the others can give way.
    """
    columns = (Column(header, overflow="fold", no_wrap=header in whole) for header in headers)
    return Table(*columns, title=title, title_justify="left", show_edge=False)


def number(value: float | None, digits: int = 2) -> str:
    """A number for people; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"


def position(value: float | None) -> str:
    """A position on the journey, which has not reached what it is just below; a dash where there is none."""
    return "-" if value is None else as_read(value, 2)


def percent(value: float | None) -> str:
    """A share in whole percent; a dash where there is none."""
    return "-" if value is None else whole_percent(value)
