"""Key elements: confidence from telemetry, sponsorship and value as declared, and which of them holds the journey back.

Sources: "Virtualization Journey Stages" (three elements that move together), "Business Production key elements" (the
questions asked in that phase). A diagnosis is never more than consistent with what is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from inference.declared import Benefit, Resistance, Sponsor, Sponsorship
from inference.judging.positions import as_read
from inference.lenses.basis import Basis, Source, Statement, joined, not_known
from inference.stages import CONFIDENCE_LEVELS, STAGE_TITLES, confidence_level

Answer = Literal["yes", "no", "partly", "not_known"]

SPONSORS: dict[Sponsor, tuple[int, str]] = {
    "none": (0, "nobody outside the team"),
    "ownership": (1, "IT, for its own servers only"),
    "it_manager": (1, "an IT manager"),
    "it_director": (2, "an IT director"),
    "application_owners": (2, "application owners"),
    "cio": (3, "the CIO"),
}
"""The stage that a sponsor goes with, and words for it. The steps are from the sources, the numbers an expert prior."""

BENEFITS: dict[Benefit, tuple[int, str]] = {
    "cost_saving": (1, "saving cost"),
    "quality_of_service": (2, "quality of service"),
    "agility": (3, "agility"),
}
"""The stage that a leading benefit goes with, and words for it."""

RESISTERS: dict[Resistance, str] = {
    "application_owners": "application owners",
    "senior_management": "senior management",
    "other_it_teams": "other IT teams",
}
SKILLED = 2.0
"""Position from which a team, or the workloads, belong to business production."""


@dataclass(frozen=True, slots=True)
class Element:
    """One key element: its level as an id, the stage that level goes with, and where that comes from."""

    id: Literal["confidence", "sponsorship", "value"]
    level: str | None
    stage: int | None
    statement: Statement


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the business phase and its answer."""

    id: str
    question: str
    answer: Answer
    statement: Statement


@dataclass(frozen=True, slots=True)
class KeyElements:
    """The three elements, which of them hold the journey back (ids, none where it cannot be said), and the questions."""

    elements: tuple[Element, Element, Element]
    held_back_by: tuple[str, ...]
    diagnosis: str
    questions: tuple[Question, ...]


def key_elements(basis: Basis) -> KeyElements:
    """The elements of one scope with the diagnosis."""
    elements = (_confidence(basis), _sponsorship(basis), _value(basis))
    held_back_by, diagnosis = _diagnosis(basis, elements)
    questions = (_right_experience(basis), _right_mandate(basis), _tracked(basis), _only_cost(basis), _reported(basis))
    return KeyElements(elements, held_back_by, diagnosis, questions)


def _confidence(basis: Basis) -> Element:
    team = basis.assessment.team_confidence
    if team is None:
        text = "Not known: too little of what the team exercises could be seen yet."
        return Element("confidence", None, None, Statement(text, "none"))
    level = confidence_level(team.position)
    words = level.replace("_", " ")
    text = f"Team confidence is {words} (position {as_read(team.position)} of 4), judged by what the team exercises."
    return Element("confidence", level, CONFIDENCE_LEVELS.index(level), Statement(text, "telemetry"))


def _sponsorship(basis: Basis) -> Element:
    said = basis.declared.sponsorship
    if said is None or said.level is None:
        return Element("sponsorship", None, None, Statement(not_known("sponsorship.level"), "none"))
    stage, words = SPONSORS[said.level]
    return Element("sponsorship", said.level, stage, Statement(f"The sponsor is {words}.", "declared", said.declared_on))


def _value(basis: Basis) -> Element:
    said = basis.declared.value
    if said is None or said.primary is None:
        return Element("value", None, None, Statement(not_known("value.primary"), "none"))
    stage, words = BENEFITS[said.primary]
    return Element("value", said.primary, stage, Statement(f"The leading benefit is {words}.", "declared", said.declared_on))


def _diagnosis(basis: Basis, elements: tuple[Element, ...]) -> tuple[tuple[str, ...], str]:
    known = [(element.id, element.stage) for element in elements if element.stage is not None]
    unknown: list[str] = [element.id for element in elements if element.stage is None]
    if basis.assessment.inferred is None or not known:
        return (), "There is not enough evidence to say which element holds the journey back."
    if len(known) == 1:
        return _from_telemetry(basis, unknown)
    rest = f" {joined(unknown).capitalize()} is not known and may hold it back too." if unknown else ""
    lowest = min(level for _, level in known)
    behind = tuple(name for name, level in known if level == lowest)
    if len(behind) < len(known):
        ahead = [name for name, level in known if level > lowest]
        return behind, (
            f"The pattern is consistent with {joined(behind)} holding the journey back at {STAGE_TITLES[lowest]}, while"
            f" {joined(ahead)} {'is' if len(ahead) == 1 else 'are'} further ahead.{rest}"
        )
    where = f"level with each other at {STAGE_TITLES[lowest]}; all have to rise for the next stage"
    if lowest == len(STAGE_TITLES) - 1:
        where = "at the last stage, so they do not hold the journey back"
    return (), f"{joined(behind).capitalize()} are {where}.{rest}"


def _from_telemetry(basis: Basis, unknown: list[str]) -> tuple[tuple[str, ...], str]:
    """What confidence and the workloads that run say on their own, with the other elements not declared."""
    team, business = _skill(basis)
    declare = _ask_for(unknown)
    if team is not None and business is not None and team >= SKILLED > business and "sponsorship" in unknown:
        return ("sponsorship",), (
            "The team exercises more than its business applications would need, which is consistent with sponsorship or"
            f" application owners holding the journey back.{declare}"
        )
    if team is not None and business is not None and business >= SKILLED > team:
        return ("confidence",), (
            "Business applications run here but the team exercises little of what they need, which is consistent with"
            f" confidence holding the journey back.{declare}"
        )
    return (), f"One element alone cannot be compared with the others.{declare}"


def _ask_for(unknown: list[str]) -> str:
    """What the operator can say of the elements that are not known; confidence is never declared, it is seen."""
    said = [name for name in unknown if name != "confidence"]
    unseen = "" if len(said) == len(unknown) else " Confidence is not known: too little of what the team exercises was seen."
    if not said:
        return unseen
    are, them = ("is", "it") if len(said) == 1 else ("are", "them")
    return f"{unseen} {joined(said).capitalize()} {are} not known: declare {them}."


def _skill(basis: Basis) -> tuple[float | None, float | None]:
    """The position of the team's confidence, and that of the business workloads taken alone."""
    team, workloads = basis.assessment.team_confidence, basis.assessment.facets.get("workloads")
    return None if team is None else team.position, None if workloads is None else workloads.position


def _right_experience(basis: Basis) -> Question:
    team, business = _skill(basis)
    said, clauses = basis.declared.sponsorship, []
    skilled = None if team is None else team >= SKILLED
    ahead = None if business is None or not skilled else business < SKILLED
    if ahead:
        clauses.append("What the team exercises is ahead of the business applications it runs: consistent with push-back.")
    elif ahead is False:
        clauses.append("The business applications here keep pace with what the team exercises.")
    elif skilled is False:
        clauses.append("The team does not yet exercise what business applications need, so experience comes first.")
    pushed = None
    if said is not None and said.pushback_known:
        who = [RESISTERS[name] for name in said.pushback_from]
        clauses.append(f"Push-back from {joined(who)} is declared." if who else "No push-back is declared.")
        pushed = bool(who)
    answer: Answer = "not_known"
    if skilled is False:
        answer = "no"
    elif pushed is not None:
        answer = ("yes" if skilled else "partly") if pushed else "no"
    elif ahead is not None:
        answer = "yes" if ahead else "no"
    if answer == "not_known":
        clauses.append(not_known("sponsorship.pushback_from"))
    return Question(
        "experience_but_push_back",
        "Is there the right experience, but push-back from application owners or from the top?",
        answer,
        _statement(clauses, seen=skilled is not None, declared_on=said.declared_on if said and pushed is not None else None),
    )


def _right_mandate(basis: Basis) -> Question:
    team, _ = _skill(basis)
    said = basis.declared.sponsorship
    mandate, told = (None, "") if said is None else _mandate(said)
    clauses = [told] if told else []
    if team is not None:
        level = confidence_level(team).replace("_", " ")
        clauses.append(f"Team confidence is {level}, judged by what the team exercises.")
    answer: Answer = "not_known"
    if mandate is False or (team is not None and team >= SKILLED):
        answer = "no"
    elif mandate and team is not None:
        answer = "yes"
        clauses.append("That is consistent with confidence holding the journey back.")
    elif mandate is None:
        clauses.append(not_known("sponsorship.mandate"))
    else:
        clauses.append("Not known: too little of what the team exercises could be seen yet.")
    return Question(
        "mandate_but_no_confidence",
        "Is there the right mandate, but not the confidence to take on business applications?",
        answer,
        _statement(clauses, seen=team is not None, declared_on=said.declared_on if said and mandate is not None else None),
    )


def _mandate(said: Sponsorship) -> tuple[bool | None, str]:
    """Whether there is a mandate, as stated or by who the sponsor is, and the sentence that says which.

    A mandate comes from somebody outside the team; whether an IT manager gave one has to be stated.
    """
    if said.mandate is not None:
        return said.mandate, f"There is {'a' if said.mandate else 'no'} mandate for business applications, as declared."
    if said.level is None or said.level == "it_manager":
        return None, ""
    stage, words = SPONSORS[said.level]
    if stage >= SKILLED:
        return True, f"The sponsor is {words}, which counts as a mandate for business applications."
    return False, f"The sponsor is {words}, which is no mandate for business applications."


def _tracked(basis: Basis) -> Question:
    said = basis.declared.value
    tracked = said.tracked if said else None
    text = "" if tracked is None else f"The value of virtualization projects is {'' if tracked else 'not '}tracked."
    answer: Answer = "not_known" if tracked is None else "yes" if tracked else "no"
    return _about_value(basis, "value_tracked", "Is the value delivered formally tracked?", answer, text)


def _only_cost(basis: Basis) -> Question:
    said = basis.declared.value
    primary = said.primary if said else None
    text = "" if primary is None else f"The leading benefit is {BENEFITS[primary][1]}."
    if primary == "cost_saving":
        text += " Business production is driven by continuity and better service levels."
    answer: Answer = "not_known" if primary is None else "yes" if primary == "cost_saving" else "no"
    return _about_value(basis, "only_cost_savings", "Is the value limited to cost savings?", answer, text)


def _reported(basis: Basis) -> Question:
    said = basis.declared.value
    how = said.reported if said else None
    text = "" if how is None else f"The value is reported to management: {how.replace('_', ' ')}."
    answer: Answer = "yes"
    if how in {None, "never", "on_request"}:
        answer = "not_known" if how is None else "no" if how == "never" else "partly"
    return _about_value(basis, "value_reported", "Is the value routinely reported to management?", answer, text)


_KEYS = {"value_tracked": "tracked", "only_cost_savings": "primary", "value_reported": "reported"}


def _about_value(basis: Basis, id_: str, question: str, answer: Answer, text: str) -> Question:
    """An answer that only the operator can give."""
    said = basis.declared.value
    if not text or said is None:
        return Question(id_, question, answer, Statement(not_known(f"value.{_KEYS[id_]}"), "none"))
    return Question(id_, question, answer, Statement(text, "declared", said.declared_on))


def _statement(clauses: list[str], *, seen: bool, declared_on: date | None) -> Statement:
    source: Source = "both" if seen and declared_on else "declared" if declared_on else "telemetry" if seen else "none"
    return Statement(" ".join(clauses), source, declared_on)
