"""Census: many estates at once, each looked at one day, and what the model makes of them. Truth stays on this side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from collector.facts import TOPICS
from inference.estate import Estate
from inference.indicators import observe
from inference.judge import judge
from inference.model import Model
from inference.observations import Observation
from inference.results import Assessment
from vjourney.laboratory.archetypes import ARCHETYPES, EVERYTHING_ON, build, lived
from vjourney.laboratory.founding import Recipe
from vjourney.laboratory.inventory import Sight

STAGE_SHARES = (0.1, 0.35, 0.35, 0.2)
"""How common the stages are among the drawn organisations: published surveys of 2011 to 2013, read as cumulative."""

MASKS = (
    frozenset({"events"}),
    frozenset({"extensions"}),
    frozenset({"licenses", "custom_fields", "host_profiles"}),
    frozenset({"datastores", "storage_pods"}),
    frozenset({"clusters"}),
)
MASKED = 0.15
SEEN_DAYS = ((30.0, 0.45), (90.0, 0.2), (180.0, 0.15), (400.0, 0.2))
"""For how long events were kept by vCenter or collected by the program, and how often that is so."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model read of one estate, small enough to be handed from process to process."""

    probabilities: tuple[float, float, float, float]
    position: float
    inferred: int | None
    coverage: float
    flags: tuple[str, ...]
    observations: tuple[Observation, ...]

    @classmethod
    def of(cls, assessment: Assessment) -> Opinion:
        """The gist of an Assessment."""
        return cls(
            probabilities=assessment.posterior.probabilities,
            position=assessment.posterior.position,
            inferred=assessment.inferred,
            coverage=assessment.coverage,
            flags=tuple(flag.id for flag in assessment.flags),
            observations=tuple(evidence.observation for evidence in assessment.evidence),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One estate: what is true of it, and what the model read."""

    truth: float
    edition: str
    machines: int
    masked: bool
    opinion: Opinion
    gamed: Opinion | None = None
    """The same estate with every switch on, and what is exercised left as it was."""

    switched: Opinion | None = None
    """The same, with what DRS and its like then do by themselves."""

    @property
    def stage(self) -> int:
        """The true stage."""
        return min(3, int(self.truth))


@dataclass(frozen=True, slots=True)
class Sample:
    """One example of an archetype as the model read it."""

    archetype: str
    opinion: Opinion


def draw_sight(rng: np.random.Generator) -> Sight:
    """What an account can see: mostly everything."""
    days = float(rng.choice([days for days, _ in SEEN_DAYS], p=[share for _, share in SEEN_DAYS]))
    hidden = MASKS[int(rng.integers(0, len(MASKS)))] if rng.random() < MASKED else frozenset()
    return Sight(hidden & frozenset(TOPICS), days)


def draw_case(seed: int, number: int, model: Model) -> Case:
    """An estate at a position that is uniform inside a stage; one of stage 1 also as it would look with every switch on."""
    rng = np.random.default_rng([seed, 1, number])
    stage = int(rng.choice(4, p=STAGE_SHARES))
    truth = stage + float(rng.random())
    sight = draw_sight(rng)
    twin = int(rng.integers(0, 2**31))
    recipe = Recipe(truth)
    snapshot, history = lived(recipe, np.random.default_rng(twin), sight)
    assessment = read_estate(Estate.of(snapshot, history), model)
    gamed = switched = None
    if stage == 1 and not sight.hidden:
        on = replace(recipe, fixed=EVERYTHING_ON, edition="Enterprise Plus")
        settings = read_estate(Estate.of(*lived(on, np.random.default_rng(twin), sight)), model)
        switched, gamed = Opinion.of(settings), Opinion.of(_joined(assessment, settings, model))
    edition = snapshot.licenses[0].name if snapshot.licenses else "unreadable"
    return Case(truth, edition, len(snapshot.vms), bool(sight.hidden), Opinion.of(assessment), gamed, switched)


def _joined(conduct: Assessment, settings: Assessment, model: Model) -> Assessment:
    """Conduct of one estate with the settings of another."""
    done = {e.observation.indicator: e.observation for e in conduct.evidence}
    mixed = [e.observation if e.kind == "configured" else done[e.observation.indicator] for e in settings.evidence]
    return judge(conduct.scope, conduct.taken_at, mixed, model)


def read_estate(estate: Estate, model: Model) -> Assessment:
    """The real indicators and the real judge, for the vCenter alone."""
    return judge(estate.scope, estate.now, observe(estate), model)


def cases(seed: int, numbers: Sequence[int], model: Model) -> list[Case]:
    """Draw and read the estates of these numbers; a whole process may do this."""
    return [draw_case(seed, number, model) for number in numbers]


def samples(seed: int, numbers: Sequence[int], model: Model) -> list[Sample]:
    """The examples of these numbers of every archetype."""
    return [
        Sample(archetype.id, Opinion.of(read_estate(Estate.of(*build(archetype, rng)), model)))
        for number in numbers
        for place, archetype in enumerate(ARCHETYPES)
        for rng in (np.random.default_rng([seed, 2, place, number]),)
    ]
