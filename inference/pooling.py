"""Pooling: the observations of several units become those of one, by adding what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from inference.judging.model import Model
from inference.judging.specification import Item
from inference.observations import Missing, Observation, first_remedy, not_applicable, share, unknown

_EVIDENCE_SHOWN = 5

_HOW = {"sum": "pooled from", "max": "highest value of", "mean": "weighted mean of"}
"""How the counts of several units became one, for whoever compares it with theirs; everything else is added up."""


@dataclass(frozen=True, slots=True)
class Part:
    """The observations of one unit and its weight: its powered-on workload VMs."""

    observations: tuple[Observation, ...]
    weight: float


def pool(parts: Sequence[Part], model: Model) -> tuple[Observation, ...]:
    """One observation for every item of the model from those of the parts.

    Shares, rates and ratios add their numerators and denominators; counts join as the item says. Parts to which an item
    does not apply drop out, but for those that have none of what only speaks when present: they are part of what it is a share
    of. Unknown parts lower ``seen`` by their weight.
    """
    answers = [{o.indicator: o for o in part.observations} for part in parts]
    weights = [part.weight for part in parts]
    if sum(weights) <= 0:
        weights = [1.0] * len(parts)
    return tuple(
        _pooled(item, [(answer.get(item.id), weight) for answer, weight in zip(answers, weights, strict=True)])
        for item in model.items
    )


def _pooled(item: Item, answers: Sequence[tuple[Observation | None, float]]) -> Observation:
    applicable = [(o, weight) for o, weight in answers if o is None or o.state != "not_applicable"]
    if answers and not applicable:
        return not_applicable(item.id, "; ".join(_reasons(o for o, _ in answers)))
    observed = [(o, weight) for o, weight in applicable if o is not None and o.state == "observed"]
    if not observed:
        reasons = "; ".join(_reasons(o for o, _ in applicable)) or "it was not observed"
        return unknown(item.id, Missing(reasons, first_remedy(o.remedy for o, _ in applicable if o is not None)))
    if item.positive_only and item.measure == "share":
        absent = [
            (share(item.id, 0, weight), weight) for o, weight in answers if o and o.state == "not_applicable" and weight > 0
        ]
        observed, applicable = [*observed, *absent], [*applicable, *absent]
    total = sum(weight for _, weight in applicable)
    seen = sum(weight * o.seen for o, weight in observed) / total if total > 0 else 0.0
    return replace(_joined(item, observed), seen=seen, evidence=_texts(item, observed, len(answers)))


def _joined(item: Item, observed: Sequence[tuple[Observation, float]]) -> Observation:
    """The numbers of several observed answers; one without its numbers counts with its weight as denominator.

    Where operations are counted, and not machines, the weight says nothing of their number: few were done where an answer gives
    none, and they drop out beside those of others.
    """
    if item.measure == "count":
        return Observation(indicator=item.id, state="observed", value=_counted(item, observed))
    exact = all(o.denominator is None for o, _ in observed)
    adding = [(o, w) for o, w in observed if o.denominator is not None] if item.design_effect > 1 and not exact else observed
    pairs = [_numbers(o, weight) for o, weight in adding]
    numerator, denominator = sum(x for x, _ in pairs), sum(n for _, n in pairs)
    if denominator <= 0:
        return unknown(item.id, Missing("none of the vCenters has a number to pool"))
    value = numerator / denominator
    if exact:
        return Observation(indicator=item.id, state="observed", value=value)
    return Observation(indicator=item.id, state="observed", value=value, numerator=numerator, denominator=denominator)


def _counted(item: Item, observed: Sequence[tuple[Observation, float]]) -> float:
    values = [o.value or 0.0 for o, _ in observed]
    if item.pool == "mean":
        total = sum(weight for _, weight in observed)
        return sum((o.value or 0.0) * weight for o, weight in observed) / total if total > 0 else fmean(values)
    return max(values) if item.pool == "max" else sum(values)


def _numbers(observation: Observation, weight: float) -> tuple[float, float]:
    if observation.numerator is not None and observation.denominator is not None:
        return observation.numerator, observation.denominator
    return (observation.value or 0.0) * weight, weight


def _reasons(observations: Iterable[Observation | None]) -> list[str]:
    return sorted({o.reason for o in observations if o is not None and o.reason})


def _texts(item: Item, observed: Sequence[tuple[Observation, float]], parts: int) -> tuple[str, ...]:
    texts = [text for o, _ in observed for text in o.evidence]
    how = _HOW[item.pool if item.measure == "count" else "sum"]
    return (f"{how} {len(observed)} of {parts} vCenters", *texts[:_EVIDENCE_SHOWN])
