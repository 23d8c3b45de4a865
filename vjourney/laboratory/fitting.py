"""Fitting: the positions that make labelled stages most probable, against the pull of where they were.

What is made probable are the stages, given all the answers of their estates, as the posterior reads them: caps, answers that
only speak when they are high, and what items of one family have in common count here as they do in use. Fitting every item
to its own answers would not do. Of what only presence speaks of absence would be missing, and capped answers would be taken for
low ones, so that labels in full agreement with a model moved it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

from inference.judging.model import CATEGORIES, Array, Model, discrimination
from inference.judging.posterior import normalised, posterior, stages
from inference.judging.specification import Item, Specification
from vjourney.laboratory.metrics import Ints

PRIOR_SPREAD = 0.35
"""How far a shipped position may be wrong, in stages: an expert prior about an expert prior."""

PRIOR_LABELS = 4
"""So many labels more, as common as in the prior of the model, keep a stage without labels from being impossible."""

LEAST_STEP = 0.05
"""Positions of neighbouring categories stay so far apart at least."""

LOWEST, HIGHEST = -1.0, 5.0
"""Where a position may be."""

ENOUGH = 1e-6
"""Nothing more is sought once a step makes no more than this part of the cost."""

FITTED = "; position fitted to labels"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Labels as arrays: effective weights (m, n, 4), which items speak (m, n) and stages (m)."""

    weights: Array
    present: NDArray[np.bool_]
    stages: Ints

    def part(self, rows: Ints) -> Sample:
        """The labels of these rows."""
        return Sample(self.weights[rows], self.present[rows], self.stages[rows])

    def shares(self, model: Model) -> Array:
        """How common each stage is among the labels (4)."""
        counts = np.bincount(self.stages, minlength=CATEGORIES) + PRIOR_LABELS * np.asarray(model.specification.prior.value)
        return np.asarray(counts / counts.sum())


def stages_of(model: Model, sample: Sample) -> Array:
    """Probabilities of the stages (m, 4) by a model, whatever positions the weights were made with."""
    return stages(model, posterior(model, sample.weights))


def fit(model: Model, sample: Sample) -> Specification:
    """The specification with the most probable positions of every item that some label speaks of.

    Stages are taken to be as common as they are among the labels, since nobody assesses as many of each as there are.
    """
    scale = _Scale(model)
    likelihood = _Likelihood(model, sample)

    def cost(free: Array) -> tuple[float, Array]:
        positions = scale.positions(free)
        told, slope = likelihood.of(positions)
        pull = np.where(scale.exists, (positions - scale.shipped) / PRIOR_SPREAD, 0.0)
        return 0.5 * float((pull**2).sum()) - told, scale.slope(free, pull / PRIOR_SPREAD - slope)

    with threadpool_limits(1, "blas"):  # the products are small, and starting threads for each costs more than they save
        found = minimize(cost, scale.start(), jac=True, method="L-BFGS-B", bounds=scale.bounds(), options={"ftol": ENOUGH})
    positions = scale.held(scale.positions(found.x))
    speaks = np.flatnonzero(sample.present.any(axis=0))
    return _with_positions(model, {model.scored[place].id: positions[place] for place in speaks})


class _Scale:
    """Positions (n, 3) in terms of free numbers: of each item the first one, then steps that are never too small."""

    def __init__(self, model: Model) -> None:
        """Begin at the positions of the model; where an item has fewer, the others do not ``exist``."""
        self.exists = np.array([[place < len(item.b) for place in range(CATEGORIES - 1)] for item in model.scored])
        self.shipped = np.array([(*item.b, *[HIGHEST] * (CATEGORIES - 1 - len(item.b))) for item in model.scored])

    def start(self) -> Array:
        steps = np.log(np.maximum(np.diff(self.shipped) - LEAST_STEP, 1e-3))
        return np.concatenate([self.shipped[:, :1], np.where(self.exists[:, 1:], steps, 0.0)], axis=1).ravel()

    def bounds(self) -> list[tuple[float, float]]:
        """Far enough away never to matter, and near enough for no chance to become zero."""
        return [(LOWEST - 1, HIGHEST + 1), *[(-10.0, 1.5)] * (CATEGORIES - 2)] * len(self.shipped)

    def positions(self, free: Array) -> Array:
        first, steps = self._parts(free)
        return np.asarray(np.concatenate([first, LEAST_STEP + steps], axis=1).cumsum(axis=1))

    def slope(self, free: Array, by_position: Array) -> Array:
        """The gradient by the free numbers of what has this gradient by the positions: each moves all that follow it."""
        following = np.where(self.exists, by_position, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1]
        return np.concatenate([following[:, :1], following[:, 1:] * self._parts(free)[1]], axis=1).ravel()

    @staticmethod
    def held(positions: Array) -> Array:
        """The positions inside of what is allowed, as far apart as before or as they have to be."""
        rank = np.arange(CATEGORIES - 1) * LEAST_STEP
        return np.asarray(positions.clip(LOWEST + rank, HIGHEST - rank[::-1]))

    @staticmethod
    def _parts(free: Array) -> tuple[Array, Array]:
        rows = free.reshape(-1, CATEGORIES - 1)
        return rows[:, :1], np.exp(rows[:, 1:])


class _Likelihood:
    """How probable the stages of labels are, given their answers, as a function of the positions of all items."""

    def __init__(self, model: Model, sample: Sample) -> None:
        """Take the answers apart by family."""
        self._model = model
        self._slopes = np.array([discrimination(item, model.specification) for item in model.scored])[:, None, None]
        self._exists = _Scale(model).exists[:, :, None]
        self._lowest = [sample.weights[:, items, 0].T[:, :, None] for items in model.member]
        self._rises = [np.diff(sample.weights[:, items], axis=2).swapaxes(0, 1) for items in model.member]
        self._inside = model.stage_of == sample.stages[:, None]
        self._prior = np.log(sample.shares(model) / np.bincount(model.stage_of))[model.stage_of]

    def of(self, positions: Array) -> tuple[float, Array]:
        """The log-likelihood of all stages, and its gradient by the positions (n, 3)."""
        model = self._model
        reached = np.where(self._exists, expit(self._slopes * (model.grid - positions[:, :, None])), 0.0)
        logs, families = np.tile(self._prior, (len(self._inside), 1)), []
        for items, lowest, rises in zip(model.member, self._lowest, self._rises, strict=True):
            likelihood = lowest + rises @ reached[items]
            together = likelihood.prod(axis=0)
            together /= together.max(axis=1, keepdims=True)
            smooth = together @ model.kernel.T
            logs += np.log(smooth)
            families.append((items, rises, likelihood, together, smooth))
        every = normalised(logs)
        inside = np.where(self._inside, every, 0.0)
        told = inside.sum(axis=1, keepdims=True)
        wanted, gradient = inside / told - every, np.zeros_like(positions)
        falls = -self._slopes * reached * (1.0 - reached)
        for items, rises, likelihood, together, smooth in families:
            by_likelihood = (wanted / smooth) @ model.kernel * together / likelihood
            gradient[items] = (rises.swapaxes(1, 2) @ by_likelihood * falls[items]).sum(axis=2)
        return float(np.log(told).sum()), gradient


def _with_positions(model: Model, fitted: dict[str, Array]) -> Specification:
    items = (_moved(item, fitted[item.id]) if item.id in fitted else item for item in model.specification.items)
    return model.specification.model_copy(update={"items": tuple(items)})


def _moved(item: Item, positions: Array) -> Item:
    b = tuple(round(float(position), 3) for position in positions[: len(item.b)])
    return item.model_copy(update={"b": b, "source": item.source.removesuffix(FITTED) + FITTED})
