"""From the observations of scopes to their Assessments. It abstains below an evidence floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from inference.judging.anomalies import checks, flags
from inference.judging.explain import evidence, family_contributions, next_steps, shared_contribution
from inference.judging.gates import doubts
from inference.judging.model import CATEGORIES, Model
from inference.judging.reading import Answers, read
from inference.judging.scenarios import Scenarios, consider_all, coverage
from inference.observations import Observation
from inference.results import Assessment, Consolidation, FeatureUse, Milestone, Posterior, Scope


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one scope.

    ``observations`` may come in any order and leave indicators out: those are unknown. ``declared`` is the stage that holds,
    against which the what-if range is compared.
    """

    scope: Scope
    taken_at: datetime
    observations: Iterable[Observation]
    consolidation: Consolidation | None = None
    features: Mapping[str, FeatureUse] | None = None
    milestones: tuple[Milestone, ...] = ()
    declared: int | None = None


def judge(case: Case, model: Model) -> Assessment:
    """Weigh the observations of one scope.

    Raises:
        ValueError: an indicator is given twice.
    """
    return judge_all((case,), model)[0]


def judge_all(cases: Sequence[Case], model: Model) -> tuple[Assessment, ...]:
    """Weigh the observations of many scopes, each for itself; ``weight`` of a result is its number of powered-on workload VMs.

    Raises:
        ValueError: an indicator is given twice for one scope.
    """
    answers = [read(model, case.observations) for case in cases]
    together = zip(cases, answers, consider_all(model, answers), strict=True)
    return tuple(_judged(case, model, own, scenarios) for case, own, scenarios in together)


def _judged(case: Case, model: Model, answers: Answers, scenarios: Scenarios) -> Assessment:
    whole = scenarios.actual.summary
    seen = coverage(model, answers, scenarios.actual.probabilities)
    likeliest = int(np.argmax(whole.probabilities))
    inferred = likeliest if seen >= model.specification.evidence.floor.value else None
    certainty = certainty_of(whole)
    unconfirmed = _doubts(model, answers, scenarios, inferred)
    sizes = case.consolidation or Consolidation()
    reference = likeliest if case.declared is None else case.declared
    asked = max(likeliest, 1)
    found = evidence(model, answers, scenarios, asked)
    return Assessment(
        scope=case.scope,
        taken_at=case.taken_at,
        posterior=whole,
        inferred=inferred,
        certainty=certainty,
        coverage=seen,
        evidence=found,
        team_confidence=_team_confidence(model, answers, scenarios),
        confirmed=not unconfirmed,
        unconfirmed_because=unconfirmed,
        consolidation=sizes,
        features=case.features or MappingProxyType({}),
        flags=flags(model, answers, scenarios, seen=seen, certainty=certainty, reference=reference),
        checks=checks(model, answers, scenarios),
        next_steps=() if inferred is None else next_steps(model, answers, scenarios, inferred),
        milestones=case.milestones,
        weight=float(sizes.powered_on_vms or 0),
        facets=MappingProxyType(dict(scenarios.families)),
        contributions=MappingProxyType(family_contributions(model, scenarios, asked)),
        shared=shared_contribution(model, scenarios, found, asked),
    )


def certainty_of(whole: Posterior) -> float:
    """One minus the entropy of the stages over its maximum: 1 when one stage is sure, 0 when all four are as likely."""
    shares = np.array(whole.probabilities)
    shares = shares[shares > 0]
    return float(np.clip(1.0 + (shares * np.log(shares)).sum() / np.log(CATEGORIES), 0.0, 1.0))


def _doubts(model: Model, answers: Answers, scenarios: Scenarios, inferred: int | None) -> tuple[str, ...]:
    if inferred is None:
        return ("there is not enough evidence to infer a stage",)
    return doubts(model, answers, scenarios, inferred)


def _team_confidence(model: Model, answers: Answers, scenarios: Scenarios) -> Posterior | None:
    """The position from exercised items of the families that show a team's skill, where enough of them was seen."""
    if coverage(model, answers, scenarios.team.probabilities, model.team) < model.specification.evidence.team_floor.value:
        return None
    return scenarios.team.summary
