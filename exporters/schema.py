"""The assessment document, schema 1: what the JSON API, ``--json`` and the stored document all say.

Keys are only added. Times are RFC 3339 in UTC. Whole numbers are exact, probabilities of stages have ten significant digits and
others six; unknown is null.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from exporters.numbers import (
    Number,
    OptionalNumber,
    OptionalPosition,
    OptionalShare,
    Position,
    Share,
    StageShare,
    Time,
)
from inference.observations import Remedy, State
from inference.publication import PollStatus
from inference.results import Better, Kind, ScopeKind

StageNumber = Annotated[int, Field(ge=0, le=3)]
StageKey = Literal["experimentation", "it_production", "business_production", "it_as_a_service"]
LevelKey = Literal["experimenting", "reactive", "selective", "very_high"]


class Part(BaseModel):
    """A part of the document: no key is missing, none is unexpected."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QuestionPart(Part):
    """What one indicator asks; ``cuts`` are where categories 1 to 3 begin, 0 meaning above none; context has none."""

    indicator: str
    question: str
    unit: str
    cuts: list[Number]
    better: Better


class FamilyPart(Part):
    """A family of indicators and its title."""

    family: str
    title: str


class ModelPart(Part):
    """Which model thought this, and what it asks."""

    name: str
    version: str
    sha256: str
    families: list[FamilyPart]
    questions: list[QuestionPart]


class GapPart(Part):
    """A topic that could not be read, and why."""

    topic: str
    reason: str


class VcenterPart(Part):
    """How the last poll of a vCenter went; uuid and version are empty until a login succeeded.

    ``event_retention_days`` is null where vCenter keeps events without limit, or does not tell.
    """

    name: str
    instance_uuid: str
    version: str
    status: PollStatus
    error: str | None
    gaps: list[GapPart]
    poll_seconds: Number
    last_success: Time | None
    clock_skew_seconds: OptionalNumber
    event_retention_days: int | None


class ScopePart(Part):
    """What an assessment is about; ``vcenter`` is empty for the fleet."""

    kind: ScopeKind
    id: str
    name: str
    vcenter: str


class ProbabilitiesPart(Part):
    """The probability of each stage; they add up to 1."""

    experimentation: StageShare
    it_production: StageShare
    business_production: StageShare
    it_as_a_service: StageShare


class StagePart(Part):
    """The stage: inferred from this poll (null below the evidence floor), and declared on lasting evidence."""

    inferred: StageNumber | None
    name: StageKey | None
    title: str | None
    probabilities: ProbabilitiesPart
    position: OptionalPosition
    interval80: Annotated[list[Position], Field(min_length=2, max_length=2)]
    declared: StageNumber | None
    declared_name: StageKey | None
    declared_since: Time | None
    candidate: StageNumber | None
    candidate_since: Time | None
    confirmed: bool
    unconfirmed_because: list[str]


class TeamConfidencePart(Part):
    """The team's confidence from exercised evidence alone; null where too little of it was seen."""

    level: LevelKey | None
    position: OptionalPosition


class FacetPart(Part):
    """What the indicators of one family say alone: a position from 0 to 4, and where it lies four times in five.

    Without all of them the log-odds of reaching the inferred stage would be lower by ``contribution``, and the position of the
    whole by ``shift``.
    """

    family: str
    position: Position
    interval80: Annotated[list[Position], Field(min_length=2, max_length=2)]
    contribution: OptionalNumber
    shift: OptionalNumber


class ConsolidationPart(Part):
    """Counts and ratios; null where they could not be read."""

    hosts: int | None
    workload_vms: int | None
    powered_on_vms: int | None
    vms_per_host: OptionalNumber
    vcpus_per_core: OptionalNumber
    vram_per_ram: OptionalNumber


class SpreadPart(Part):
    """How the positions of the clusters are spread by their workload VMs; ``judged`` of ``clusters`` had enough evidence."""

    p10: Position
    p50: Position
    p90: Position
    judged: int
    clusters: int


class FeaturePart(Part):
    """A feature: how far it is configured and how much it is exercised, kept apart."""

    configured: OptionalShare
    exercised: OptionalNumber
    exercised_unit: str
    last_seen: Time | None


class FeaturesPart(Part):
    """The five features whose use is followed."""

    vmotion: FeaturePart
    ha: FeaturePart
    ft: FeaturePart
    drs: FeaturePart
    srm: FeaturePart


class ObservationPart(Part):
    """One indicator's answer with what the model made of it; ``seen`` is the share of population and window seen.

    Without it the log-odds of reaching the inferred stage would be lower by ``contribution``, and the position by ``shift``.
    ``remedy`` is what would make known what is unknown, null where the reason has to do.
    """

    indicator: str
    family: str
    kind: Kind
    state: State
    reason: str
    remedy: Remedy | None
    value: OptionalNumber
    unit: str
    numerator: OptionalNumber
    denominator: OptionalNumber
    category: StageNumber | None
    contribution: OptionalNumber
    shift: OptionalNumber
    seen: Share
    evidence: list[str]


class FlagPart(Part):
    """Something to investigate."""

    id: str
    message: str


class WhatIfPart(Part):
    """What would be read if the unknown were known."""

    inferred: StageNumber
    position: Position


class ChecksPart(Part):
    """The figures behind the flags, whether or not one is raised; ``gap`` is configuration ahead of exercise, in stages."""

    gap: Number
    gap_standard_errors: Number
    families_chi_square: Number
    outfit: Number
    unknown_absent: WhatIfPart
    unknown_in_full_use: WhatIfPart


class NextStepPart(Part):
    """What estates at the next stage typically do; ``gain`` in probability of reaching it."""

    indicator: str
    message: str
    gain: Number


class MilestonePart(Part):
    """A point of the journey and when it was first seen."""

    id: str
    first_seen: Time


class TransitionPart(Part):
    """A change of the declared stage; ``from_stage`` is null for the first declaration."""

    at: Time
    from_stage: StageNumber | None
    to_stage: StageNumber
    cause: str


class AssessmentPart(Part):
    """The opinion about one scope."""

    scope: ScopePart
    taken_at: Time
    stage: StagePart
    certainty: Share
    coverage: Share
    team_confidence: TeamConfidencePart
    facets: list[FacetPart]
    shared_contribution: OptionalNumber
    clusters: SpreadPart | None
    consolidation: ConsolidationPart
    features: FeaturesPart
    observations: list[ObservationPart]
    flags: list[FlagPart]
    checks: ChecksPart | None
    next_steps: list[NextStepPart]
    lenses: dict[str, Any]
    milestones: list[MilestonePart]
    transitions: list[TransitionPart]


class Document(Part):
    """Everything that one published result says."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    taken_at: Time
    model: ModelPart
    vcenters: list[VcenterPart]
    assessments: list[AssessmentPart]


class Problem(Part):
    """Why there is no answer, in one sentence that says what to do."""

    detail: str
