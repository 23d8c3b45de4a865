"""Census: many estates at once, each looked at one day, and what the model makes of them. Truth stays on this side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from collector.facts import TOPICS
from inference.declare import step
from inference.estate.estate import Estate
from inference.indicators import observe
from inference.judging import judge as judging
from inference.judging.model import Model
from inference.observations import Observation
from inference.results import Assessment, Declaration
from vjourney.laboratory.archetypes import ARCHETYPES, EVERYTHING_ON, Archetype, build, lived, switch_everything_on
from vjourney.laboratory.founding import Recipe
from vjourney.laboratory.inventory import Sight, look
from vjourney.laboratory.practices import world
from vjourney.laboratory.site import Site

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
ESTATES_PER_WORLD = 25
"""Estates with consecutive numbers share a world, and so the errors of the figures of practices."""

WATCHED = Sight(frozenset(), 400.0)
"""What is seen of an estate that an account with every privilege has been watching for longer than the longest window."""

SEEN_DAYS = ((30.0, 0.45), (90.0, 0.2), (180.0, 0.15), (400.0, 0.2))
"""For how long events were kept by vCenter or collected by the program, and how often that is so."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model read of one estate, small enough to be handed from process to process."""

    probabilities: tuple[float, float, float, float]
    position: float
    inferred: int | None
    confirmed: bool
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
            confirmed=assessment.confirmed,
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
    watched: Opinion
    """What the model would read of it if nothing were hidden and over a year had been seen."""

    gamed: Opinion | None = None
    """The same estate on the day after every switch was turned on; what was exercised until then stays as it was."""

    switched: Opinion | None = None
    """The same estate a quarter later, with what DRS and its like then do by themselves."""

    @property
    def stage(self) -> int:
        """The true stage."""
        return min(3, int(self.truth))


@dataclass(frozen=True, slots=True)
class Sample:
    """One example of an archetype as the model read it, and the stage that is declared of it first, if any."""

    archetype: str
    opinion: Opinion
    declared: int | None


def draw_sight(rng: np.random.Generator) -> Sight:
    """What an account can see: mostly everything."""
    days = float(rng.choice([days for days, _ in SEEN_DAYS], p=[share for _, share in SEEN_DAYS]))
    hidden = MASKS[int(rng.integers(0, len(MASKS)))] if rng.random() < MASKED else frozenset()
    return Sight(hidden & frozenset(TOPICS), days)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Another view of how practices spread: all come ``later``, in stages, or all keep equally close to the journey."""

    id: str
    title: str
    later: float = 0.0
    alike: bool = False


AS_DESCRIBED = Dispute("", "")
DISPUTES = (
    Dispute("sooner", "every practice comes 0.2 stages sooner", later=-0.2),
    Dispute("later", "every practice comes 0.2 stages later", later=0.2),
    Dispute("alike", "every practice keeps as close to the journey as the closest", alike=True),
)
"""Errors of the scripts that do not cancel: what a reading would be worth if somebody else were right."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One estate that was drawn, before it is lived in: ``twin`` is the seed of its life."""

    recipe: Recipe
    sight: Sight
    twin: int

    @classmethod
    def of(cls, seed: int, number: int, dispute: Dispute = AS_DESCRIBED) -> Draw:
        """A position that is uniform inside a stage, in a world that is as described or as disputed."""
        rng = np.random.default_rng([seed, 1, number])
        customs = world(np.random.default_rng([seed, 5, number // ESTATES_PER_WORLD]), later=dispute.later)
        position = int(rng.choice(4, p=STAGE_SHARES)) + float(rng.random())
        recipe = Recipe(position, later=customs, alike=dispute.alike)
        return cls(recipe, draw_sight(rng), int(rng.integers(0, 2**31)))

    def case(self, model: Model, *, gaming: bool = True) -> Case:
        """The estate as the model reads it; one of stage 1 that hides nothing also as it would look with every switch on."""
        site = lived(self.recipe, np.random.default_rng(self.twin))
        snapshot, history = look(site, self.sight)
        opinion, watched = (
            Opinion.of(read_estate(Estate.of(*seen), model)) for seen in ((snapshot, history), look(site, WATCHED))
        )
        edition = snapshot.licenses[0].name if snapshot.licenses else "unreadable"
        case = Case(self.recipe.position, edition, len(snapshot.vms), bool(self.sight.hidden), opinion, watched)
        return self._gamed(case, site, model) if gaming and case.stage == 1 and not case.masked else case

    def _gamed(self, case: Case, site: Site, model: Model) -> Case:
        switch_everything_on(site)
        on = replace(self.recipe, fixed=EVERYTHING_ON, edition="Enterprise Plus")
        gamed, switched = (
            Opinion.of(read_estate(Estate.of(*look(one, self.sight)), model))
            for one in (site, lived(on, np.random.default_rng(self.twin)))
        )
        return replace(case, gamed=gamed, switched=switched)


def read_estate(estate: Estate, model: Model) -> Assessment:
    """The real indicators and the real judge, for the vCenter alone."""
    return judging.judge(judging.Case(estate.scope, estate.now, observe(estate)), model)


def cases(seed: int, numbers: Sequence[int], model: Model) -> list[Case]:
    """Draw and read the estates of these numbers; a whole process may do this."""
    return [Draw.of(seed, number).case(model) for number in numbers]


def disputed(seed: int, numbers: Sequence[int], model: Model) -> list[tuple[Case, ...]]:
    """The estates of these numbers once for every dispute, in the order of ``DISPUTES``."""
    return [tuple(Draw.of(seed, number, dispute).case(model, gaming=False) for dispute in DISPUTES) for number in numbers]


def samples(seed: int, numbers: Sequence[int], model: Model) -> list[Sample]:
    """The examples of these numbers of every archetype."""
    return [
        _sample(archetype, np.random.default_rng([seed, 2, place, number]), model)
        for number in numbers
        for place, archetype in enumerate(ARCHETYPES)
    ]


def _sample(archetype: Archetype, rng: np.random.Generator, model: Model) -> Sample:
    assessment = read_estate(Estate.of(*build(archetype, rng)), model)
    declaration, _ = step(Declaration(), assessment, model=model, evidence_days=archetype.sight.days)
    return Sample(archetype.id, Opinion.of(assessment), declaration.declared)
