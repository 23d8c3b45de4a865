"""Gates: the evidence that confirms an inferred stage. They never lower one; they say what is not there, or not seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Literal

from inference.judging.model import Model
from inference.judging.posterior import reached
from inference.judging.reading import Answers
from inference.judging.scenarios import Scenarios, coverage
from inference.judging.specification import Condition, Need
from inference.stages import STAGE_TITLES


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need of a gate that is not met, or of which nobody can say so."""

    need: Need
    state: Literal["unmet", "unknown"]

    @property
    def reason(self) -> str:
        """The clause that goes with the state."""
        return self.need.unmet if self.state == "unmet" else self.need.unknown


def open_needs(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> tuple[OpenNeed, ...]:
    """What the gate of ``stage`` still asks for, in the order of the model; empty where there is no gate."""
    found = []
    for gate in model.specification.gates:
        for need in gate.needs if gate.stage == stage else ():
            verdicts = [_verdict(model, answers, scenarios, condition) for condition in need.any_of]
            if True not in verdicts:
                found.append(OpenNeed(need, "unknown" if None in verdicts else "unmet"))
    return tuple(found)


def doubts(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> tuple[str, ...]:
    """Why ``stage`` is not confirmed, in plain English; empty where it is. Stage 0 needs no confirmation."""
    if stage == 0:
        return ()
    reasons = [need.reason for need in open_needs(model, answers, scenarios, stage)]
    rules = model.specification.evidence
    exercised_seen = coverage(model, answers, scenarios.exercised.probabilities, model.exercised)
    support = float(reached(model, scenarios.exercised.probabilities, stage))
    if exercised_seen < rules.floor.value:
        reasons.append(f"too little of what the team exercises could be seen ({exercised_seen:.0%} of that evidence)")
    elif support < rules.confirm.value:
        reasons.append(f"exercised features alone make {STAGE_TITLES[stage]} or higher only {floor(100 * support)}% likely")
    return tuple(reasons)


def _verdict(model: Model, answers: Answers, scenarios: Scenarios, condition: Condition) -> bool | None:
    """Whether one condition is met; ``None`` where it cannot be seen."""
    if condition.facet is not None:
        family = scenarios.families.get(condition.facet)
        return None if family is None else family.position >= (condition.at_least or 0.0)
    name = condition.item or ""
    observation = answers.by_id[name]
    if observation.state == "unknown":
        return None
    if observation.state == "not_applicable" or observation.value is None:
        return False
    if condition.category is not None:
        return model.by_id[name].category(observation.value) >= condition.category
    return observation.value >= (condition.at_least or 0.0)
