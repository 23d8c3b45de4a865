"""Key elements: the three elements, which of them holds the journey back, and the questions of the business phase."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from inference.declared import Benefit, Reporting, Sponsor, Sponsorship, ValueTracking
from inference.lenses.elements import KeyElements, Question, key_elements

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder


def question(lens: KeyElements, name: str) -> Question:
    """The question with this id."""
    return next(question for question in lens.questions if question.id == name)


def stated(scope: BasisBuilder, day: date, level: Sponsor, primary: Benefit) -> BasisBuilder:
    """A scope with sponsorship and value declared."""
    sponsorship = Sponsorship(level=level, declared_on=day)
    return scope.declared(sponsorship=sponsorship, value=ValueTracking(primary=primary, declared_on=day))


def test_nothing_known_names_nothing(scope: BasisBuilder) -> None:
    """Without evidence and declarations no element is blamed and every question is open."""
    lens = key_elements(scope.basis())
    assert [element.stage for element in lens.elements] == [None, None, None]
    assert lens.held_back_by == ()
    assert "not enough evidence" in lens.diagnosis
    assert {asked.answer for asked in lens.questions} == {"not_known"}
    assert all("declare" in asked.statement.text for asked in lens.questions)


def test_declarations_without_a_stage_name_nothing(scope: BasisBuilder, day: date) -> None:
    """Below the evidence floor what was declared is shown, without a diagnosis."""
    lens = key_elements(stated(scope, day, "cio", "cost_saving").basis())
    assert lens.held_back_by == ()
    assert [element.stage for element in lens.elements] == [None, 3, 1]


def test_confidence_alone_is_not_compared(scope: BasisBuilder) -> None:
    """One element has nothing to be behind."""
    lens = key_elements(scope.stage(1).team(1.4).basis())
    assert lens.elements[0].level == "reactive"
    assert lens.held_back_by == ()
    assert "Sponsorship and value are not known" in lens.diagnosis


def test_a_skilled_team_without_business_applications_points_to_sponsorship(scope: BasisBuilder) -> None:
    """From telemetry alone the pattern is consistent with push-back, and no more than that is said."""
    lens = key_elements(scope.stage(1).team(2.4).workloads_at(1.2).basis())
    assert lens.held_back_by == ("sponsorship",)
    assert "consistent with" in lens.diagnosis
    assert question(lens, "experience_but_push_back").answer == "yes"


def test_business_applications_without_skill_point_to_confidence(scope: BasisBuilder) -> None:
    """The other way round, confidence is behind."""
    lens = key_elements(scope.stage(2).team(1.2).workloads_at(2.4).basis())
    assert lens.held_back_by == ("confidence",)


@pytest.mark.parametrize(
    ("team", "level", "primary", "behind"),
    [
        (2.5, "it_manager", "quality_of_service", ("sponsorship",)),
        (1.5, "it_director", "quality_of_service", ("confidence",)),
        (2.5, "application_owners", "cost_saving", ("value",)),
        (2.5, "ownership", "cost_saving", ("sponsorship", "value")),
        (2.5, "it_director", "quality_of_service", ()),
        (3.5, "cio", "agility", ()),
    ],
)
def test_the_elements_behind_the_others_hold_back(
    scope: BasisBuilder, day: date, *, team: float, level: Sponsor, primary: Benefit, behind: tuple[str, ...]
) -> None:
    """With all three known the lowest are named, and none where all are level."""
    lens = key_elements(stated(scope.stage(2).team(team), day, level, primary).basis())
    assert lens.held_back_by == behind
    assert ("consistent with" in lens.diagnosis) == bool(behind)


def test_an_unknown_element_may_hold_back_too(scope: BasisBuilder, day: date) -> None:
    """Two of three known: the lower is named and the third not ruled out."""
    scope.stage(1).team(2.5).declared(sponsorship=Sponsorship(level="it_manager", declared_on=day))
    lens = key_elements(scope.basis())
    assert lens.held_back_by == ("sponsorship",)
    assert "Value is not known and may hold it back too" in lens.diagnosis


def test_declared_push_back_counts_only_beside_experience(scope: BasisBuilder, day: date) -> None:
    """Push-back against a team without experience is another question."""
    pushed = Sponsorship(pushback_from=("application_owners",), pushback_known=True, declared_on=day)
    asked = question(key_elements(scope.declared(sponsorship=pushed).basis()), "experience_but_push_back")
    assert asked.answer == "partly"
    asked = question(key_elements(scope.team(1.2).basis()), "experience_but_push_back")
    assert asked.answer == "no"
    asked = question(key_elements(scope.team(2.2).workloads_at(2.4).basis()), "experience_but_push_back")
    assert (asked.answer, asked.statement.source, asked.statement.declared_on) == ("yes", "both", day)
    assert "application owners" in asked.statement.text


def test_that_nobody_pushes_back_can_be_declared(scope: BasisBuilder, day: date) -> None:
    """An empty list is an answer, a missing one is not."""
    nobody = Sponsorship(pushback_known=True, declared_on=day)
    asked = question(key_elements(scope.team(2.2).declared(sponsorship=nobody).basis()), "experience_but_push_back")
    assert asked.answer == "no"
    silent = Sponsorship(level="cio", declared_on=day)
    asked = question(key_elements(scope.declared(sponsorship=silent).basis()), "experience_but_push_back")
    assert asked.answer == "not_known"


def test_a_mandate_without_confidence(scope: BasisBuilder, day: date) -> None:
    """A declared mandate and a reactive team answer yes; a skilled team answers no; no mandate answers no."""
    scope.declared(sponsorship=Sponsorship(mandate=True, declared_on=day))
    assert question(key_elements(scope.basis()), "mandate_but_no_confidence").answer == "not_known"
    assert question(key_elements(scope.team(1.1).basis()), "mandate_but_no_confidence").answer == "yes"
    assert question(key_elements(scope.team(2.1).basis()), "mandate_but_no_confidence").answer == "no"
    scope.team(1.1).declared(sponsorship=Sponsorship(level="ownership", declared_on=day))
    assert question(key_elements(scope.basis()), "mandate_but_no_confidence").answer == "no"


@pytest.mark.parametrize(("how", "answer"), [("never", "no"), ("on_request", "partly"), ("monthly", "yes")])
def test_questions_about_value_are_answered_as_declared(scope: BasisBuilder, day: date, how: Reporting, answer: str) -> None:
    """Tracking, the leading benefit and reporting are the operator's to say, with the day."""
    value = ValueTracking(primary="cost_saving", tracked=how != "never", reported=how, declared_on=day)
    lens = key_elements(scope.declared(value=value).basis())
    assert question(lens, "value_reported").answer == answer
    assert question(lens, "value_tracked").answer == ("no" if how == "never" else "yes")
    only = question(lens, "only_cost_savings")
    assert (only.answer, only.statement.source, only.statement.declared_on) == ("yes", "declared", day)


@pytest.mark.parametrize(
    ("level", "answer", "said"),
    [
        ("it_director", "yes", "The sponsor is an IT director, which counts as a mandate for business applications. "),
        ("ownership", "no", "The sponsor is IT, for its own servers only, which is no mandate for business applications. "),
        ("it_manager", "not_known", "Team confidence is reactive"),
    ],
)
def test_a_mandate_that_was_not_stated_is_not_called_declared(
    scope: BasisBuilder, day: date, level: Sponsor, answer: str, said: str
) -> None:
    """It follows from who the sponsor is, where it does; a manager may have given one or not."""
    scope.team(1.5).declared(sponsorship=Sponsorship(level=level, declared_on=day))
    question = next(q for q in key_elements(scope.basis()).questions if q.id == "mandate_but_no_confidence")
    assert question.answer == answer
    assert question.statement.text.startswith(said)
