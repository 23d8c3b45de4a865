"""The results of inference, as data: Assessments, and the Declarations made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from inference.observations import Observation

FEATURES = ("vmotion", "ha", "ft", "drs", "srm")
"""The features whose configuration and exercise are told apart, in the order of the contract."""

ScopeKind = Literal["fleet", "vcenter", "cluster"]

Kind = Literal["configured", "exercised", "context"]
"""What an indicator is about: settings, what is done with them, or context that is shown and not scored."""

Better = Literal["higher", "lower"]
"""Which values of an indicator are better."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an assessment is about. ``id`` is unique in a fleet: ``fleet``, an instance UUID, or ``UUID/domain-c8``."""

    kind: ScopeKind
    id: str
    name: str
    vcenter: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What one indicator asks.

    ``cuts`` are the values where categories 1, 2 and 3 begin, in ``unit``; 0 means anything above none. With ``better``
    ``lower`` a category begins below its cut. Context items have no cuts: they are shown, never scored.
    """

    text: str
    unit: str
    cuts: tuple[float, ...] = ()
    better: Better = "higher"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model thought this: its version and the SHA-256 of its file.

    ``questions`` says what each indicator asks by its id, ``families`` the title of each family by its id, in the order of
    the model; both follow from the hash and take no part in comparisons.
    """

    name: str
    version: str
    sha256: str
    questions: Mapping[str, Question] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    families: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation with what the model made of it.

    ``category`` is the hard category of the value, 0 to 3; ``contribution`` the log-odds that the inferred stage is reached
    that vanish when this observation is left out, ``shift`` by how much the mean position would then be lower. All ``None``
    unless observed and scored. ``few`` is what was counted where
    that was too little to be believed alone: it adds to what other units counted.
    """

    observation: Observation
    family: str
    kind: Kind
    unit: str
    category: int | None = None
    contribution: float | None = None
    shift: float | None = None
    few: Observation | None = None

    @property
    def counted(self) -> Observation:
        """The observation as one unit of several gives it: with its numbers, however few they are."""
        return self.few or self.observation


@dataclass(frozen=True, slots=True)
class Contribution:
    """What would be missing without a whole family: ``log_odds`` of the likeliest stage, and ``shift`` of the mean position."""

    log_odds: float
    shift: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """Summary of a distribution over the journey position, 0 to 4."""

    probabilities: tuple[float, float, float, float]
    position: float
    variance: float
    interval80: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Counts of one scope, ``hosts_listed`` with those out of reach; ``None`` if not read, ratios also without denominator.

    ``production_vms`` are those of ``powered_on_vms`` that nothing says to be for tests or development.
    """

    hosts: int | None = None
    workload_vms: int | None = None
    powered_on_vms: int | None = None
    vms_per_host: float | None = None
    vcpus_per_core: float | None = None
    vram_per_ram: float | None = None
    hosts_listed: int | None = None
    production_vms: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How the positions of parts are spread, each part weighed by its powered-on workload VMs.

    ``p10``, ``p50`` and ``p90`` are the positions up to which a tenth, half and nine tenths of the VMs lie; ``judged`` of
    ``parts`` had enough evidence for a position.
    """

    p10: float
    p50: float
    p90: float
    judged: int
    parts: int


@dataclass(frozen=True, slots=True)
class RecoveryTies:
    """What ties a vCenter to the other half of a recovery pair.

    ``keys`` are the extensions of Site Recovery Manager registered here, in lower case, and ``placeholders`` how many machines
    each of them keeps here for the other side.
    """

    keys: frozenset[str] = frozenset()
    placeholders: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """How far a feature is configured (0 to 1) and how much it is exercised, kept apart.

    ``exercised_unit`` says of which days, where it is counted over days; ``seen_days`` is over how many of them it reaches.
    """

    configured: float | None = None
    exercised: float | None = None
    exercised_unit: str = ""
    last_seen: datetime | None = None
    seen_days: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to investigate."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Checks:
    """The figures behind the flags.

    ``gap`` is how many stages configuration is ahead of exercise, ``gap_errors`` the same in standard errors; ``disagreement``
    the mean chi-square of the families, ``outfit`` the mean square of the residuals; ``absent`` and ``complete`` what would be
    read if everything unknown were absent, or in full use.
    """

    gap: float
    gap_errors: float
    disagreement: float
    outfit: float
    absent: Posterior
    complete: Posterior


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing that estates at the next stage typically do; ``gain`` in probability of reaching it."""

    indicator: str
    message: str
    gain: float


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point of the journey and when it was first seen."""

    id: str
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """The opinion about one scope at one moment.

    ``inferred`` and ``position`` are ``None`` below the evidence floor; ``posterior`` is always there, so that a range can
    be shown. ``team_confidence`` is ``None`` where exercised items stay below a floor of their own. ``facets`` holds the view
    of each family that was seen, ``contributions`` what it contributes, and ``shared`` the log-odds of the likeliest stage that
    no single indicator contributes. ``quorum`` is set for a fleet, and is the stage that enough of it has reached.
    ``lenses`` holds other readings of the same evidence as plain data ready for JSON, for a vCenter and a fleet. ``clusters``
    is how the clusters of a vCenter are spread, ``recovery`` what pairs it with another one.
    """

    scope: Scope
    taken_at: datetime
    posterior: Posterior
    inferred: int | None
    certainty: float
    coverage: float
    evidence: tuple[Evidence, ...]
    team_confidence: Posterior | None = None
    confirmed: bool = False
    unconfirmed_because: tuple[str, ...] = ()
    consolidation: Consolidation = Consolidation()
    features: Mapping[str, FeatureUse] = field(default_factory=lambda: MappingProxyType({}))
    flags: tuple[Flag, ...] = ()
    checks: Checks | None = None
    next_steps: tuple[NextStep, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    weight: float = 0.0
    facets: Mapping[str, Posterior] = field(default_factory=lambda: MappingProxyType({}))
    contributions: Mapping[str, Contribution] = field(default_factory=lambda: MappingProxyType({}))
    shared: float | None = None
    quorum: int | None = None
    lenses: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    clusters: Spread | None = None
    recovery: RecoveryTies = RecoveryTies()


@dataclass(frozen=True, slots=True)
class LastSeen:
    """An observed indicator at the last look that saw it well, without its evidence.

    ``sight`` is the best visible part of recent times, by which a loss is told.
    """

    at: datetime
    sight: float
    observation: Observation


@dataclass(frozen=True, slots=True)
class Declaration:
    """The stage that holds until lasting evidence changes it, and the candidate that may replace it.

    ``hosts`` as of ``hosts_since`` and the later numbers in ``hosts_after``, each as of its last count, tell a merger from
    growth, ``coverage`` as of ``coverage_since`` lost data from a change, and ``last_seen`` what was lost. ``model`` is the
    hash of the model that evaluated last, and ``model_since`` when it replaced another one.
    """

    declared: int | None = None
    since: datetime | None = None
    candidate: int | None = None
    candidate_since: datetime | None = None
    candidate_coverage: float | None = None
    evaluated_at: datetime | None = None
    quiet_until: datetime | None = None
    hosts: int | None = None
    hosts_since: datetime | None = None
    coverage: float | None = None
    coverage_since: datetime | None = None
    model: str = ""
    model_since: datetime | None = None
    candidate_cause: str = ""
    hosts_after: tuple[tuple[datetime, int], ...] = ()
    last_seen: tuple[LastSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of a declared stage. ``cause`` is ``first``, ``estate``, ``model`` or ``rebaseline``."""

    scope_id: str
    at: datetime
    from_stage: int | None
    to_stage: int
    cause: str
