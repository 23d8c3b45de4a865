"""Alignment: how far the scripts put what is observed of an item from where the model expects it.

A position means what a model says it means. Where the scripts put all of what is observed sooner or later, an estimate that is
off would be theirs and not the model's; this tells how much of that is left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from inference.judging.model import CATEGORIES, Model
from vjourney.laboratory.census import Case
from vjourney.laboratory.measures import Figure, stages_of
from vjourney.laboratory.metrics import Floats, bootstrap_mean, ranked_probability_score
from vjourney.laboratory.trials import Bench

LEAST_ESTATES = 30
"""An item that fewer estates answer says little."""

FURTHEST = 3.0


def of_watched(cases: Sequence[Case], model: Model, rng: np.random.Generator) -> tuple[Figure, ...]:
    """How good the stages are once everything was seen for a year, and where the scripts put what is observed then."""
    _, truth = stages_of(cases)
    shares = np.array([case.watched.probabilities for case in cases])
    offsets = halfway_offsets(cases, model)
    return (
        Figure.of(
            "rps_watched",
            "The score where nothing is hidden and a year was seen",
            bootstrap_mean(ranked_probability_score(shares, truth), rng),
            at_most=0.05,
            aim=0.04,
        ),
        Figure.of("offset", "Where the scripts put what is observed, less where the model does", bootstrap_mean(offsets, rng)),
        Figure.of("offset_size", "The same without its sign", bootstrap_mean(np.abs(offsets), rng)),
    )


def halfway_offsets(cases: Sequence[Case], model: Model) -> Floats:
    """For each item that enough estates answer, in stages: how much later than by its positions its categories are reached.

    That is by how much all positions of the item would have to move for the mean of its categories to be as expected of these
    estates, once everything was seen. Items of which absence says nothing are left out.
    """
    bench = Bench(model, [case.watched for case in cases])
    true, found = np.array([case.truth for case in cases]), []
    for place, item in enumerate(model.scored):
        speaks = bench.reading.present[:, place]
        if item.positive_only or speaks.sum() < LEAST_ESTATES:
            continue
        observed = float((bench.reading.weights[speaks, place] @ np.arange(CATEGORIES)).mean())
        found.append(_offset(np.asarray(item.b), item.a or 0.0, true[speaks], observed))
    return np.array(found)


def _offset(begins: Floats, slope: float, true: Floats, observed: float) -> float:
    def excess(later: float) -> float:
        reached = 1 / (1 + np.exp(-slope * (true[:, None] - begins - later)))
        return float(reached.sum(axis=1).mean()) - observed

    low, high = excess(-FURTHEST), excess(FURTHEST)
    return FURTHEST * float(np.sign(low)) if low * high > 0 else float(brentq(excess, -FURTHEST, FURTHEST))
