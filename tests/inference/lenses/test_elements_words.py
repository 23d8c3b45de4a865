"""Key elements: which sentences they say, and on whose word."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from inference.declared import Benefit, Sponsor, Sponsorship, ValueTracking
from inference.lenses.elements import BENEFITS, SPONSORS, KeyElements, Question, key_elements

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder

AHEAD = "What the team exercises is ahead of the business applications it runs: consistent with push-back."
KEPT_UP = "The business applications here keep pace with what the team exercises."
FIRST = "The team does not yet exercise what business applications need, so experience comes first."
ASK = "Not known: declare sponsorship.pushback_from."


def asked(lens: KeyElements, name: str) -> Question:
    """The question with this id."""
    return next(question for question in lens.questions if question.id == name)


@pytest.mark.parametrize(
    ("team", "workloads", "answer", "text", "source"),
    [
        (2.0, 1.9, "yes", AHEAD, "telemetry"),
        (2.0, 2.0, "no", KEPT_UP, "telemetry"),
        (1.9, 1.0, "no", FIRST, "telemetry"),
        (1.9, None, "no", FIRST, "telemetry"),
        (2.4, None, "not_known", ASK, "telemetry"),
        (None, 1.0, "not_known", ASK, "none"),
    ],
)
def test_experience_and_push_back_by_telemetry(
    scope: BasisBuilder, team: float | None, workloads: float | None, answer: str, text: str, source: str
) -> None:
    """Skill and business workloads against the same line, and the operator where they say nothing."""
    if team is not None:
        scope.team(team)
    if workloads is not None:
        scope.workloads_at(workloads)
    found = asked(key_elements(scope.basis()), "experience_but_push_back")
    assert (found.answer, found.statement.text, found.statement.source, found.statement.declared_on) == (
        answer,
        text,
        source,
        None,
    )


@pytest.mark.parametrize(
    ("said", "answer", "text", "source"),
    [
        ((), "no", "No push-back is declared.", "declared"),
        (
            ("senior_management", "other_it_teams"),
            "partly",
            "Push-back from senior management and other IT teams is declared.",
            "declared",
        ),
    ],
)
def test_push_back_that_is_declared_alone(
    scope: BasisBuilder, day: date, said: tuple[str, ...], answer: str, text: str, source: str
) -> None:
    """On the word of the operator, with its day."""
    sponsorship = Sponsorship(pushback_from=said, pushback_known=True, declared_on=day)  # type: ignore[arg-type]  # literals
    found = asked(key_elements(scope.declared(sponsorship=sponsorship).basis()), "experience_but_push_back")
    assert (found.answer, found.statement.text, found.statement.source, found.statement.declared_on) == (
        answer,
        text,
        source,
        day,
    )


@pytest.mark.parametrize(
    ("mandate", "team", "answer", "text"),
    [
        (
            True,
            1.2,
            "yes",
            (
                "There is a mandate for business applications, as declared. Team confidence is reactive, judged by"
                " what the team exercises. That is consistent with confidence holding the journey back."
            ),
        ),
        (
            True,
            2.0,
            "no",
            (
                "There is a mandate for business applications, as declared. Team confidence is selective, judged by"
                " what the team exercises."
            ),
        ),
        (False, None, "no", "There is no mandate for business applications, as declared."),
        (
            True,
            None,
            "not_known",
            (
                "There is a mandate for business applications, as declared. Not known: too little of what the"
                " team exercises could be seen yet."
            ),
        ),
        (
            None,
            1.2,
            "not_known",
            "Team confidence is reactive, judged by what the team exercises. Not known: declare sponsorship.mandate.",
        ),
        (None, 4.0, "no", "Team confidence is very high, judged by what the team exercises."),
    ],
)
def test_mandate_and_confidence(
    scope: BasisBuilder, day: date, mandate: bool | None, team: float | None, answer: str, text: str
) -> None:
    """A mandate is the operator's to say, confidence is read; each is named with its source."""
    if team is not None:
        scope.team(team)
    if mandate is not None:
        scope.declared(sponsorship=Sponsorship(mandate=mandate, declared_on=day))
    found = asked(key_elements(scope.basis()), "mandate_but_no_confidence")
    assert (found.answer, found.statement.text) == (answer, text)
    sources = {(True, True): "both", (True, False): "declared", (False, True): "telemetry"}
    assert found.statement.source == sources[mandate is not None, team is not None]
    assert found.statement.declared_on == (None if mandate is None else day)


@pytest.mark.parametrize(
    ("level", "mandate"), [("it_director", True), ("application_owners", True), ("ownership", False), ("none", False)]
)
def test_a_sponsor_from_director_on_is_a_mandate(scope: BasisBuilder, day: date, level: Sponsor, mandate: bool) -> None:
    """Unless the operator says otherwise of the mandate itself."""
    scope.team(1.2).declared(sponsorship=Sponsorship(level=level, declared_on=day))
    assert asked(key_elements(scope.basis()), "mandate_but_no_confidence").answer == ("yes" if mandate else "no")
    scope.declared(sponsorship=Sponsorship(level=level, mandate=not mandate, declared_on=day))
    assert asked(key_elements(scope.basis()), "mandate_but_no_confidence").answer == ("no" if mandate else "yes")


def test_sponsors_and_benefits_go_with_stages() -> None:
    """As the sources step them; the numbers are an expert prior."""
    assert {name: stage for name, (stage, _) in SPONSORS.items()} == {
        "none": 0,
        "ownership": 1,
        "it_manager": 1,
        "it_director": 2,
        "application_owners": 2,
        "cio": 3,
    }
    assert {name: stage for name, (stage, _) in BENEFITS.items()} == {"cost_saving": 1, "quality_of_service": 2, "agility": 3}


@pytest.mark.parametrize(
    ("primary", "answer", "text"),
    [
        (
            "cost_saving",
            "yes",
            "The leading benefit is saving cost. Business production is driven by continuity and better service levels.",
        ),
        ("agility", "no", "The leading benefit is agility."),
    ],
)
def test_the_leading_benefit_is_told(scope: BasisBuilder, day: date, primary: Benefit, answer: str, text: str) -> None:
    """What is not declared of value is asked for by its key."""
    lens = key_elements(scope.declared(value=ValueTracking(primary=primary, declared_on=day)).basis())
    found = asked(lens, "only_cost_savings")
    assert (found.answer, found.statement.text, found.statement.declared_on) == (answer, text, day)
    for name, key in (("value_tracked", "tracked"), ("value_reported", "reported")):
        open_ = asked(lens, name)
        assert (open_.answer, open_.statement.text, open_.statement.source) == (
            "not_known",
            f"Not known: declare value.{key}.",
            "none",
        )


@pytest.mark.parametrize(("tracked", "text"), [(True, "tracked"), (False, "not tracked")])
def test_tracking_and_reporting_are_told(scope: BasisBuilder, day: date, tracked: bool, text: str) -> None:
    """As declared; the benefit is not known then."""
    lens = key_elements(scope.declared(value=ValueTracking(tracked=tracked, reported="on_request", declared_on=day)).basis())
    assert asked(lens, "value_tracked").statement.text == f"The value of virtualization projects is {text}."
    assert asked(lens, "value_reported").statement.text == "The value is reported to management: on request."
    assert asked(lens, "only_cost_savings").statement.text == "Not known: declare value.primary."
    assert lens.elements[2].statement.text == "Not known: declare value.primary."


@pytest.mark.parametrize(
    ("team", "level", "primary", "text"),
    [
        (
            2.5,
            "it_manager",
            "quality_of_service",
            (
                "The pattern is consistent with sponsorship holding the journey back at IT"
                " Production, while confidence and value are further ahead."
            ),
        ),
        (
            2.5,
            "ownership",
            "cost_saving",
            (
                "The pattern is consistent with sponsorship and value holding the journey back at"
                " IT Production, while confidence is further ahead."
            ),
        ),
        (
            2.5,
            "it_director",
            "quality_of_service",
            (
                "Confidence, sponsorship and value are level with each other at Business Production; all have to"
                " rise for the next stage."
            ),
        ),
        (
            4.0,
            "cio",
            "agility",
            "Confidence, sponsorship and value are at the last stage, so they do not hold the journey back.",
        ),
    ],
)
def test_the_diagnosis_names_who_is_behind(
    scope: BasisBuilder, day: date, team: float, level: Sponsor, primary: Benefit, text: str
) -> None:
    """And who is further, or that all are level."""
    sponsorship, value = Sponsorship(level=level, declared_on=day), ValueTracking(primary=primary, declared_on=day)
    lens = key_elements(scope.stage(2).team(team).declared(sponsorship=sponsorship, value=value).basis())
    assert lens.diagnosis == text


@pytest.mark.parametrize(
    ("team", "workloads", "held"),
    [(2.0, 1.9, ("sponsorship",)), (1.9, 2.0, ("confidence",)), (2.0, 2.0, ()), (1.9, 1.9, ()), (2.4, None, ())],
)
def test_telemetry_alone_compares_skill_and_workloads(
    scope: BasisBuilder, team: float, workloads: float | None, held: tuple[str, ...]
) -> None:
    """On both sides of the line, and on the same one nothing is said."""
    if workloads is not None:
        scope.workloads_at(workloads)
    lens = key_elements(scope.stage(1).team(team).basis())
    assert lens.held_back_by == held
    assert lens.diagnosis.endswith("Sponsorship and value are not known: declare them.")


def test_sponsorship_alone_is_not_compared_with_nothing(scope: BasisBuilder, day: date) -> None:
    """Business workloads without a team that was seen blame nobody."""
    sponsorship = Sponsorship(level="cio", declared_on=day)
    lens = key_elements(scope.stage(1).workloads_at(2.4).declared(sponsorship=sponsorship).basis())
    assert lens.held_back_by == ()
    assert lens.diagnosis == (
        "One element alone cannot be compared with the others. Confidence is not known: too little of what the team exercises"
        " was seen. Value is not known: declare it."
    )


def test_a_question_has_the_day_of_what_answers_it_alone(scope: BasisBuilder, day: date) -> None:
    """A sponsor says nothing of push-back, and push-back nothing of a mandate."""
    scope.team(2.2).workloads_at(1.2).declared(sponsorship=Sponsorship(level="cio", declared_on=day))
    pushed = asked(key_elements(scope.basis()), "experience_but_push_back").statement
    assert (pushed.source, pushed.declared_on) == ("telemetry", None)
    scope.declared(sponsorship=Sponsorship(pushback_known=True, declared_on=day))
    mandate = asked(key_elements(scope.basis()), "mandate_but_no_confidence").statement
    assert (mandate.source, mandate.declared_on) == ("telemetry", None)


def test_confidence_below_a_level_is_not_written_as_if_at_it(scope: BasisBuilder) -> None:
    """Selective at 3.0 would contradict itself."""
    text = key_elements(scope.stage(2).team(2.97).basis()).elements[0].statement.text
    assert text == "Team confidence is selective (position 2.9 of 4), judged by what the team exercises."
