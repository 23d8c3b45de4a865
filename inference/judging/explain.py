"""Why the model thinks so: what each observation contributes, and what estates one stage further typically do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from inference.judging.gates import open_needs
from inference.judging.model import Array, Model
from inference.judging.posterior import log_odds, stages
from inference.judging.reading import Answers
from inference.judging.scenarios import Scenarios
from inference.judging.specification import Item, Need
from inference.observations import Observation
from inference.results import Contribution, Evidence, NextStep
from inference.wording import digits, percentage


def evidence(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> tuple[Evidence, ...]:
    """Every item of the model with its answer, the log-odds of having reached ``stage`` that vanish without it, and its shift.

    Leave-one-out contributions do not sum to the whole: what several items say in common belongs to none of them.
    """
    # summed in one go: sums of other shapes differ in the last digit, and what says nothing would seem to say something
    odds = log_odds(np.vstack((scenarios.stages, scenarios.without)), stage)
    contributions, categories = (odds[0] - odds[1:]).tolist(), answers.reading.hard.tolist()
    shifts = scenarios.moved_by.tolist()
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
                shift=None if place is None else shifts[place],
                few=answers.few.get(item.id),
            )
        )
    return tuple(result)


def family_contributions(model: Model, scenarios: Scenarios, stage: int) -> Mapping[str, Contribution]:
    """What each family that was seen contributes to having reached ``stage``, all its items together."""
    odds = log_odds(np.vstack((scenarios.stages, scenarios.without_family)), stage)
    lost = zip(model.specification.families, (odds[0] - odds[1:]).tolist(), scenarios.moved_by_family.tolist(), strict=True)
    return {family.id: Contribution(own, shift) for family, own, shift in lost if family.id in scenarios.families}


def shared_contribution(model: Model, scenarios: Scenarios, found: Iterable[Evidence], stage: int) -> float:
    """What of the log-odds of having reached ``stage``, over those of the prior, is the contribution of no single item."""
    now, before = log_odds(np.vstack((scenarios.stages, stages(model, np.exp(model.prior)))), stage).tolist()
    return float(now - before - sum(each.contribution or 0.0 for each in found))


_TOGETHER = frozenset({"vmotion_ready", "drs_auto", "drs_initiated", "ha_share", "ha_admission"})
"""What gives no credit to a cluster of one host, so that nothing raises it before two hosts share one."""

_BETWEEN_HOSTS = frozenset({"vmotion_rate", "maint_evac", "vmotion_breadth"})
"""What takes a second host, in a cluster or not."""


def next_steps(model: Model, answers: Answers, scenarios: Scenarios, stage: int) -> tuple[NextStep, ...]:
    """What to do next: open gates of this stage and the next first, then by expected gain for its cost, nothing skipped.

    ``gain`` is the rise in the probability of the next stage if the item were one category higher; it is 0 for items that
    confirm and are never scored. A need of which nobody can say whether it is met is no step, and nor is what cannot be done
    here or is done already.
    """
    gains, closed = _gains(scenarios, stage + 1), _out_of_reach(answers)
    steps: dict[str, NextStep] = {}
    for of_stage in (stage, stage + 1):
        for gap in open_needs(model, answers, scenarios, of_stage):
            if gap.state != "unmet" or not gap.need.next_step:
                continue
            name = _subject(model, answers, gap.need, _gains(scenarios, of_stage), closed)
            if name is not None:
                gain = max(0.0, float(gains[model.index[name]])) if name in model.index else 0.0
                steps.setdefault(name, NextStep(name, f"{gap.need.next_step}.", gain))
    for place in _ranked(model, answers, scenarios, gains):
        item = model.scored[place]
        if item.id not in closed:
            steps.setdefault(item.id, NextStep(item.id, _message(item, answers.by_id[item.id]), float(gains[place])))
    return tuple(steps.values())[: model.specification.next_steps.at_most.value]


def _gains(scenarios: Scenarios, stage: int) -> Array:
    """The rise in the probability of having reached ``stage`` if each item were one category higher (n)."""
    return np.asarray(scenarios.raised[:, stage:].sum(axis=1) - scenarios.stages[stage:].sum())


def _out_of_reach(answers: Answers) -> frozenset[str]:
    """Items that nobody can raise here: clusters of two hosts come first, or a second host at all."""
    clustered = answers.by_id.get("cluster_share")
    counted = (clustered, answers.by_id.get("vm_per_host"))  # both of connected hosts
    if any(each is not None and each.denominator == 1 for each in counted):
        return _TOGETHER | _BETWEEN_HOSTS
    return _TOGETHER if clustered is not None and clustered.value == 0 else frozenset()


def _subject(model: Model, answers: Answers, need: Need, gains: Array, closed: frozenset[str]) -> str | None:
    """The indicator that a need is about; for the position of a family, its item with the largest of the ``gains`` (n).

    What does not apply here, such as for want of a licence, or is ``closed``, is nothing that could be done next; nor is what
    has nowhere to rise.
    """

    def can_rise(item: Item) -> bool:
        observation = answers.by_id[item.id]
        if observation.state == "not_applicable" or item.id in closed:
            return False
        return observation.value is None or not item.scored or item.category(observation.value) < len(item.cuts)

    for condition in need.any_of:
        if condition.item is not None and can_rise(model.by_id[condition.item]):
            return condition.item
        own = [place for place, item in enumerate(model.scored) if item.family == condition.facet and can_rise(item)]
        if own:
            return model.scored[max(own, key=lambda place: float(gains[place]))].id
    return None


def _ranked(model: Model, answers: Answers, scenarios: Scenarios, gains: Array) -> list[int]:
    """Places of the items worth raising, best first."""
    rules = model.specification.next_steps
    position = float(scenarios.actual.probabilities @ model.grid)
    point = model.nearest_point(position)
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
    """What is typical, what is here, and where the level above begins: one step towards what is typical, not all of it."""
    value = observation.value or 0.0
    category = item.category(value)
    cut = item.cuts[category]
    starts = "with the first" if cut == "any" else f"{'below' if item.better == 'lower' else 'at'} {figure(item, cut)}"
    unit = item.unit.removeprefix("share ") if item.measure == "share" else f"({item.unit})"
    level = f"level {category + 1} of {len(item.cuts)}"
    return f"{item.next_step}. Here: {figure(item, value)} {unit}; {level} starts {starts}."


def figure(item: Item, value: float) -> str:
    """A value as a reader writes it."""
    return percentage(value) if item.measure == "share" else digits(value)
