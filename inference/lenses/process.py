"""Process check: how a process ran on physical servers, how it should run, and how it runs; and old habits in telemetry.

Source: "Preparing for Virtualization": such a comparison often finds that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from inference.declared import Process
from inference.lenses.basis import Basis, Statement, not_known
from inference.wording import counted, whole_percent

Verdict = Literal["nothing_changed", "partly_changed", "as_it_should_be", "changed_otherwise"]
Seen = Literal["seen", "not_seen", "not_known"]

MOSTLY = 0.5
"""Part from which a habit is one (expert prior)."""

FEWEST = 3
"""Occasions below which nothing is called a habit."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One process compared. Steps are shown as they were declared.

    ``unchanged`` are steps of the physical process, in its order, that are still done in that order; ``left_over`` those of
    them that should be gone; ``missing`` those that should be there and are not; ``out_of_order`` those that are there, though
    not in the order in which they should be. Shares are 0 to 1: ``unchanged_share`` of the present steps, ``reached_share`` of
    the steps that should be.
    """

    name: str
    verdict: Verdict
    statement: Statement
    unchanged_share: float
    reached_share: float
    unchanged: tuple[str, ...]
    left_over: tuple[str, ...]
    missing: tuple[str, ...]
    out_of_order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """A habit of physical servers, and whether telemetry shows it."""

    id: str
    title: str
    state: Seen
    statement: Statement


@dataclass(frozen=True, slots=True)
class ProcessCheck:
    """The declared processes compared, and the physical habits that telemetry shows."""

    processes: tuple[Comparison, ...]
    habits: tuple[Habit, ...]
    summary: str


def process_check(basis: Basis) -> ProcessCheck:
    """Compare every declared process, and look for physical habits."""
    compared = tuple(compare(process) for process in basis.declared.processes)
    habits = (_blank_builds(basis), _unsized(basis), _shutdowns(basis), _snapshots(basis))
    same = [comparison.name for comparison in compared if comparison.verdict == "nothing_changed"]
    said = not_known("processes")
    if compared:
        said = f"Unchanged since physical servers: {len(same)} of {counted(len(compared), 'process', 'processes')}."
    kept = [habit.title.lower() for habit in habits if habit.state == "seen"]
    return ProcessCheck(compared, habits, f"{said} Habits from physical servers seen: {'; '.join(kept)}." if kept else said)


def compare(process: Process) -> Comparison:
    """Compare the three lists of one process; letter case, spaces and punctuation at the end make no difference."""
    physical, should, actual = (_plain(steps) for steps in (process.physical, process.should_be, process.actual))
    kept, met = common(physical, actual), common(should, actual)
    unchanged_share, reached_share = len(kept) / len(actual), len(met) / len(should)
    gone = set(physical) - set(should)
    shown = dict(zip((*physical, *should, *actual), (*process.physical, *process.should_be, *process.actual), strict=True))
    verdict: Verdict = "partly_changed"
    if actual == should:
        verdict = "as_it_should_be"
    elif kept == physical and not set(actual) & (set(should) - set(physical)):
        verdict = "nothing_changed"
    elif not kept:
        verdict = "changed_otherwise"
    return Comparison(
        name=process.name,
        verdict=verdict,
        statement=_statement(verdict, unchanged_share, reached_share, process.declared_on),
        unchanged_share=unchanged_share,
        reached_share=reached_share,
        unchanged=tuple(shown[step] for step in kept),
        left_over=tuple(shown[step] for step in actual if step in gone),
        missing=tuple(shown[step] for step in should if step not in actual),
        out_of_order=tuple(shown[step] for step in should if step in actual and step not in met),
    )


def common(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """The longest sequence of steps that both have in the same order."""
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for row in reversed(range(len(one))):
        for column in reversed(range(len(other))):
            lengths[row][column] = (
                lengths[row + 1][column + 1] + 1
                if one[row] == other[column]
                else max(lengths[row + 1][column], lengths[row][column + 1])
            )
    found: list[str] = []
    row = column = 0
    while row < len(one) and column < len(other):
        if one[row] == other[column]:
            found.append(one[row])
            row, column = row + 1, column + 1
        elif lengths[row + 1][column] >= lengths[row][column + 1]:
            row += 1
        else:
            column += 1
    return tuple(found)


def _plain(steps: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(step.lower().split()).rstrip(".;,") for step in steps)


def _statement(verdict: Verdict, unchanged: float, reached: float, on: date) -> Statement:
    on_target = f"{whole_percent(reached)} of the target steps are done in the right order"
    words = {
        "nothing_changed": "Nothing has changed: every step is still done as on physical servers, in the same order.",
        "as_it_should_be": "It runs as it should.",
        "changed_otherwise": f"Nothing of the physical process is left; {on_target}.",
        "partly_changed": f"{whole_percent(unchanged)} of its steps still follow the physical process; {on_target}.",
    }
    return Statement(words[verdict], "declared", on)


def _blank_builds(basis: Basis) -> Habit:
    made = basis.sightings.provisioned or {}
    # an import was brought here, not built
    total = sum(count for method, count in made.items() if method != "import")
    words = f"new VMs {basis.sightings.days} were created blank"
    return _habit("blank_builds", "Servers are built from scratch, not from a template", made.get("blank", 0), total, words)


def _unsized(basis: Basis) -> Habit:
    sizes = basis.observed("size_std")
    alike, total = (sizes.numerator or 0.0, sizes.denominator or 0.0) if sizes else (0.0, 0.0)
    id_, title, words = "unsized_servers", "Servers come in any size", "new VMs have an uncommon size"
    if sizes is None:
        return Habit(id_, title, "not_known", Statement(f"Not known: {basis.why_unknown(('size_std',))}.", "none"))
    return _habit(id_, title, total - alike, total, words)


def _shutdowns(basis: Basis) -> Habit:
    entries = basis.sightings.maintenance or {}
    shut = entries.get("shutdown", 0)
    words = f"maintenance entries of hosts with workloads {basis.sightings.days} shut workloads down"
    title = "Workloads are shut down for maintenance"
    return _habit("shutdown_for_maintenance", title, shut, shut + entries.get("evacuated", 0), words)


def _snapshots(basis: Basis) -> Habit:
    id_, title = "old_snapshots", "Old snapshots are kept"
    share, category = basis.observed("snapshot_hygiene"), basis.category("snapshot_hygiene")
    if share is None or category is None:
        text = f"Not known: {basis.why_unknown(('snapshot_hygiene',))}."
        return Habit(id_, title, "not_known", Statement(text, "none"))
    seen: Seen = "not_seen" if category else "seen"
    text = " ".join(basis.evidence(("snapshot_hygiene",))) or f"The value of the indicator is {share.value:g}."
    return Habit(id_, title, seen, Statement(text, "telemetry"))


def _habit(id_: str, title: str, times: float, total: float, words: str) -> Habit:
    if total < FEWEST:
        text = f"Not known: fewer than {FEWEST} cases were seen."
        return Habit(id_, title, "not_known", Statement(text, "none"))
    seen: Seen = "seen" if times >= MOSTLY * total else "not_seen"
    return Habit(id_, title, seen, Statement(f"{times:,.0f} of {total:,.0f} {words}.", "telemetry"))
