"""Trials: what becomes of the same estates when evidence is taken away, hidden or shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from inference.judging.model import Model
from inference.judging.posterior import Reading, effective_weights, posterior, stages
from inference.judging.reading import read
from vjourney.laboratory.census import Opinion
from vjourney.laboratory.metrics import Floats

HIDDEN = 0.6
"""How much of what looks bad is hidden by someone who wants to look good."""

LOST = 0.2
Mask = NDArray[np.bool_]


class Bench:
    """The readings of many estates side by side: weights (m, n, 4) and which items speak (m, n)."""

    def __init__(self, model: Model, opinions: Sequence[Opinion]) -> None:
        """Read the observations behind every opinion again, all items of the model at once."""
        self.model = model
        self.reading = Reading.stacked([read(model, opinion.observations).reading for opinion in opinions])

    def with_reading(self, reading: Reading) -> Bench:
        """The same bench with other answers."""
        other = copy(self)
        other.reading = reading
        return other

    def stages(self, present: Mask | None = None) -> Floats:
        """Probabilities of the stages (m, 4), from those items alone that are ``present`` (m, n)."""
        return stages(self.model, self._grid(present))

    def positions(self, present: Mask | None = None) -> Floats:
        """The estimated position of each estate (m)."""
        return np.asarray(self._grid(present) @ self.model.grid)

    def without(self, family: int) -> Mask:
        """Which items speak when a family is left out."""
        return _both(self.reading.present, ~self.model.member[family])

    def only(self, family: int) -> Mask:
        """Which items speak when there is nothing but a family."""
        return _both(self.reading.present, self.model.member[family])

    def of_kind(self, exercised: bool) -> Mask:
        """Which items speak when only conduct, or only configuration, counts."""
        return _both(self.reading.present, self.model.exercised if exercised else ~self.model.exercised)

    def lossy(self, rng: np.random.Generator) -> Mask:
        """Which items speak when a fifth is lost by chance."""
        kept: Mask = rng.random(self.reading.present.shape) >= LOST
        return _both(self.reading.present, kept)

    def flattered(self, rng: np.random.Generator) -> Mask:
        """Which items speak when most of those that are lower than the middle of their estate are hidden."""
        middle = np.nanmedian(np.where(self.reading.present, self.reading.hard, np.nan), axis=1, keepdims=True)
        low: Mask = self.reading.hard < middle
        chosen: Mask = rng.random(low.shape) < HIDDEN
        return _both(self.reading.present, ~(low & chosen))

    def _grid(self, present: Mask | None) -> Floats:
        own = self.reading if present is None else Reading(self.reading.weights, self.reading.hard, present)
        return np.asarray(posterior(self.model, effective_weights(self.model, own)))


def _both(one: Mask, other: Mask) -> Mask:
    return np.asarray(one & other, dtype=np.bool_)
