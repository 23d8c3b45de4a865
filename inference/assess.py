"""From the snapshot and the history of one vCenter to the Assessments of it and of its clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from collector.facts import Snapshot
from inference.consolidation import consolidation
from inference.estate.estate import Estate
from inference.estate.history import History
from inference.estate.memory import without_collection
from inference.features import features
from inference.indicators import observe
from inference.judging.judge import Case, judge_all
from inference.judging.model import Model
from inference.milestones import milestones
from inference.recovery_pairs import recovery_ties
from inference.results import Assessment
from inference.rollup import spread

NOTHING_DECLARED: Mapping[str, int] = MappingProxyType({})


def assess(snapshot: Snapshot, history: History, model: Model) -> tuple[Assessment, ...]:
    """The Assessment of the vCenter, then one of each cluster that has hosts, in the order of the snapshot."""
    return assess_estate(Estate.of(snapshot, history), model)


def assess_estate(estate: Estate, model: Model, declared: Mapping[str, int] = NOTHING_DECLARED) -> tuple[Assessment, ...]:
    """The same of an estate that was made before.

    ``declared`` holds the declared stages by scope id. An assessment is flagged where the unknown could lead away from them.
    """
    with without_collection():
        whole, *parts = judge_all([_case(scope, declared) for scope in (estate, *estate.parts())], model)
        return (replace(whole, clusters=spread(parts), recovery=recovery_ties(estate)), *parts)


def assess_whole(estate: Estate, model: Model) -> Assessment:
    """The Assessment of one scope alone, without the clusters in it."""
    with without_collection():
        return judge_all([_case(estate, NOTHING_DECLARED)], model)[0]


def _case(estate: Estate, declared: Mapping[str, int]) -> Case:
    return Case(
        estate.scope,
        estate.now,
        observe(estate),
        consolidation=consolidation(estate),
        features=features(estate),
        milestones=milestones(estate),
        declared=declared.get(estate.scope.id),
    )
