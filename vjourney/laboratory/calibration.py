"""Calibration: labels move the positions of items, against the pull of the shipped ones, and are checked on labels left out.

For each item the most probable positions are sought, given the labelled stages (a position anywhere in the stage is as
likely), the offset of families integrated out as in the posterior, and a normal prior at the positions of the model. Cut
points, slopes and weights stay as they are. Figures come from labels that took no part in the fit,
whole organisations at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from inference.model import CATEGORIES, Array, Model, parse, prepare
from inference.posterior import Reading, effective_weights, posterior
from inference.reading import read
from inference.specification import Item, Specification
from vjourney.laboratory.labels import Label
from vjourney.laboratory.metrics import Ints, hits, ranked_probability_score

LEAST_LABELS = 20
LEAST_PER_STAGE = 4
LEAST_STAGES = 2
FOLDS = 5
PRIOR_SPREAD = 0.35
"""How far a shipped position may be wrong, in stages: an expert prior about an expert prior."""

LEAST_STEP = 0.05
"""Positions of neighbouring categories stay so far apart at least."""


class CalibrationError(ValueError):
    """Why nothing was calibrated or written, in one sentence."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good a model is on labels that it has not seen."""

    ranked_probability_score: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A new model, how far it moved, and the figures on left-out labels of the old one and of the new."""

    specification: Specification
    labels: int
    organisations: int
    shipped: Score
    calibrated: Score
    moved: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]

    @property
    def is_better(self) -> bool:
        """Whether the new positions did better on labels that they were not fitted to."""
        return self.calibrated.ranked_probability_score < self.shipped.ranked_probability_score

    def document(self, out: Path) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "schema": 1,
            "out": str(out),
            "model": {"name": self.specification.name, "version": self.specification.version},
            "labels": self.labels,
            "organisations": self.organisations,
            "cross_validated": {
                "folds": FOLDS,
                "shipped": {"rps": self.shipped.ranked_probability_score, "accuracy": self.shipped.accuracy},
                "calibrated": {"rps": self.calibrated.ranked_probability_score, "accuracy": self.calibrated.accuracy},
                "better": self.is_better,
            },
            "items": [{"id": name, "before": list(old), "after": list(new)} for name, (old, new) in self.moved.items()],
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Labels as arrays: effective weights (m, n, 4), which items speak (m, n) and stages (m)."""

    weights: Array
    present: NDArray[np.bool_]
    stages: Ints

    def part(self, rows: Ints) -> _Sample:
        return _Sample(self.weights[rows], self.present[rows], self.stages[rows])


def calibrate(model: Model, labels: Sequence[Label]) -> Outcome:
    """Fit the positions to all labels; the figures come from five folds.

    Raises:
        CalibrationError: too few labels, or too few stages or organisations among them.
    """
    organisations = sorted({label.organisation for label in labels})
    _refuse_too_few(labels, organisations)
    readings = [read(model, label.observations).reading for label in labels]
    reading = Reading(*(np.stack([getattr(r, name) for r in readings]) for name in ("weights", "hard", "present")))
    every = _Sample(effective_weights(model, reading), reading.present, np.array([label.stage for label in labels], np.intp))
    fold = np.array([organisations.index(label.organisation) % FOLDS for label in labels])
    shipped, fitted = np.zeros((len(labels), CATEGORIES)), np.zeros((len(labels), CATEGORIES))
    for number in range(FOLDS):
        out = np.flatnonzero(fold == number)
        if out.size:
            inside = every.part(np.flatnonzero(fold != number))
            shipped[out] = _stages(model, every.part(out))
            fitted[out] = _stages(prepare(_fit(model, inside), ""), every.part(out))
    final = _fit(model, every)
    pairs = zip(model.items, final.items, strict=True)
    return Outcome(
        specification=_renamed(final),
        labels=len(labels),
        organisations=len(organisations),
        shipped=_score(shipped, every.stages),
        calibrated=_score(fitted, every.stages),
        moved={old.id: (old.b, new.b) for old, new in pairs if old.b != new.b},
    )


def write(outcome: Outcome, out: Path) -> None:
    """Write the new model with its figures in the first lines, after reading it back as a model.

    Raises:
        CalibrationError: the file exists already or cannot be written.
    """
    rps = (outcome.shipped.ranked_probability_score, outcome.calibrated.ranked_probability_score)
    accuracy = (outcome.shipped.accuracy, outcome.calibrated.accuracy)
    head = (
        f"# Positions calibrated on {outcome.labels} labels of {outcome.organisations} organisations.\n"
        f"# On labels left out ({FOLDS} folds): ranked probability score {rps[0]:.4f} before and {rps[1]:.4f} after,\n"
        f"# accuracy {accuracy[0]:.3f} before and {accuracy[1]:.3f} after.\n"
    )
    body = yaml.safe_dump(
        outcome.specification.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True, width=120
    )
    content = (head + body).encode()
    parse(content, source=str(out))
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise CalibrationError(f"{out} exists already: a released model is never changed, so give another --out") from None
    except OSError as error:
        raise CalibrationError(f"{out} cannot be written ({error.strerror}); give another --out") from error


def _refuse_too_few(labels: Sequence[Label], organisations: Sequence[str]) -> None:
    if len(labels) < LEAST_LABELS:
        raise CalibrationError(
            f"{len(labels)} labels are too few: at least {LEAST_LABELS} assessed estates are needed to move any position"
        )
    counts = Counter(label.stage for label in labels)
    if sum(count >= LEAST_PER_STAGE for count in counts.values()) < LEAST_STAGES:
        raise CalibrationError(
            f"at least {LEAST_STAGES} stages need {LEAST_PER_STAGE} labels each: one stage alone tells no stages apart"
        )
    if len(organisations) < FOLDS:
        raise CalibrationError(
            f"{len(organisations)} organisations are too few: at least {FOLDS} are needed, so that some can be left out"
        )


def _stages(model: Model, sample: _Sample) -> Array:
    probabilities = posterior(model, sample.weights)
    return np.stack([probabilities[:, model.stage_of == stage].sum(axis=1) for stage in range(CATEGORIES)], axis=1)


def _score(probabilities: Array, stages: Ints) -> Score:
    return Score(float(ranked_probability_score(probabilities, stages).mean()), float(hits(probabilities, stages).mean()))


def _fit(model: Model, sample: _Sample) -> Specification:
    """The specification with the most probable positions of every item that some label speaks of."""
    within = np.stack([model.stage_of == stage for stage in range(CATEGORIES)]).astype(np.float64)
    spread = (within / within.sum(axis=1, keepdims=True)) @ model.kernel
    fitted = {}
    for item in model.scored:
        place = model.index[item.id]
        speaks = sample.present[:, place]
        if speaks.any():
            fitted[item.id] = _fit_item(model, item, sample.weights[speaks, place], sample.stages[speaks], spread)
    items = tuple(
        item.model_copy(update={"b": fitted[item.id], "source": f"{item.source}; position fitted to labels"})
        if item.id in fitted
        else item
        for item in model.specification.items
    )
    return model.specification.model_copy(update={"items": items})


def _fit_item(model: Model, item: Item, weights: Array, stages: Ints, spread: Array) -> tuple[float, ...]:
    """Positions of one item: the first, then the steps to the next, each above the least step.

    ``spread`` (4, g) is where the item's family is read from for an estate of each stage: the stage, blurred by the offset.
    """
    shipped = np.asarray(item.b)
    specification = model.specification
    discount = specification.configured_discount.value if item.kind == "configured" else 1.0
    slope = min(specification.max_discrimination.value, (item.a or 0.0) * discount)

    def positions(free: Array) -> Array:
        return np.asarray(free[0] + np.concatenate([[0.0], np.cumsum(LEAST_STEP + np.exp(free[1:]))]))

    def cost(free: Array) -> float:
        b = positions(free)
        reached = np.zeros((CATEGORIES + 1, model.grid.size))
        reached[0] = 1.0
        reached[1 : b.size + 1] = expit(slope * (model.grid - b[:, None]))
        chances = spread @ (reached[:-1] - reached[1:]).T
        told = np.log((weights * chances[stages]).sum(axis=1).clip(1e-300)).sum()
        return float(-told + 0.5 * (((b - shipped) / PRIOR_SPREAD) ** 2).sum())

    start = np.concatenate([shipped[:1], np.log(np.maximum(np.diff(shipped) - LEAST_STEP, 1e-3))])
    found = minimize(cost, start, method="L-BFGS-B")
    return tuple(round(float(value), 3) for value in positions(found.x).clip(-1, 5))


def _renamed(specification: Specification) -> Specification:
    major, minor, _ = specification.version.split(".")
    name = f"{specification.name.removesuffix('-calibrated')}-calibrated"
    return specification.model_copy(update={"name": name, "version": f"{major}.{int(minor) + 1}.0"})
