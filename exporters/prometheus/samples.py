"""What one Publication says in numbers: samples by metric name, label values in the order of the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from math import isfinite
from typing import get_args

from exporters.prometheus.catalogue import COUNTED, TALLIES
from exporters.scopes import distinct_names, known_scopes
from inference.observations import State
from inference.publication import Publication, VcenterStatus
from inference.results import FEATURES, Assessment, Declaration, FeatureUse, Scope, Transition
from inference.stages import CONFIDENCE_LEVELS, STAGES, confidence_level

Labels = tuple[str, ...]
Sample = tuple[str, Labels, float]
Maybe = tuple[str, Labels, float | None]


def samples(publication: Publication) -> Iterator[Sample]:
    """Every sample of a publication; what is unknown, or no finite number, has none."""
    for name, labels, value in chain(_assessments(publication), _tallies(publication), *map(_poll, publication.vcenters)):
        if value is not None and isfinite(value):
            yield name, labels, float(value)
    yield "vjourney_model_info", (publication.model.version, publication.model.sha256), 1.0


def scope_labels(scopes: Iterable[Scope]) -> Mapping[str, Labels]:
    """Values of the scope labels of each scope by its id; no two are the same."""
    known = tuple(scopes)
    names = distinct_names(known)
    return {scope.id: _labels(scope, names[scope.id]) for scope in known}


def _labels(scope: Scope, name: str) -> Labels:
    match scope.kind:
        case "fleet":
            return "fleet", "", ""
        case "vcenter":
            return "vcenter", scope.vcenter or scope.name, ""
        case "cluster":
            return "cluster", scope.vcenter, name


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _assessments(publication: Publication) -> Iterator[Maybe]:
    where = scope_labels(known_scopes(publication))
    transitions: dict[str, list[Transition]] = {}
    for transition in publication.transitions:
        transitions.setdefault(transition.scope_id, []).append(transition)
    for scope in where:
        declaration = publication.declarations.get(scope, Declaration())
        yield from _declared(declaration, where[scope])
        yield from _changes(transitions.get(scope, ()), declaration, where[scope])
    for assessment in publication.assessments:
        scope = assessment.scope.id
        yield from _inferred(assessment, where[scope])
        yield from _team(assessment, where[scope])
        yield from _consolidation(assessment, where[scope])
        yield from _features(assessment, where[scope])
        yield from _indicators(assessment, where[scope])


def _declared(declaration: Declaration, where: Labels) -> Iterator[Maybe]:
    if declaration.declared is not None:
        yield "vjourney_stage", where, declaration.declared
        yield "vjourney_stage_since_timestamp_seconds", where, _seconds(declaration.since)
    yield "vjourney_stage_candidate", where, declaration.candidate
    yield "vjourney_stage_candidate_since_timestamp_seconds", where, _seconds(declaration.candidate_since)


def _inferred(assessment: Assessment, where: Labels) -> Iterator[Maybe]:
    posterior = assessment.posterior
    if assessment.inferred is not None:
        yield "vjourney_stage_inferred", where, assessment.inferred
        yield "vjourney_stage_position", where, posterior.position
    for stage, probability in zip(STAGES, posterior.probabilities, strict=True):
        yield "vjourney_stage_probability", (*where, stage), probability
    yield "vjourney_certainty_ratio", where, assessment.certainty
    yield "vjourney_coverage_ratio", where, assessment.coverage


def _changes(transitions: Sequence[Transition], declaration: Declaration, where: Labels) -> Iterator[Maybe]:
    counts: Counter[Labels] = Counter()
    if declaration.declared is not None:
        # increase() misses a counter that appears with 1, so the steps that may come next are there with 0
        for following in (declaration.declared - 1, declaration.declared + 1):
            if 0 <= following < len(STAGES):
                counts[_stage_name(declaration.declared), _stage_name(following), "estate"] = 0
    for transition in transitions:
        counts[_stage_name(transition.from_stage), _stage_name(transition.to_stage), transition.cause] += 1
    for labels, count in counts.items():
        yield "vjourney_stage_changes_total", (*where, *labels), count


def _stage_name(stage: int | None) -> str:
    return "none" if stage is None else STAGES[stage]


def _team(assessment: Assessment, where: Labels) -> Iterator[Maybe]:
    if assessment.team_confidence is None:
        return
    holds = confidence_level(assessment.team_confidence.position)
    for level in CONFIDENCE_LEVELS:
        yield "vjourney_team_confidence", (*where, level), level == holds
    yield "vjourney_team_confidence_position", where, assessment.team_confidence.position


def _consolidation(assessment: Assessment, where: Labels) -> Iterator[Maybe]:
    counts = assessment.consolidation
    yield "vjourney_hosts", where, counts.hosts
    yield "vjourney_virtual_machines", where, counts.workload_vms
    yield "vjourney_virtual_machines_powered_on", where, counts.powered_on_vms
    yield "vjourney_vms_per_host", where, counts.vms_per_host
    yield "vjourney_vcpus_per_core", where, counts.vcpus_per_core
    yield "vjourney_vram_per_ram_ratio", where, counts.vram_per_ram


def _features(assessment: Assessment, where: Labels) -> Iterator[Maybe]:
    for feature in FEATURES:
        use = assessment.features.get(feature, FeatureUse())
        yield "vjourney_feature_configured_ratio", (*where, feature), use.configured
        yield "vjourney_feature_exercised", (*where, feature), use.exercised
        yield "vjourney_feature_last_seen_timestamp_seconds", (*where, feature), _seconds(use.last_seen)


def _indicators(assessment: Assessment, where: Labels) -> Iterator[Maybe]:
    for evidence in assessment.evidence:
        observation = evidence.observation
        labels = (*where, observation.indicator)
        if observation.state == "observed":
            yield "vjourney_indicator", labels, observation.value
            yield "vjourney_indicator_contribution", labels, evidence.contribution
        for state in get_args(State):
            yield "vjourney_indicator_state", (*labels, state), state == observation.state


def _tallies(publication: Publication) -> Iterator[Maybe]:
    polled = {status.name for status in publication.vcenters}  # the store still counts for what is no longer configured
    counts = {
        (tally.vcenter, tally.name, tally.label): tally.count
        for tally in publication.tallies
        if tally.name in TALLIES and tally.vcenter in polled
    }
    for status in publication.vcenters:
        if status.last_success is not None and not any(gap.topic == "events" for gap in status.gaps):
            counts = {(status.name, name, label): 0 for name, labels in COUNTED.items() for label in labels} | counts
    for (vcenter, name, label), count in counts.items():
        yield TALLIES[name], ("vcenter", vcenter, "", label), count


def _poll(status: VcenterStatus) -> Iterator[Maybe]:
    where = (status.name,)
    yield "vjourney_up", where, status.status != "failed"
    yield "vjourney_last_poll_success_timestamp_seconds", where, _seconds(status.last_success)
    yield "vjourney_poll_duration_seconds", where, status.poll_seconds
    yield "vjourney_clock_skew_seconds", where, status.clock_skew
    for topic, success in status.topics.items():
        yield "vjourney_topic_success", (*where, topic), success
    for method, requests in status.requests.items():
        yield "vjourney_vcenter_requests_total", (*where, method), requests
