"""Contradictions: what a model file may say in the right form and cannot mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from inference.judging.specification import Item, Need, Specification

MOST_CUTS = 3
"""Each category above the lowest begins at one."""


def contradictions(specification: Specification) -> Iterator[str]:
    """Everything the form of the file cannot rule out, each with its place."""
    if abs(sum(specification.prior.value) - 1.0) > 1e-9:  # noqa: PLR2004 - rounding of four decimal fractions
        yield f"prior: the shares of the stages sum to {sum(specification.prior.value):g} and must sum to 1"
    if "default" not in specification.hysteresis.profiles:
        yield "hysteresis.profiles: there must be a profile named default"
    families = Counter(family.id for family in specification.families)
    ids = Counter(item.id for item in specification.items)
    yield from (f"families: {name} is listed {n} times" for name, n in families.items() if n > 1)
    yield from (f"items: {name} is listed {n} times" for name, n in ids.items() if n > 1)
    if not any(item.scored for item in specification.items):
        yield "items: at least one must be scored"
    stages = Counter(gate.stage for gate in specification.gates)
    yield from (f"gates: stage {stage} has {n} gates and may have one" for stage, n in stages.items() if n > 1)
    by_id = {item.id: item for item in specification.items}
    for place, item in enumerate(specification.items):
        for fault in _item_faults(item, set(families), by_id):
            yield f"items[{place}] {item.id}: {fault}"
    for place, gate in enumerate(specification.gates):
        for number, need in enumerate(gate.needs):
            for fault in _need_faults(need, set(families), by_id):
                yield f"gates[{place}].needs[{number}]: {fault}"


def _item_faults(item: Item, families: set[str], by_id: dict[str, Item]) -> Iterator[str]:
    if not item.family:
        yield "has no family"
    elif item.family not in families:
        yield f"family {item.family} is not listed under families"
    if item.scored:
        yield from _curve_faults(item)
    elif item.cuts or item.b or item.a is not None:
        yield "a context item is never scored, so it has no cuts, b or a"
    if item.maximum is not None:
        yield from _maximum_faults(item, item.maximum)
    if item.not_penalised_when is not None:
        yield from _reference_faults(
            "not_penalised_when", item.not_penalised_when.item, item.not_penalised_when.category, by_id
        )


def _curve_faults(item: Item) -> Iterator[str]:
    if not item.cuts or item.a is None:
        yield "a scored item needs cuts, b and a"
    if item.configured_category is not None and (item.kind != "exercised" or item.configured_category > len(item.cuts)):
        yield "configured_category names a category that an exercised item has"
    if len(item.cuts) > MOST_CUTS or len(item.cuts) != len(item.b):
        yield f"has {len(item.cuts)} cuts and {len(item.b)} positions; it needs as many of each, at most {MOST_CUTS}"
    if item.better == "lower":
        yield from _falling_faults(item)
    elif "any" in item.cuts[1:] or any(low >= high for low, high in pairwise(item.thresholds)):
        yield f"thresholds out of order: cuts {list(item.cuts)} must rise, with 'any' only first"
    if item.measure == "share" and item.thresholds and item.thresholds[-1] > 1:
        yield f"cuts of a share are at most 1, not {item.thresholds[-1]:g}"
    if any(low >= high for low, high in pairwise(item.b)):
        yield f"thresholds out of order: positions b {list(item.b)} must rise"


def _maximum_faults(item: Item, maximum: float) -> Iterator[str]:
    if item.measure != "count":
        yield "maximum is for counts; no share is above 1 and no rate has a highest"
    elif item.thresholds and maximum < max(item.thresholds):
        yield f"maximum {maximum:g} is below its last cut {max(item.thresholds):g}"


def _falling_faults(item: Item) -> Iterator[str]:
    if item.measure != "count":
        yield f"lower is better only for a count that is read exactly, not for a {item.measure}"
    if item.positive_only:
        yield "lower is better contradicts positive_only, since the lowest value is absence"
    if "any" in item.cuts or any(high <= low for high, low in pairwise(item.thresholds)):
        yield f"thresholds out of order: cuts {list(item.cuts)} must fall where lower is better, without 'any'"


def _need_faults(need: Need, families: set[str], by_id: dict[str, Item]) -> Iterator[str]:
    for condition in need.any_of:
        if condition.facet is not None and condition.facet not in families:
            yield f"facet {condition.facet} is not listed under families"
        if condition.item is not None:
            yield from _reference_faults("item", condition.item, condition.category, by_id)


def _reference_faults(key: str, name: str, category: int | None, by_id: dict[str, Item]) -> Iterator[str]:
    if name not in by_id:
        yield f"{key} {name} is not listed under items"
    elif category is not None and category > len(by_id[name].cuts):
        yield f"{key} {name} has no category {category}"
