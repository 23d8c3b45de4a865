"""The progress of polls, shown on standard error if that is a terminal."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

MOST_SHOWN = 3
"""How many topics a line names at most: those with the most objects."""


class SyncProgress:
    """One line for each vCenter, with the number of objects that were read so far."""

    def __init__(self, *, enabled: bool) -> None:
        """Nothing is shown unless ``enabled``, and unless standard error is a terminal."""
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            disable=not (enabled and console.is_terminal),
            transient=True,
        )
        self._lines: dict[str, TaskID] = {}
        self._counts: dict[str, Counter[str]] = {}

    def __enter__(self) -> Self:
        """Start the display."""
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Clear the display."""
        self._progress.stop()

    def update(self, vcenter: str, topic: str, objects: int) -> None:
        """Show that ``objects`` of ``topic`` have been read from ``vcenter`` so far."""
        counts = self._counts.setdefault(vcenter, Counter())
        counts[topic] = objects
        most = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.most_common(MOST_SHOWN) if count)
        description = f"{vcenter}: {counts.total():,} objects read" + (f" ({most})" if most else "")
        if vcenter in self._lines:
            self._progress.update(self._lines[vcenter], description=description)
        else:
            self._lines[vcenter] = self._progress.add_task(description, total=None)
