"""What every lens asks of an assessment, and the words in which all of them answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference.lenses.basis import joined, lowered
from inference.observations import amount, rate, share
from inference.wording import counted

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder


def test_evidence_is_the_first_sentence_of_what_was_observed(scope: BasisBuilder) -> None:
    """Three of them are what a reader takes in; what has none, or was not observed, has no part."""
    scope.observation(amount("a", 1.0, evidence=("one", "more")), 1).observation(amount("b", 1.0), 1)
    scope.not_seen("c", "hidden").categories(d=1, e=1, f=1)
    assert scope.basis().evidence(("a", "b", "c", "d", "e", "f")) == ("one", "d was observed.", "e was observed.")


def test_evidence_of_a_fleet_is_its_numbers(scope: BasisBuilder) -> None:
    """Whether they are a share, a rate or a count, each by its name, and how they came from those of the vCenters."""
    how = ("pooled from 3 of 4 vCenters", "12 of 24 hosts in one of them")
    scope.fleet().observation(share("host_share", 1200, 2400, evidence=how), 1, "share of hosts")
    scope.observation(rate("b", 290, 31), 1, "VMs per host")
    scope.observation(amount("c", 1.14828, evidence=("weighted mean of 3 of 4 vCenters",)), 1, "level")
    assert scope.basis().evidence(("host_share", "b", "c")) == (
        "host share: 1,200 of 2,400 hosts, pooled from 3 of 4 vCenters.",
        "b: 9.35 VMs per host.",
        "c: 1.15 level, weighted mean of 3 of 4 vCenters.",
    )


def test_reasons_are_of_the_indicators_asked_for(scope: BasisBuilder) -> None:
    """Each once, in order; where the model asks none of them that is the reason."""
    scope.not_seen("a", "lost").not_seen("b", "hidden").not_seen("c", "lost").not_seen("d", "other").categories(e=1)
    basis = scope.basis()
    assert basis.why_unknown(("a", "b", "c", "e")) == "hidden and lost"
    assert basis.why_unknown(("z", "e")) == "no indicator of this model covers it"


def test_what_does_not_apply_is_all_that_is_asked(scope: BasisBuilder) -> None:
    """One that was observed or is unknown applies; where the model asks none nothing is said."""
    scope.does_not_apply("a", "no licence").does_not_apply("b", "no cluster").does_not_apply("c", "no licence")
    scope.not_seen("d", "lost").categories(e=1)
    basis = scope.basis()
    assert basis.not_applicable(("c", "b", "a", "z")) == "no cluster and no licence"
    assert [basis.not_applicable(asked) for asked in (("a", "d"), ("a", "e"), ("z",), ())] == [None] * 4


@pytest.mark.parametrize(
    ("title", "inside"),
    [("Standard processes", "standard processes"), ("IT as a Service", "IT as a Service"), ("A", "a"), ("", "")],
)
def test_a_title_inside_a_sentence_is_small(title: str, inside: str) -> None:
    """But for a word that is written in capitals."""
    assert lowered(title) == inside


def test_clauses_are_joined_and_counted_as_people_do() -> None:
    """With a comma where there are more than two."""
    assert [joined(list(clauses)) for clauses in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
    assert [counted(1, "host"), counted(12, "host"), counted(2, "is", "are"), counted(1, "is", "are")] == [
        "1 host",
        "12 hosts",
        "2 are",
        "1 is",
    ]
