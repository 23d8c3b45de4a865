"""Files with a rule for each of thousands of machines, as they come out of an inventory database."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

from inference.classification.rules import Rule, fitting

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

RULES = tuple(Rule(name=f"srv{number:05}", nothing=True) for number in range(5000))


def seconds(build: EstateBuilder, machines: int) -> float:
    """How long it takes to find the rules of so many machines that none fits."""
    build.vms.clear()
    for number in range(machines):
        build.machine(f"other{number}")
    snapshot, start = build.snapshot(), process_time()
    assert fitting(snapshot, RULES) == {}
    return process_time() - start


def test_patterns_are_compiled_once_however_many(build: EstateBuilder) -> None:
    """And not for each machine: that takes a hundred times as long as to match them."""
    build.cluster()
    assert seconds(build, 20) < 5 * seconds(build, 1) + 0.5
