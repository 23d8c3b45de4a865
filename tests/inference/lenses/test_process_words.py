"""What the process check says, word by word, where a rounder sentence would be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.declared import Process
from inference.lenses.process import compare, process_check

if TYPE_CHECKING:
    from datetime import date

    from tests.inference.lenses.conftest import BasisBuilder


def test_steps_in_another_order_are_not_said_to_be_missing(day: date) -> None:
    """All three are there; one of them is where it should be."""
    steps = ("clone", "patch", "hand over")
    turned = Process(name="x", physical=("rack",), should_be=steps, actual=steps[::-1], declared_on=day)
    found = compare(turned)
    assert (found.missing, len(found.out_of_order)) == ((), 2)
    assert found.statement.text == (
        "Nothing of the physical process is left; 33% of the target steps are done in the right order."
    )
    mixed = compare(Process(name="x", physical=("patch",), should_be=steps, actual=steps[::-1], declared_on=day))
    assert mixed.statement.text.endswith(" 33% of the target steps are done in the right order.")


def test_sizes_that_are_not_known_are_not_said_to_be_few(scope: BasisBuilder) -> None:
    """Nine new machines are more than three occasions, and too few for their sizes to say anything."""
    habits = process_check(scope.not_seen("size_std", "too little was seen: 9, at least 10 needed").basis()).habits
    assert next(h for h in habits if h.id == "unsized_servers").statement.text == (
        "Not known: too little was seen: 9, at least 10 needed."
    )


def test_old_snapshots_are_not_said_to_be_backups(scope: BasisBuilder) -> None:
    """Why they are kept is nothing that vCenter shows."""
    assert {h.id: h.title for h in process_check(scope.basis()).habits}["old_snapshots"] == "Old snapshots are kept"
