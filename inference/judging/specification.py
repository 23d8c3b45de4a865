"""The form of a model file: frozen, validated, and nothing but data. What contradicts itself is found in ``contradictions``."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from inference.results import Better, Kind, Question

Mark = Literal["V", "V-seed", "S", "E"]
T = TypeVar("T")

Probability = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Category = Annotated[int, Field(ge=1, le=3)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

ROUNDING = 1e-12
"""By so small a part of it sums of exposures may miss a cut that they are meant to meet."""


class Data(BaseModel):
    """Immutable data: unknown keys, infinities and not-a-numbers are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figure(Data, Generic[T]):
    """One figure with the kind of its source: V published, V-seed from a founding article, S simulated, E expert prior."""

    value: T
    mark: Mark
    source: str


class Scale(Data):
    """The axis: positions 0 to ``upper``, evaluated at ``points``; stage s covers s to s+1."""

    upper: Figure[Literal[4]]
    points: Figure[Annotated[int, Field(ge=41, le=1001)]]


class EvidenceRules(Data):
    """Coverage floors below which nothing is said, and what exercise alone must say to confirm a stage."""

    floor: Figure[Probability]
    team_floor: Figure[Probability]
    confirm: Figure[Probability]


class FlagRules(Data):
    """When a reading is marked for investigation."""

    gap: Figure[Positive]
    facets: Figure[Positive]
    outfit: Figure[Positive]
    outfit_items: Figure[Annotated[int, Field(ge=2)]]
    between_coverage: Figure[Probability]
    between_certainty: Figure[Probability]
    held_back: Figure[Positive]


class StepRules(Data):
    """Which next steps are offered: items that begin between ``below`` behind and ``above`` ahead of the position."""

    below: Figure[Positive]
    above: Figure[Positive]
    at_most: Figure[Annotated[int, Field(ge=1)]]
    configured_weight: Figure[Probability]


class Profile(Data):
    """Probability and days that a declaration needs to go up and to go down."""

    up: Figure[Probability]
    up_days: Figure[Positive]
    down: Figure[Probability]
    down_days: Figure[Positive]


class Hysteresis(Data):
    """What makes evidence lasting."""

    evaluate_hours: Figure[Positive]
    first_days: Figure[Positive]
    first_coverage: Figure[Probability]
    coverage: Figure[Probability]
    coverage_drop: Figure[Probability]
    coverage_memory_days: Figure[Positive]
    merge_share: Figure[Probability]
    merge_hosts: Figure[Annotated[int, Field(ge=1)]]
    merge_days: Figure[Positive]
    quiet_days: Figure[Positive]
    longest_gap_days: Figure[Positive]
    model_days: Figure[Positive]
    profiles: dict[Identifier, Profile]


class RollupRules(Data):
    """When a fleet has reached a stage, and when one stage would hide too much."""

    reach: Figure[Probability]
    quorum_vms: Figure[Probability]
    quorum_business: Figure[Probability]
    mixed: Figure[Positive]


class Family(Data):
    """Items that share an offset. ``capped``: configuration counts one category above exercise at most. ``team``: see judge."""

    id: Identifier
    title: str
    capped: bool
    team: bool


class Condition(Data):
    """One way to meet a need: an item at a category or at a value, or a family's own position at a value."""

    item: Identifier | None = None
    facet: Identifier | None = None
    category: Category | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _is_one_question(self) -> Self:
        if (self.item is None) == (self.facet is None):
            raise ValueError("name either an item or a facet")
        if (self.category is None) == (self.at_least is None):
            raise ValueError("give either a category or at_least")
        if self.facet is not None and self.category is not None:
            raise ValueError("a facet has a position, so it needs at_least, not a category")
        return self


class Need(Data):
    """One need of a gate, met by any of its conditions; without conditions it is never met."""

    any_of: tuple[Condition, ...]
    unmet: str
    unknown: str
    next_step: str


class Gate(Data):
    """What confirms an inferred stage. It never lowers one."""

    stage: Category
    needs: tuple[Need, ...]


class Lenience(Data):
    """Low values of an item are not held against an estate once ``item`` has reached ``category``."""

    item: Identifier
    category: Category


class Item(Data):
    """One indicator as the model sees it.

    ``cuts`` are the raw values where categories 1, 2, 3 begin (``any`` is anything above zero), ``b`` the positions at which
    half of the teams have reached them, ``a`` how sharply they separate. ``minimum`` is the smallest denominator that says
    anything, ``maximum`` the highest level that a count can have. ``pool`` says how counts of several vCenters join; ``mean``
    weighs them by their workload VMs, for what cannot be added up. With ``better: lower`` the cuts fall, and a category begins
    below its cut. ``configured_category`` is what an exercised item reaches by configuration alone: it counts in part, and as
    exercise not at all. Context items have neither cuts nor positions: they are shown, never scored.
    """

    id: Identifier
    family: str = ""
    kind: Kind
    measure: Literal["share", "rate", "ratio", "count"]
    unit: str
    cuts: tuple[Annotated[float, Field(ge=0)] | Literal["any"], ...] = ()
    b: tuple[Annotated[float, Field(ge=-1, le=5)], ...] = ()
    a: Positive | None = None
    minimum: Annotated[float, Field(ge=0)] = 0.0
    maximum: Positive | None = None
    design_effect: Annotated[float, Field(ge=1)] = 1.0
    positive_only: bool = False
    configured_category: Category | None = None
    not_penalised_when: Lenience | None = None
    pool: Literal["sum", "max", "mean"] = "sum"
    better: Better = "higher"
    cost: Positive = 1.0
    question: str
    next_step: str = ""
    source: str

    @property
    def scored(self) -> bool:
        """Whether the item enters the posterior."""
        return self.kind != "context"

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The cut points as numbers; ``any`` is 0, to be read as above and not as from."""
        return tuple(0.0 if cut == "any" else float(cut) for cut in self.cuts)

    @property
    def asked(self) -> Question:
        """What the item asks, for a reader who does not know the model."""
        return Question(self.question, self.unit, self.thresholds, self.better)

    def category(self, value: float) -> int:
        """The hard category of a value, 0 to the number of cuts."""
        if self.better == "lower":
            return sum(value < cut * (1 - ROUNDING) for cut in self.thresholds)
        return sum(value > 0 if cut == "any" else value >= cut * (1 - ROUNDING) for cut in self.cuts)


class Specification(Data):
    """A whole model file."""

    name: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    scale: Scale
    prior: Figure[tuple[Positive, Positive, Positive, Positive]]
    family_spread: Figure[Positive]
    max_discrimination: Figure[Positive]
    configured_discount: Figure[Annotated[float, Field(gt=0, le=1)]]
    evidence: EvidenceRules
    flags: FlagRules
    next_steps: StepRules
    hysteresis: Hysteresis
    rollup: RollupRules
    families: tuple[Family, ...]
    gates: tuple[Gate, ...]
    items: tuple[Item, ...]
