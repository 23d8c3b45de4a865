"""Why the model thinks so: what each observation contributes, and what estates one stage further typically do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from inference.gates import open_needs
from inference.model import Model
from inference.observations import Observation
from inference.posterior import log_odds
from inference.reading import Answers
from inference.results import Evidence, NextStep
from inference.scenarios import Scenarios
from inference.specification import Item, Need


def evidence(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> tuple[Evidence, ...]:
    """Every item of the model with its answer and the log-odds of having reached ``stage`` that vanish without it.

    Leave-one-out contributions do not sum to the whole: what several items say in common belongs to none of them.
    """
    # summed in one go: sums of other shapes differ in the last digit, and what says nothing would seem to say something
    odds = log_odds(np.vstack((scenarios.stages, scenarios.without)), stage)
    contributions, categories = (odds[0] - odds[1:]).tolist(), answers.reading.hard.tolist()
    result = []
    for item in model.items:
        observation = answers.by_id[item.id]
        place = model.index.get(item.id) if observation.state == "observed" else None
        result.append(
            Evidence(
                observation=observation,
                family=item.family,
                kind=item.kind,
                unit=item.unit,
                category=None if place is None else categories[place],
                contribution=None if place is None else contributions[place],
                few=answers.few.get(item.id),
            )
        )
    return tuple(result)


def next_steps(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> tuple[NextStep, ...]:
    """What to do next: open gates of this stage and the next first, then by expected gain for its cost, nothing skipped.

    ``gain`` is the rise in the probability of the next stage if the item were one category higher; it is 0 for items that
    confirm and are never scored. A need of which nobody can say whether it is met is no step.
    """
    gains = scenarios.raised[:, stage + 1 :].sum(axis=1) - scenarios.stages[stage + 1 :].sum()
    steps: dict[str, NextStep] = {}
    for need in _unmet(model, answers, scenarios, stage):
        name = _subject(model, answers, need, gains)
        if name and need.next_step:
            gain = max(0.0, float(gains[model.index[name]])) if name in model.index else 0.0
            steps.setdefault(name, NextStep(name, f"{need.next_step}.", gain))
    for place in _ranked(model, answers, scenarios, gains):
        item = model.scored[place]
        message = _message(item, answers.by_id[item.id])
        steps.setdefault(item.id, NextStep(item.id, message, float(gains[place])))
    return tuple(steps.values())[: model.specification.next_steps.at_most.value]


def _unmet(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> Iterator[Need]:
    for of_stage in (stage, stage + 1):
        for gap in open_needs(model, answers, scenarios, of_stage):
            if gap.state == "unmet":
                yield gap.need


def _subject(model: Model, answers: Answers, need: Need, gains: np.ndarray) -> str | None:
    """The indicator that a need is about; for the position of a family, its item with the largest gain.

    What does not apply here, such as for want of a licence, is nothing that could be done next.
    """
    for condition in need.any_of:
        if condition.item is not None:
            if answers.by_id[condition.item].state == "not_applicable":
                continue
            return condition.item
        own = [
            place
            for place, item in enumerate(model.scored)
            if item.family == condition.facet and answers.by_id[item.id].state != "not_applicable"
        ]
        if own:
            return model.scored[max(own, key=lambda place: float(gains[place]))].id
    return None


def _ranked(model: Model, answers: Answers, scenarios: Scenarios, gains: np.ndarray) -> list[int]:
    """Places of the items worth raising, best first."""
    rules = model.specification.next_steps
    position = float(scenarios.actual @ model.grid)
    point = int(np.abs(model.grid - position).argmin())
    scores = {}
    for place in np.flatnonzero(gains > 0).tolist():
        item, category = model.scored[place], int(answers.reading.hard[place])
        if answers.by_id[item.id].state != "observed" or category >= len(item.cuts):
            continue
        if not position - rules.below.value <= item.b[category] <= position + rules.above.value:
            continue
        likely = float(model.curves[place, category + 1 :, point].sum())
        worth = rules.configured_weight.value if item.kind == "configured" else 1.0
        scores[place] = float(gains[place]) * likely * worth / item.cost
    return sorted(scores, key=lambda place: (-scores[place], model.scored[place].id))


def _message(item: Item, observation: Observation) -> str:
    value = observation.value or 0.0
    cut = item.cuts[item.category(value)]
    begins = "with the first" if cut == "any" else f"{'below' if item.better == 'lower' else 'at'} {figure(item, cut)}"
    unit = item.unit.removeprefix("share ") if item.measure == "share" else f"({item.unit})"
    return f"{item.next_step}. Here: {figure(item, value)} {unit}; the next level begins {begins}."


def figure(item: Item, value: float) -> str:
    """A value as a reader writes it."""
    return f"{100 * value:.3g}%" if item.measure == "share" else f"{value:.3g}"
