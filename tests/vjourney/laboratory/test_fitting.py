"""The fit: its gradient, labels that agree with the model, labels that agree with nothing, and labels that contradict it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import check_grad

from inference.judging.model import CATEGORIES, Model
from inference.judging.posterior import Reading, effective_weights
from inference.observations import Observation, amount
from vjourney.laboratory.calibration import calibrate
from vjourney.laboratory.fitting import FITTED, HIGHEST, LEAST_STEP, LOWEST, Sample, _Likelihood, _Scale, fit
from vjourney.laboratory.labels import Label


def drawn(model: Model, count: int, seed: int = 1) -> Sample:
    """Labels of estates whose answers come about exactly as the model has them, as many of each stage."""
    rng = np.random.default_rng(seed)
    stages = np.arange(count, dtype=np.intp) % CATEGORIES
    ranks = np.zeros((count, len(model.scored)), np.intp)
    for number, position in enumerate(stages + rng.random(count)):
        near = model.kernel[np.abs(model.grid - position).argmin()]
        places = rng.choice(model.grid.size, size=len(model.member), p=near)[model.member.argmax(axis=0)]
        for item, place in enumerate(places):
            chances = model.curves[item, :, place]
            ranks[number, item] = rng.choice(CATEGORIES, p=chances / chances.sum())
    present = ~(model.positive_only & (ranks == 0))
    return Sample(effective_weights(model, Reading(np.eye(CATEGORIES)[ranks], ranks, present)), present, stages)


def labels(model: Model, stages: np.ndarray[tuple[int], np.dtype[np.intp]], count: int) -> tuple[Label, ...]:
    """Estates that are ever more of everything, with these stages."""
    plain = [item for item in model.scored if item.measure == "count" and item.better == "higher" and len(item.cuts) > 1]
    made = []
    for number in range(count):
        seen: tuple[Observation, ...] = tuple(
            amount(item.id, (0.0, *item.thresholds)[min(number * 4 // count, len(item.cuts))]) for item in plain
        )
        made.append(Label(int(stages[number]), f"organisation {number}", seen))
    return tuple(made)


def test_the_gradient_is_that_of_the_likelihood(model: Model) -> None:
    """In the free numbers, away from where the fit begins."""
    scale, likelihood = _Scale(model), _Likelihood(model, drawn(model, 12))
    free = scale.start() + np.random.default_rng(2).normal(0, 0.2, scale.start().size)

    def told(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return likelihood.of(scale.positions(values))[0]

    def slope(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return scale.slope(values, likelihood.of(scale.positions(values))[1])

    assert check_grad(told, slope, free) < 1e-4


def test_labels_that_agree_with_the_model_leave_it(model: Model) -> None:
    """Also where only presence speaks, where low answers are excused and where configuration is capped."""
    moved = {item.id: float(np.mean(item.b)) for item in fit(model, drawn(model, 160)).items if item.b}
    away = {item.id: moved[item.id] - float(np.mean(item.b)) for item in model.scored}
    assert max(map(abs, away.values())) < 0.25
    assert all(abs(away[name]) < 0.1 for name in ("ft", "vdi_share", "vm_per_host", "ha_share", "ha_admission"))
    assert abs(np.mean(list(away.values()))) < 0.05


def test_how_many_of_each_stage_were_assessed_moves_nothing(model: Model) -> None:
    """Whoever assesses mostly late stages does not thereby say that every stage comes sooner."""
    every = drawn(model, 160)
    late = every.part(np.flatnonzero((every.stages > 1) | (np.arange(160) < 40)))
    away = [
        float(np.mean(np.subtract(new.b, old.b))) for new, old in zip(fit(model, late).items, model.items, strict=True) if old.b
    ]
    assert abs(np.mean(away)) < 0.05


def test_labels_of_other_estates_are_found_out(model: Model) -> None:
    """Shuffled labels are told by a guess that reads nothing, and no model fitted to them counts as better."""
    stages = np.random.default_rng(3).permutation(np.arange(24, dtype=np.intp) % CATEGORIES)
    outcome = calibrate(model, labels(model, stages, 24))
    assert outcome.guess.ranked_probability_score < outcome.calibrated.ranked_probability_score
    assert not outcome.is_better


def test_gains_have_an_interval(model: Model) -> None:
    """By organisations: one of many estates is one opinion."""
    found = calibrate(model, labels(model, np.arange(24, dtype=np.intp) * CATEGORIES // 24, 24))
    assert found.gain.low <= found.gain.value <= found.gain.high
    assert found.gain.count == 24
    assert found.gain.value == pytest.approx(found.shipped.ranked_probability_score - found.calibrated.ranked_probability_score)


def test_labels_that_turn_everything_round_keep_the_order(model: Model) -> None:
    """Positions stay in order, apart and on the scale."""
    every = drawn(model, 40)
    turned = fit(model, replace(every, stages=CATEGORIES - 1 - every.stages))
    for item in turned.items:
        assert all(high - low > LEAST_STEP - 1e-3 for low, high in pairwise(item.b))
        assert all(LOWEST <= position <= HIGHEST for position in item.b)


def test_positions_beyond_the_scale_are_held_in_order() -> None:
    """Neighbours do not meet at its end."""
    held = _Scale.held(np.array([[5.2, 5.4, 9.0], [-3.0, -2.0, -1.5], [1.0, 2.0, 3.0]]))
    assert (np.diff(held) >= LEAST_STEP - 1e-9).all()
    assert ((held >= LOWEST) & (held <= HIGHEST)).all()
    assert held[2].tolist() == [1.0, 2.0, 3.0]


def test_a_position_fitted_twice_says_so_once(model: Model) -> None:
    """A calibrated model may be calibrated again."""
    again = fit(model, drawn(model, 24))
    item = fit(replace(model, specification=again), drawn(model, 24)).items[0]
    assert item.source.count(FITTED) == 1
