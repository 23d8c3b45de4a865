"""Calibration: labels move the positions of items, against the pull of the shipped ones, and are checked on labels left out.

Cut points, slopes and weights stay as they are. Figures come from labels that took no part in the fit, whole organisations at a
time, and stand beside those of a guess that reads no document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exporters.atomic_files import atomic_file
from inference.judging.model import CATEGORIES, Model, parse, prepare
from inference.judging.posterior import Reading, effective_weights
from inference.judging.reading import read
from inference.judging.specification import Specification
from inference.results import ModelInfo
from vjourney.laboratory.fitting import Sample, fit, stages_of
from vjourney.laboratory.labels import Label
from vjourney.laboratory.metrics import Estimate, Floats, Ints, bootstrap, hits, ranked_probability_score

LEAST_LABELS = 20
LEAST_PER_STAGE = 4
LEAST_STAGES = 2
FOLDS = 5


class CalibrationError(ValueError):
    """Why nothing was calibrated or written, in one sentence."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good a model is on labels that it has not seen."""

    ranked_probability_score: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A new model, how far it moved, and the figures on left-out labels of the old one, of the new and of a ``guess``.

    The guess knows how common the stages are among the other labels, and no document. ``gain`` is by how much the score of the
    old model is above that of the new.
    """

    specification: Specification
    labels: int
    organisations: int
    shipped: Score
    calibrated: Score
    guess: Score
    gain: Estimate
    moved: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]

    @property
    def is_better(self) -> bool:
        """Whether the new positions did better than the old ones, and than a guess, on labels that they were not fitted to."""
        own = self.calibrated.ranked_probability_score
        return own < self.shipped.ranked_probability_score and own < self.guess.ranked_probability_score

    def document(self, out: Path, written: ModelInfo) -> dict[str, Any]:
        """Plain data for JSON, of the model ``written`` to ``out``."""
        return {
            "schema": 1,
            "out": str(out),
            "model": {"name": written.name, "version": written.version, "sha256": written.sha256},
            "labels": self.labels,
            "organisations": self.organisations,
            "cross_validated": {
                "folds": FOLDS,
                "shipped": {"rps": self.shipped.ranked_probability_score, "accuracy": self.shipped.accuracy},
                "calibrated": {"rps": self.calibrated.ranked_probability_score, "accuracy": self.calibrated.accuracy},
                "guess": {"rps": self.guess.ranked_probability_score, "accuracy": self.guess.accuracy},
                "gain": {"rps": self.gain.value, "low": self.gain.low, "high": self.gain.high},
                "better": self.is_better,
            },
            "items": [{"id": name, "before": list(old), "after": list(new)} for name, (old, new) in self.moved.items()],
        }


def calibrate(model: Model, labels: Sequence[Label]) -> Outcome:
    """Fit the positions to all labels; the figures come from five folds.

    Raises:
        CalibrationError: too few labels, or too few stages or organisations among them.
    """
    organisations = sorted({label.organisation for label in labels})
    _refuse_too_few(labels, organisations)
    reading = Reading.stacked([read(model, label.observations).reading for label in labels])
    every = Sample(effective_weights(model, reading), reading.present, np.array([label.stage for label in labels], np.intp))
    organisation = np.array([organisations.index(label.organisation) for label in labels], np.intp)
    shipped, fitted, guessed = (np.zeros((len(labels), CATEGORIES)) for _ in range(3))
    for number in range(FOLDS):
        out = np.flatnonzero(organisation % FOLDS == number)
        inside = every.part(np.flatnonzero(organisation % FOLDS != number))
        shipped[out] = stages_of(model, every.part(out))
        fitted[out] = stages_of(prepare(fit(model, inside), ""), every.part(out))
        guessed[out] = inside.shares(model)
    final = fit(model, every)
    pairs = zip(model.items, final.items, strict=True)
    return Outcome(
        specification=_renamed(final),
        labels=len(labels),
        organisations=len(organisations),
        shipped=_score(shipped, every.stages),
        calibrated=_score(fitted, every.stages),
        guess=_score(guessed, every.stages),
        gain=_gain(shipped, fitted, every.stages, organisation),
        moved={old.id: (old.b, new.b) for old, new in pairs if old.b != new.b},
    )


def check_free(out: Path) -> None:
    """Refuse a place that is taken, and one that is nowhere, before anything is computed for it.

    Raises:
        CalibrationError: the file exists already, or its folder does not.
    """
    if out.exists():
        raise _taken(out)
    if not out.parent.is_dir():
        raise CalibrationError(f"{out} has no folder to be in; create {out.parent}, or give another --out")


def write(outcome: Outcome, out: Path) -> ModelInfo:
    """Write the new model with its figures in the first lines, after reading it back as a model; its name, version and hash.

    Raises:
        CalibrationError: the file exists already or cannot be written.
    """
    scores = (outcome.shipped, outcome.calibrated, outcome.guess)
    rps = [score.ranked_probability_score for score in scores]
    accuracy = [score.accuracy for score in scores]
    head = (
        f"# Positions calibrated on {outcome.labels} labels of {outcome.organisations} organisations.\n"
        f"# On labels left out ({FOLDS} folds): ranked probability score {rps[0]:.4f} before and {rps[1]:.4f} after,\n"
        f"# accuracy {accuracy[0]:.3f} before and {accuracy[1]:.3f} after; a guess that reads no document {rps[2]:.4f} and\n"
        f"# {accuracy[2]:.3f}. The score fell by {outcome.gain.value:.4f} (95 % interval {outcome.gain.low:.4f} to "
        f"{outcome.gain.high:.4f}).\n"
    )
    body = yaml.safe_dump(
        outcome.specification.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True, width=120
    )
    content = (head + body).encode()
    written = parse(content, source=str(out)).info
    try:
        with atomic_file(out, new=True) as partial:
            partial.write_bytes(content)
    except FileExistsError as error:
        raise _taken(out) from error
    except OSError as error:
        raise CalibrationError(f"{out} cannot be written ({error.strerror}); give another --out") from error
    return written


def _taken(out: Path) -> CalibrationError:
    return CalibrationError(f"{out} exists already: a released model is never changed, so give another --out")


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


def _score(probabilities: Floats, stages: Ints) -> Score:
    return Score(float(ranked_probability_score(probabilities, stages).mean()), float(hits(probabilities, stages).mean()))


def _gain(before: Floats, after: Floats, stages: Ints, organisation: Ints) -> Estimate:
    """By how much the score of a label fell, with the uncertainty of the organisations that happened to be assessed."""
    fell = ranked_probability_score(before, stages) - ranked_probability_score(after, stages)
    total, count = np.bincount(organisation, fell), np.bincount(organisation)
    return bootstrap(lambda rows: float(total[rows].sum() / count[rows].sum()), len(count), np.random.default_rng(0))


def _renamed(specification: Specification) -> Specification:
    major, minor, _ = specification.version.split(".")
    name = f"{specification.name.removesuffix('-calibrated')}-calibrated"
    return specification.model_copy(update={"name": name, "version": f"{major}.{int(minor) + 1}.0"})
