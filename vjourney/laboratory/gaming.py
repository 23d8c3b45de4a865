"""Gaming: what an estate gains by buying and switching on, without doing anything else than before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.judging.anomalies import BOUGHT
from inference.judging.model import Model
from vjourney.laboratory.census import Case, Opinion
from vjourney.laboratory.measures import Figure
from vjourney.laboratory.metrics import Floats, bootstrap_mean

LIKELIER = 0.5
SUSPICIOUS = frozenset({BOUGHT, "families_disagree", "unusual_pattern"})
"""Flags that tell a reader not to believe a stage without looking."""


def of_gaming(cases: Sequence[Case], model: Model, rng: np.random.Generator) -> tuple[Figure, ...]:
    """Promotions of estates of stage 1: as they are, the day after every switch was turned on, and a quarter later."""
    known = [(case.opinion, case.gamed, case.switched) for case in cases if case.gamed and case.switched]
    honest, gamed, switched = ([three[place] for three in known] for place in range(3))
    lifted = [fake for real, fake in zip(honest, gamed, strict=True) if _reads_higher(fake) and not _reads_higher(real)]
    flagged = np.array([not SUSPICIOUS.isdisjoint(opinion.flags) for opinion in lifted], dtype=np.float64)
    doubted = np.array([not opinion.confirmed for opinion in lifted], dtype=np.float64)
    declared, inferred = _promoted(gamed, model) - _promoted(honest, model), _read_higher(gamed) - _read_higher(honest)
    later, later_inferred = (
        _promoted(switched, model) - _promoted(honest, model),
        _read_higher(switched) - _read_higher(honest),
    )
    return (
        Figure.of("gaming_lift", "Promotions by configuration alone", bootstrap_mean(declared, rng), at_most=0.1, aim=0.03),
        Figure.of("gaming_lift_inferred", "The same, inferred and not declared", bootstrap_mean(inferred, rng), at_most=0.1),
        Figure.of("gaming_flagged", "Of those inferred, flagged", bootstrap_mean(flagged, rng), at_least=1.0),
        Figure.of(
            "gaming_doubted", "Of those inferred, flagged or unconfirmed", bootstrap_mean(np.maximum(flagged, doubted), rng)
        ),
        Figure.of("switched_lift", "Promotions after a quarter of DRS at work by itself", bootstrap_mean(later, rng)),
        Figure.of("switched_lift_inferred", "The same, inferred and not declared", bootstrap_mean(later_inferred, rng)),
    )


def _promoted(opinions: Sequence[Opinion], model: Model) -> Floats:
    """1 for each estate that, declared at stage 1, would be declared at stage 2 after readings like this."""
    enough = model.specification.hysteresis.profiles["default"].up.value
    return np.array([float(sum(o.probabilities[2:]) >= enough and BOUGHT not in o.flags) for o in opinions])


def _read_higher(opinions: Sequence[Opinion]) -> Floats:
    return np.array([float(_reads_higher(opinion)) for opinion in opinions])


def _reads_higher(opinion: Opinion) -> bool:
    """Whether stage 2 or beyond is likelier than not."""
    return sum(opinion.probabilities[2:]) > LIKELIER
