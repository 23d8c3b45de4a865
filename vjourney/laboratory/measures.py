"""Measures: the figures of an evaluation, each with its interval, its target and what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from inference.judging.model import Model, prepare
from vjourney.laboratory.census import DISPUTES, Case
from vjourney.laboratory.journeys import CLEAR, WEEKS, Crossing, Journey, crossings, false_changes
from vjourney.laboratory.metrics import (
    Estimate,
    Floats,
    Ints,
    balanced,
    bootstrap,
    bootstrap_mean,
    boundary_calibration_error,
    far_misses,
    hits,
    ranked_probability_score,
    smallest_sets,
    top_calibration_error,
)
from vjourney.laboratory.trials import Bench

CENTRE = 0.25
"""Estates this close to the middle of their stage are at its centre."""

LEAST_GROUP = 12
"""A group of fewer estates is left out: its calibration error would be chance."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``at_most`` or ``at_least`` is its target, where it has one."""

    id: str
    title: str
    value: float
    low: float
    high: float
    count: int
    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        estimate: Estimate,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        aim: float | None = None,
    ) -> Figure:
        """A figure with the interval of its estimate."""
        return cls(name, title, estimate.value, estimate.low, estimate.high, estimate.count, at_most, at_least, aim)

    @classmethod
    def exact(cls, name: str, title: str, value: float, count: int, *, at_most: float | None = None) -> Figure:
        """A figure that is no average, and so has no interval."""
        return cls(name, title, value, value, value, count, at_most)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; ``None`` without a target or without a value."""
        if not isfinite(self.value) or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or self.value <= self.at_most) and (self.at_least is None or self.value >= self.at_least)


def stages_of(cases: Sequence[Case]) -> tuple[Floats, Ints]:
    """Probabilities (n, 4) and true stages (n)."""
    return (
        np.array([case.opinion.probabilities for case in cases]),
        np.array([case.stage for case in cases], dtype=np.intp),
    )


def of_cases(cases: Sequence[Case], rng: np.random.Generator) -> tuple[Figure, ...]:
    """How good the stages of single looks are."""
    shares, truth = stages_of(cases)
    true = np.array([case.truth for case in cases])
    centre = np.abs(true - truth - 0.5) <= CENTRE
    first, last = smallest_sets(shares)
    covered = ((first <= truth) & (truth <= last)).astype(np.float64)
    right = hits(shares, truth)
    position = np.array([case.opinion.position for case in cases])
    boundaries = bootstrap(
        lambda rows: float(np.mean([boundary_calibration_error(shares[rows], truth[rows], k) for k in (1, 2, 3)])),
        len(cases),
        rng,
    )
    return (
        Figure.of(
            "rps",
            "Ranked probability score",
            bootstrap_mean(ranked_probability_score(shares, truth), rng),
            at_most=0.05,
            aim=0.04,
        ),
        Figure.of(
            "ece",
            "Calibration error of the likeliest stage",
            bootstrap(lambda rows: top_calibration_error(shares[rows], truth[rows]), len(cases), rng),
            at_most=0.05,
            aim=0.02,
        ),
        Figure.of("ece_boundaries", "Calibration error of having reached each stage", boundaries, at_most=0.05, aim=0.02),
        Figure.of(
            "accuracy_centre", "Accuracy at the centres of stages", bootstrap_mean(right[centre], rng), at_least=0.88, aim=0.93
        ),
        Figure.of("accuracy", "Accuracy, positions as drawn", bootstrap_mean(right, rng), at_least=0.8, aim=0.85),
        Figure.of(
            "accuracy_uniform",
            "Accuracy, every stage as common",
            bootstrap(lambda rows: balanced(right[rows], truth[rows]), len(cases), rng),
            at_least=0.8,
            aim=0.85,
        ),
        Figure.of(
            "off_by_two", "Off by two stages or more", bootstrap_mean(far_misses(shares, truth), rng), at_most=0.005, aim=0.001
        ),
        Figure.of("set_coverage", "90 % sets that hold the true stage", bootstrap_mean(covered, rng), at_least=0.9),
        Figure.of(
            "set_size", "Stages in a 90 % set", bootstrap_mean((last - first + 1).astype(float), rng), at_most=1.8, aim=1.5
        ),
        Figure.of("position_bias", "Estimated less true position", bootstrap_mean(position - true, rng)),
    )


def of_trials(cases: Sequence[Case], bench: Bench, rng: np.random.Generator) -> tuple[Figure, ...]:
    """What happens when evidence is lost, hidden or shuffled."""
    _, truth = stages_of(cases)
    lossy, hidden = bench.stages(bench.lossy(rng)), bench.positions(bench.flattered(rng)) - bench.positions()
    shuffled = ranked_probability_score(bench.stages(), truth[rng.permutation(len(truth))])
    return (
        Figure.of(
            "rps_missing",
            "The score with a fifth of the items lost",
            bootstrap_mean(ranked_probability_score(lossy, truth), rng),
            at_most=0.05,
            aim=0.045,
        ),
        Figure.of(
            "hidden_bias", "Gain in position by hiding what looks bad", bootstrap_mean(hidden, rng), at_most=0.25, aim=0.15
        ),
        Figure.of("rps_shuffled", "The score with shuffled labels (no skill is about 0.167)", bootstrap_mean(shuffled, rng)),
    )


def of_journeys(journeys: Sequence[Journey], rng: np.random.Generator) -> tuple[Figure, ...]:
    """How declarations follow three years of an estate."""
    years = WEEKS / 52
    false = np.array([false_changes(journey) / years for journey in journeys])
    still = np.array([_is_still(journey) for journey in journeys])
    decisive = [crossing for journey in journeys for crossing in crossings(journey)]
    clear = [crossing for journey in journeys for crossing in crossings(journey, CLEAR)]
    ideal = [crossing for journey in journeys for crossing in crossings(journey, declared=journey.faultless)]
    days, ideal_days, beyond, clear_days = (
        _known(crossing.days for crossing in decisive),
        _known(crossing.days for crossing in ideal),
        _known(crossing.days_beyond for crossing in decisive),
        _known(crossing.days for crossing in clear),
    )
    missed, clear_missed = _missed(decisive), _missed(clear)
    final = np.array([journey.declared[-1] == min(3, int(journey.positions[-1])) for journey in journeys], dtype=np.float64)
    return (
        Figure.of("false_changes", "False changes per estate and year", bootstrap_mean(false, rng), at_most=0.2, aim=0.05),
        Figure.of(
            "false_changes_static",
            "The same, static and off the boundaries",
            bootstrap_mean(false[still], rng),
            at_most=0.1,
            aim=0.02,
        ),
        Figure.of("delay_median", "Days to a decisive crossing, median", _quantile(days, 0.5, rng), at_most=60, aim=30),
        Figure.of("delay_p90", "Days to a decisive crossing, nine of ten", _quantile(days, 0.9, rng), at_most=180, aim=120),
        Figure.of("delay_beyond", "The same from a quarter of a stage beyond, median", _quantile(beyond, 0.5, rng)),
        Figure.of("crossings_missed", "Decisive crossings missed", bootstrap_mean(missed, rng), at_most=0.05, aim=0.01),
        Figure.of("delay_faultless", "Days if every reading were right, median", _quantile(ideal_days, 0.5, rng)),
        Figure.of("crossings_missed_faultless", "Of these, missed", bootstrap_mean(_missed(ideal), rng)),
        Figure.of("delay_median_clear", "Days from middle to middle of stages, median", _quantile(clear_days, 0.5, rng)),
        Figure.of("crossings_missed_clear", "Of these, missed", bootstrap_mean(clear_missed, rng)),
        Figure.of("final_stage", "Declared stage true at the end", bootstrap_mean(final, rng)),
    )


def _known(days: Iterable[int | None]) -> Floats:
    return np.array([day for day in days if day is not None], dtype=np.float64)


def _missed(found: Sequence[Crossing]) -> Floats:
    """1 for each crossing that no declaration followed."""
    return np.array([crossing.days is None for crossing in found], dtype=np.float64)


def _is_still(journey: Journey) -> bool:
    """Whether nothing moves and no boundary is near."""
    start = float(journey.positions[0])
    return bool(np.ptp(journey.positions) == 0) and min(abs(start - boundary) for boundary in (1, 2, 3)) >= CENTRE


def _quantile(values: Floats, share: float, rng: np.random.Generator) -> Estimate:
    return bootstrap(lambda rows: float(np.quantile(values[rows], share)), len(values), rng)


def of_disputes(rows: Sequence[tuple[Case, ...]], rng: np.random.Generator) -> tuple[Figure, ...]:
    """The score where the scripts are wrong about how practices spread."""
    return tuple(
        Figure.of(
            f"rps_{dispute.id}",
            f"The score where {dispute.title}",
            bootstrap_mean(ranked_probability_score(*stages_of(cases)), rng),
        )
        for dispute, cases in zip(DISPUTES, zip(*rows, strict=True), strict=True)
    )


def calibration_groups(cases: Sequence[Case], rng: np.random.Generator) -> tuple[Figure, ...]:
    """Calibration by coverage, by size and by edition; small groups are left out."""
    coverage = np.array([case.opinion.coverage for case in cases])
    size = np.array([case.machines for case in cases])
    groups = [
        *_thirds("coverage", coverage),
        *_thirds("size", size),
        *(
            (f"edition {name}", np.array([case.edition == name for case in cases]))
            for name in sorted({c.edition for c in cases})
        ),
        ("masked", np.array([case.masked for case in cases])),
    ]
    shares, truth = stages_of(cases)
    return tuple(
        Figure.of(
            f"ece {name}",
            f"Calibration error, {name}",
            bootstrap(_error_of(shares[rows], truth[rows]), int(rows.sum()), rng),
            at_most=0.08,
            aim=0.05,
        )
        for name, rows in groups
        if rows.sum() >= LEAST_GROUP
    )


def _error_of(shares: Floats, truth: Ints) -> Callable[[Ints], float]:
    return lambda rows: top_calibration_error(shares[rows], truth[rows])


def _thirds(
    name: str, values: np.ndarray[tuple[int], np.dtype[np.generic]]
) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable") * 3 // max(1, len(values))
    return [(f"{name}, {part} third", order == place) for place, part in enumerate(("lowest", "middle", "highest"))]


def ablations(cases: Sequence[Case], bench: Bench, rng: np.random.Generator) -> tuple[Figure, ...]:
    """The score when each family is left out, when nothing else is there, by kind of item, and without any distrust."""
    _, truth = stages_of(cases)
    masks = [("all", "All items", bench.reading.present)]
    for place, family in enumerate(bench.model.specification.families):
        masks.append((f"without {family.id}", f"Without {family.title.lower()}", bench.without(place)))
    for place, family in enumerate(bench.model.specification.families):
        masks.append((f"only {family.id}", f"Only {family.title.lower()}", bench.only(place)))
    masks.append(("exercised", "Only what is exercised", bench.of_kind(exercised=True)))
    masks.append(("configured", "Only what is configured", bench.of_kind(exercised=False)))
    scores = [(name, title, bench.stages(mask)) for name, title, mask in masks]
    trusted = Bench(trusting(bench.model), [case.opinion for case in cases])
    scores.append(("trusting", "All items, configuration counted in full", trusted.stages()))
    return tuple(
        Figure.of(name, title, bootstrap_mean(ranked_probability_score(shares, truth), rng)) for name, title, shares in scores
    )


def trusting(model: Model) -> Model:
    """The model as it would be if what is configured told as much as what is exercised."""
    specification = model.specification
    full = specification.configured_discount.model_copy(update={"value": 1.0})
    return prepare(specification.model_copy(update={"configured_discount": full}), model.sha256)
