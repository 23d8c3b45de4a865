"""Process check: sequences compared, and physical habits in telemetry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.declared import Process
from inference.lenses.process import Comparison, common, compare, process_check
from inference.observations import share

if TYPE_CHECKING:
    from inference.lenses.process import ProcessCheck
    from tests.inference.lenses.conftest import BasisBuilder

STEPS = st.lists(st.sampled_from("abcdef"), max_size=8)


def compared(physical: str, should_be: str, actual: str) -> Comparison:
    """Three processes of one-letter steps, compared."""
    lists = {"physical": tuple(physical), "should_be": tuple(should_be), "actual": tuple(actual)}
    return compare(Process(name="deploy", declared_on=date(2024, 5, 1), **lists))


def states(lens: ProcessCheck) -> dict[str, str]:
    """The state of each habit."""
    return {habit.id: habit.state for habit in lens.habits}


@pytest.mark.parametrize(
    ("physical", "should_be", "actual", "verdict"),
    [
        ("abcd", "xd", "abcd", "nothing_changed"),
        ("abcd", "xd", "abecd", "nothing_changed"),
        ("abcd", "xd", "xd", "as_it_should_be"),
        ("abcd", "abcd", "abcd", "as_it_should_be"),
        ("abcd", "xd", "abd", "partly_changed"),
        ("abcd", "xd", "xabcd", "partly_changed"),
        ("abcd", "xy", "xz", "changed_otherwise"),
    ],
)
def test_the_verdict(physical: str, should_be: str, actual: str, verdict: str) -> None:
    """Nothing has changed where every old step is still done in order and no new one is."""
    assert compared(physical, should_be, actual).verdict == verdict


def test_what_has_not_changed_is_named() -> None:
    """Steps that are kept, should be gone, are missing or stand in the wrong place."""
    result = compared("abcd", "xdc", "abcd")
    assert result.unchanged == ("a", "b", "c", "d")
    assert result.left_over == ("a", "b")
    assert result.missing == ("x",)
    assert result.out_of_order == ("d",)
    assert result.unchanged_share == 1.0
    assert result.reached_share == pytest.approx(1 / 3)


def test_letter_case_and_spaces_make_no_difference() -> None:
    """Steps are compared by their words and shown as they were written."""
    lists = {"physical": ("Order  a server.",), "should_be": ("Deploy",), "actual": ("order a server",)}
    result = compare(Process(name="deploy", declared_on=date(2024, 5, 1), **lists))
    assert result.verdict == "nothing_changed"
    assert result.left_over == ("order a server",)


@given(STEPS, STEPS)
def test_the_common_sequence_is_in_both_and_the_longest(one: list[str], other: list[str]) -> None:
    """It is a subsequence of both, as long the other way round, and whole where both are equal."""
    found = common(one, other)
    for steps in (one, other):
        rest = iter(steps)
        assert all(step in rest for step in found)
    assert len(found) == len(common(other, one))
    assert common(one, one) == tuple(one)


def test_nothing_known(scope: BasisBuilder) -> None:
    """Without processes and occasions the lens asks for them."""
    lens = process_check(scope.basis())
    assert lens.processes == ()
    assert set(states(lens).values()) == {"not_known"}
    assert lens.summary == "Not known: declare processes."


def test_too_few_occasions_are_no_habit(scope: BasisBuilder) -> None:
    """Two blank machines and two shutdowns prove nothing."""
    lens = process_check(scope.sighted(provisioned={"blank": 2}, maintenance={"shutdown": 2}).basis())
    assert set(states(lens).values()) == {"not_known"}


def test_habits_of_physical_servers_are_seen(scope: BasisBuilder) -> None:
    """Blank builds, any size, shutdowns and old snapshots, each from its own evidence."""
    scope.sighted(provisioned={"blank": 6, "template": 2, "import": 50}, maintenance={"shutdown": 3, "evacuated": 1})
    scope.observation(share("size_std", 2, 12), 0).observation(share("snapshot_hygiene", 30, 100), 0)
    lens = process_check(scope.basis())
    assert set(states(lens).values()) == {"seen"}
    assert "6 of 8 new VMs" in lens.habits[0].statement.text
    shut = "3 of 4 maintenance entries of hosts with workloads in 90 days shut workloads down."
    assert lens.habits[2].statement.text == shut
    assert "workloads are shut down for maintenance" in lens.summary


@pytest.mark.parametrize(
    ("blank", "template", "state"), [(1, 1, "not_known"), (1, 2, "not_seen"), (2, 2, "seen"), (2, 1, "seen")]
)
def test_a_habit_is_half_of_three_occasions_or_more(scope: BasisBuilder, blank: int, template: int, state: str) -> None:
    """Fewer are chance."""
    lens = process_check(scope.sighted(provisioned={"blank": blank, "template": template}).basis())
    assert states(lens)["blank_builds"] == state


def test_snapshots_are_told_by_their_evidence(scope: BasisBuilder) -> None:
    """Or by the number where there is none, and by the reason where nothing was seen."""
    scope.observation(share("snapshot_hygiene", 95, 100, evidence=("5 of 100 have an old one.",)), 2)
    assert process_check(scope.basis()).habits[3].statement.text == "5 of 100 have an old one."


def test_snapshots_without_evidence_are_told_by_number_or_reason(scope: BasisBuilder) -> None:
    """A level that was read, or a reason why it was not."""
    assert process_check(scope.not_seen("snapshot_hygiene", "hidden").basis()).habits[3].statement.text == "Not known: hidden."


def test_a_number_stands_for_missing_evidence(scope: BasisBuilder) -> None:
    """As the indicator has it."""
    lens = process_check(scope.observation(share("snapshot_hygiene", 95, 100), 2).basis())
    assert lens.habits[3].statement.text == "The value of the indicator is 0.95."


def test_other_ways_are_not_seen(scope: BasisBuilder) -> None:
    """Templates, few sizes, evacuations and clean snapshots are no physical habits."""
    scope.sighted(provisioned={"blank": 1, "template": 9}, maintenance={"shutdown": 1, "evacuated": 9, "empty": 30})
    scope.observation(share("size_std", 11, 12), 3).observation(share("snapshot_hygiene", 0, 100), 3)
    lens = process_check(scope.basis())
    assert set(states(lens).values()) == {"not_seen"}
    assert "Habits" not in lens.summary
    maintained = process_check(scope.sighted(maintenance={"evacuated": 9}).basis()).habits[2]
    assert (maintained.state, maintained.statement.text.partition(" maintenance")[0]) == ("not_seen", "0 of 9")


def test_declared_processes_are_shown_with_habits(scope: BasisBuilder, day: date) -> None:
    """The summary counts the processes in which nothing has changed."""
    same = Process(name="deploy", physical=("a",), should_be=("b",), actual=("a",), declared_on=day)
    lens = process_check(scope.declared(processes=(same,)).basis())
    assert lens.summary == "Unchanged since physical servers: 1 of 1 process."
    assert lens.processes[0].statement.declared_on == day
    other = Process(name="order", physical=("a",), should_be=("b",), actual=("b",), declared_on=day)
    lens = process_check(scope.declared(processes=(same, other)).basis())
    assert lens.summary == "Unchanged since physical servers: 1 of 2 processes."
