"""Assess: the order of thinking, from one vCenter's snapshot and history to the Assessments of it and of its clusters."""

from __future__ import annotations

from dataclasses import replace

from collector.facts import Snapshot
from inference.consolidation import consolidation
from inference.estate import Estate
from inference.features import features
from inference.history import History
from inference.indicators import observe
from inference.judge import judge
from inference.milestones import milestones
from inference.model import Model
from inference.results import Assessment


def assess(snapshot: Snapshot, history: History, model: Model) -> tuple[Assessment, ...]:
    """The Assessment of the vCenter, then one of each cluster that has hosts, in the order of the snapshot."""
    return assess_estate(Estate.of(snapshot, history), model)


def assess_estate(estate: Estate, model: Model) -> tuple[Assessment, ...]:
    """The same for an estate that is already made, such as one that tallies were taken from."""
    return tuple(_assess(scope, model) for scope in (estate, *estate.parts()))


def _assess(estate: Estate, model: Model) -> Assessment:
    assessment = judge(
        estate.scope,
        estate.now,
        observe(estate),
        model,
        consolidation=consolidation(estate),
        features=features(estate),
        milestones=milestones(estate),
    )
    return replace(assessment, weight=float(len(estate.powered_on.items)))
