"""Rulings: what the operator's rules made of machines, told in a recording, since the names they go by are not in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from collector.facts import Ruling, Snapshot
from collector.vcenter.errors import RecordingUnreadable
from inference.classification.rules import Rule, fitting, ruled

KEY = "workloads"
"""Where a recording tells of them: a list of what came to hold from a poll on, each with its machines."""

_OPEN = (None, None, False)


def told(snapshots: Sequence[Snapshot], rules: Sequence[Rule], reference: Callable[[str], str]) -> list[dict[str, Any]]:
    """What rules made of the machines of each poll, told once for as long as it holds; ``reference`` gives ids as recorded."""
    lines: list[dict[str, Any]] = []
    known: dict[str, tuple[str | None, str | None, bool]] = {}
    for number, snapshot in enumerate(snapshots, 1):
        fits = fitting(snapshot, rules)
        found = {machine: _said(ruled(rule, machine)) for machine, rule in fits.items()}
        new: defaultdict[tuple[str | None, str | None, bool], list[str]] = defaultdict(list)
        for machine in sorted({vm.id for vm in snapshot.vms}):
            said = found.get(machine, _OPEN)
            if said != known.get(machine, _OPEN):
                new[said].append(reference(machine))
                known[machine] = said
        lines += [_line(number, said, machines) for said, machines in new.items()]
    return lines


def _said(ruling: Ruling) -> tuple[str | None, str | None, bool]:
    return ruling.app, ruling.environment, ruling.nothing


def _line(number: int, said: tuple[str | None, str | None, bool], machines: list[str]) -> dict[str, Any]:
    app, environment, nothing = said
    return {"from_poll": number, "class": "none" if nothing else app, "environment": environment, "machines": machines}


class Rulings:
    """What a recording says of them, poll by poll."""

    def __init__(self, file: Path, about: Mapping[str, Any]) -> None:
        """Take them from what a recording says of itself.

        Raises:
            RecordingUnreadable: that cannot be understood.
        """
        self._lines: list[tuple[int, list[Ruling]]] = []
        try:
            for line in about.get(KEY) or ():
                number, app, environment = int(line["from_poll"]), line.get("class"), line.get("environment")
                nothing = app == "none"
                made = [Ruling(str(vm), None if nothing else app, environment, nothing) for vm in line["machines"]]
                self._lines.append((number, made))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise RecordingUnreadable(file, f"what it says under {KEY} cannot be understood; record it again") from None
        self._known: dict[str, Ruling] = {}
        self._poll = 0

    def following(self) -> tuple[Ruling, ...]:
        """Those that hold at the next poll."""
        self._poll += 1
        for number, made in self._lines:
            if number == self._poll:
                self._known.update((ruling.machine, ruling) for ruling in made)
        return tuple(self._known.values())
