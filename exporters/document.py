"""The assessment document: a Publication as the JSON of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exporters import history, schema
from exporters.scopes import known_scopes
from inference.publication import Publication, VcenterStatus
from inference.results import (
    FEATURES,
    Assessment,
    Checks,
    Contribution,
    Declaration,
    Evidence,
    FeatureUse,
    ModelInfo,
    Posterior,
    Scope,
    Spread,
    Transition,
)
from inference.stages import STAGE_TITLES, STAGES, confidence_level


def document(publication: Publication, scope_id: str | None = None) -> dict[str, Any]:
    """The publication as plain data ready for ``json.dumps``: all of it, or with the assessment of one scope alone."""
    wanted = [assessment for assessment in publication.assessments if scope_id in (None, assessment.scope.id)]
    return _plain(
        schema.Document(
            taken_at=publication.taken_at,
            model=_model(publication.model),
            vcenters=[_vcenter(status) for status in publication.vcenters],
            assessments=[
                _assessment(
                    assessment,
                    publication.declarations.get(assessment.scope.id, Declaration()),
                    [change for change in publication.transitions if change.scope_id == assessment.scope.id],
                )
                for assessment in wanted
            ],
        )
    )


def assessment_document(
    assessment: Assessment, declaration: Declaration | None = None, transitions: Sequence[Transition] = ()
) -> dict[str, Any]:
    """One entry of ``assessments`` as plain data; ``transitions`` are those of this scope."""
    return _plain(_assessment(assessment, declaration or Declaration(), transitions))


def history_document(
    publication: Publication, scope_id: str | None = None, readings: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Declarations, transitions and milestones of every scope or of one, with the stored ``readings`` of the same scopes."""
    wanted = [assessment for assessment in publication.assessments if scope_id in (None, assessment.scope.id)]
    return _plain(
        history.History(
            scopes=[_scope(scope) for scope in known_scopes(publication) if scope_id in (None, scope.id)],
            declarations=[
                _declaration(scope, declaration)
                for scope, declaration in publication.declarations.items()
                if scope_id in (None, scope)
            ],
            transitions=[
                history.ScopeTransitionPart(scope=change.scope_id, **_transition(change).model_dump())
                for change in publication.transitions
                if scope_id in (None, change.scope_id)
            ],
            milestones=[
                history.ScopeMilestonePart(scope=assessment.scope.id, id=milestone.id, first_seen=milestone.first_seen)
                for assessment in wanted
                for milestone in assessment.milestones
            ],
            readings=[dict(reading) for reading in readings],
        )
    )


def _plain(part: schema.Part) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True)


def _model(model: ModelInfo) -> schema.ModelPart:
    return schema.ModelPart(
        name=model.name,
        version=model.version,
        sha256=model.sha256,
        families=[schema.FamilyPart(family=family, title=title) for family, title in model.families.items()],
        questions=[
            schema.QuestionPart(
                indicator=indicator, question=asked.text, unit=asked.unit, cuts=list(asked.cuts), better=asked.better
            )
            for indicator, asked in model.questions.items()
        ],
    )


def _vcenter(status: VcenterStatus) -> schema.VcenterPart:
    return schema.VcenterPart(
        name=status.name,
        instance_uuid=status.instance_uuid,
        version=status.version,
        status=status.status,
        error=status.error,
        gaps=[schema.GapPart(topic=gap.topic, reason=gap.reason) for gap in status.gaps],
        poll_seconds=status.poll_seconds,
        last_success=status.last_success,
        clock_skew_seconds=status.clock_skew,
        event_retention_days=status.event_retention_days,
    )


def _scope(scope: Scope) -> schema.ScopePart:
    return schema.ScopePart(kind=scope.kind, id=scope.id, name=scope.name, vcenter=scope.vcenter)


def _assessment(assessment: Assessment, declaration: Declaration, transitions: Sequence[Transition]) -> schema.AssessmentPart:
    counts, team = assessment.consolidation, assessment.team_confidence
    return schema.AssessmentPart(
        scope=_scope(assessment.scope),
        taken_at=assessment.taken_at,
        stage=_stage(assessment, declaration),
        certainty=assessment.certainty,
        coverage=assessment.coverage,
        team_confidence=schema.TeamConfidencePart(
            level=None if team is None else confidence_level(team.position),
            position=None if team is None else team.position,
        ),
        facets=[_facet(family, facet, assessment.contributions.get(family)) for family, facet in assessment.facets.items()],
        shared_contribution=assessment.shared,
        clusters=_spread(assessment.clusters),
        consolidation=schema.ConsolidationPart(
            hosts=counts.hosts,
            workload_vms=counts.workload_vms,
            powered_on_vms=counts.powered_on_vms,
            vms_per_host=counts.vms_per_host,
            vcpus_per_core=counts.vcpus_per_core,
            vram_per_ram=counts.vram_per_ram,
        ),
        features=schema.FeaturesPart(**{name: _feature(assessment.features.get(name, FeatureUse())) for name in FEATURES}),
        observations=[_observation(evidence) for evidence in assessment.evidence],
        flags=[schema.FlagPart(id=flag.id, message=flag.message) for flag in assessment.flags],
        checks=_checks(assessment.checks),
        next_steps=[
            schema.NextStepPart(indicator=step.indicator, message=step.message, gain=step.gain)
            for step in assessment.next_steps
        ],
        lenses=dict(assessment.lenses),
        milestones=[
            schema.MilestonePart(id=milestone.id, first_seen=milestone.first_seen) for milestone in assessment.milestones
        ],
        transitions=[_transition(change) for change in transitions],
    )


def _stage(assessment: Assessment, declaration: Declaration) -> schema.StagePart:
    inferred, declared, posterior = assessment.inferred, declaration.declared, assessment.posterior
    return schema.StagePart(
        inferred=inferred,
        name=None if inferred is None else STAGES[inferred],
        title=None if inferred is None else STAGE_TITLES[inferred],
        probabilities=schema.ProbabilitiesPart(**dict(zip(STAGES, posterior.probabilities, strict=True))),
        position=None if inferred is None else posterior.position,
        interval80=list(posterior.interval80),
        declared=declared,
        declared_name=None if declared is None else STAGES[declared],
        declared_since=None if declared is None else declaration.since,
        candidate=declaration.candidate,
        candidate_since=None if declaration.candidate is None else declaration.candidate_since,
        confirmed=assessment.confirmed,
        unconfirmed_because=list(assessment.unconfirmed_because),
    )


def _checks(checks: Checks | None) -> schema.ChecksPart | None:
    if checks is None:
        return None
    return schema.ChecksPart(
        gap=checks.gap,
        gap_standard_errors=checks.gap_errors,
        families_chi_square=checks.disagreement,
        outfit=checks.outfit,
        unknown_absent=_what_if(checks.absent),
        unknown_in_full_use=_what_if(checks.complete),
    )


def _what_if(posterior: Posterior) -> schema.WhatIfPart:
    shares = posterior.probabilities
    return schema.WhatIfPart(inferred=shares.index(max(shares)), position=posterior.position)


def _facet(family: str, facet: Posterior, contribution: Contribution | None) -> schema.FacetPart:
    return schema.FacetPart(
        family=family,
        position=facet.position,
        interval80=list(facet.interval80),
        contribution=None if contribution is None else contribution.log_odds,
        shift=None if contribution is None else contribution.shift,
    )


def _spread(spread: Spread | None) -> schema.SpreadPart | None:
    if spread is None:
        return None
    return schema.SpreadPart(p10=spread.p10, p50=spread.p50, p90=spread.p90, judged=spread.judged, clusters=spread.parts)


def _feature(use: FeatureUse) -> schema.FeaturePart:
    return schema.FeaturePart(
        configured=use.configured, exercised=use.exercised, exercised_unit=use.exercised_unit, last_seen=use.last_seen
    )


def _observation(evidence: Evidence) -> schema.ObservationPart:
    seen = evidence.observation
    return schema.ObservationPart(
        indicator=seen.indicator,
        family=evidence.family,
        kind=evidence.kind,
        state=seen.state,
        reason=seen.reason,
        remedy=seen.remedy,
        value=seen.value,
        unit=evidence.unit,
        numerator=seen.numerator,
        denominator=seen.denominator,
        category=evidence.category,
        contribution=evidence.contribution,
        shift=evidence.shift,
        seen=seen.seen,
        evidence=list(seen.evidence),
    )


def _transition(change: Transition) -> schema.TransitionPart:
    return schema.TransitionPart(at=change.at, from_stage=change.from_stage, to_stage=change.to_stage, cause=change.cause)


def _declaration(scope: str, declaration: Declaration) -> history.DeclarationPart:
    return history.DeclarationPart(
        scope=scope,
        declared=declaration.declared,
        declared_since=declaration.since,
        candidate=declaration.candidate,
        candidate_since=declaration.candidate_since,
    )
