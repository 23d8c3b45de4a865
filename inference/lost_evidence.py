"""Lost evidence: what a scope showed while it could be seen, so that no change is declared because something was hidden.

A posterior without an answer can be higher or lower than with it. While a lost answer is remembered, the scope is therefore
judged a second time with it, and a declaration changes only where both readings support that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inference.judging.judge import Case, judge_all
from inference.judging.model import Model
from inference.judging.specification import Hysteresis
from inference.observations import Observation
from inference.results import Assessment, Flag, LastSeen
from inference.stages import STAGE_TITLES

ROUNDING = 1e-9
"""Visible parts may miss a threshold that they are meant to meet by as much."""


def remember(known: Iterable[LastSeen], assessment: Assessment, rules: Hysteresis) -> tuple[LastSeen, ...]:
    """What is known after a look: every scored answer that it saw well enough, and of the others what is not too old.

    The best visible part fades, by no more in the time of the memory than by a loss that is none, so that sight which goes in
    small steps is known to be lost. A fleet remembers nothing: its vCenters do.
    """
    if assessment.scope.kind == "fleet":
        return ()
    before = _lately(known, assessment.taken_at, rules)
    drop, memory = rules.coverage_drop.value, timedelta(days=rules.coverage_memory_days.value)
    kept: list[LastSeen] = []
    for observation in _scored(assessment):
        last = before.get(observation.indicator)
        if last is not None and _is_lost(last, observation, rules):
            kept.append(last)
        elif observation.state == "observed":
            faded = last.sight - drop * ((assessment.taken_at - last.at) / memory) if last else 0.0
            kept.append(
                LastSeen(assessment.taken_at, max(observation.seen, faded), replace(observation, reason="", evidence=()))
            )
    return tuple(kept)


def recall(
    known: Sequence[Iterable[LastSeen]], assessments: Sequence[Assessment], model: Model
) -> tuple[Assessment | None, ...]:
    """Each scope judged with what it lost as it was last seen; ``None`` where nothing was lost.

    ``known`` is what is remembered of each; of a fleet it is nothing, and that is rolled up again by ``recall_units``.
    """
    rules = model.specification.hysteresis
    lost = [_lost(last, assessment, rules) for last, assessment in zip(known, assessments, strict=True)]
    cases = [_case(assessment, own) for assessment, own in zip(assessments, lost, strict=True) if own]
    judged = iter(judge_all(cases, model))
    return tuple(
        replace(next(judged), recovery=assessment.recovery) if own else None
        for assessment, own in zip(assessments, lost, strict=True)
    )


def _lost(known: Iterable[LastSeen], assessment: Assessment, rules: Hysteresis) -> Mapping[str, LastSeen]:
    """What was lost, by indicator."""
    before = _lately(known, assessment.taken_at, rules)
    return {
        observation.indicator: last
        for observation in _scored(assessment)
        if (last := before.get(observation.indicator)) and _is_lost(last, observation, rules)
    }


def _case(assessment: Assessment, lost: Mapping[str, LastSeen]) -> Case:
    every = (evidence.counted for evidence in assessment.evidence)
    told = [lost[each.indicator].observation if each.indicator in lost else each for each in every]
    return Case(assessment.scope, assessment.taken_at, told, consolidation=assessment.consolidation)


def warning(known: Iterable[LastSeen], assessment: Assessment, recalled: Assessment, model: Model) -> Flag | None:
    """That what was lost holds a declaration where it is; ``None`` where the stage reads the same with it."""
    if recalled.inferred is None or recalled.inferred == assessment.inferred:
        return None
    lost = _lost(known, assessment, model.specification.hysteresis)
    told = ", ".join(f"{name} ({last.at:%Y-%m-%d})" for name, last in sorted(lost.items()))
    return Flag(
        "lost_evidence",
        f"No longer readable, but still counted for the declared stage as last seen: {told}. Included, they would make this"
        f" reading {STAGE_TITLES[recalled.inferred]}.",
    )


def recall_units(
    units: Sequence[Assessment], recalled: Mapping[str, Assessment], silent: Mapping[str, datetime], now: datetime, model: Model
) -> tuple[Assessment, ...] | None:
    """The vCenters of a fleet as they were last seen; ``None`` where none of them lost anything.

    ``recalled`` are those that lost something, by scope id. ``silent`` says when those that were not read lately were, by scope
    id: they decide nothing now, and here they do as they last did, for as long as that is remembered. ``now`` is of that clock.
    """
    if {*recalled, *silent}.isdisjoint(unit.scope.id for unit in units):
        return None
    oldest = now - timedelta(days=model.specification.hysteresis.coverage_memory_days.value)
    gone = {scope_id for scope_id, read_at in silent.items() if read_at < oldest}
    return tuple(replace(unit, inferred=None) if unit.scope.id in gone else recalled.get(unit.scope.id, unit) for unit in units)


def _scored(assessment: Assessment) -> Iterable[Observation]:
    return (evidence.observation for evidence in assessment.evidence if evidence.kind != "context")


def _lately(known: Iterable[LastSeen], now: datetime, rules: Hysteresis) -> Mapping[str, LastSeen]:
    """What is not too old, nor dated by a clock that ran ahead."""
    memory = timedelta(days=rules.coverage_memory_days.value)
    return {last.observation.indicator: last for last in known if timedelta(0) <= now - last.at <= memory}


def _is_lost(last: LastSeen, observation: Observation, rules: Hysteresis) -> bool:
    """Whether an answer cannot be given any more, or is of so much less that the others may have been hidden."""
    if observation.state == "not_applicable":
        return False
    return observation.state == "unknown" or observation.seen < last.sight - rules.coverage_drop.value - ROUNDING
