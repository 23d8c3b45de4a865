"""Census and trials: single looks at many estates, and the same with evidence taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.estate.estate import Estate
from inference.judging.model import Model, prepare
from inference.judging.posterior import Reading
from inference.observations import amount
from inference.results import Assessment
from vjourney.laboratory.alignment import halfway_offsets
from vjourney.laboratory.archetypes import ARCHETYPES, build
from vjourney.laboratory.ceiling import _drawn, of_ceiling, of_form, of_positions
from vjourney.laboratory.census import Case, cases, disputed, read_estate, samples
from vjourney.laboratory.gaming import of_gaming
from vjourney.laboratory.measures import trusting
from vjourney.laboratory.metrics import ranked_probability_score
from vjourney.laboratory.trials import Bench

SEED = 1000


@pytest.fixture(scope="module")
def few(model: Model) -> list[Case]:
    """A handful of estates."""
    return cases(SEED, range(6), model)


def test_numbers_make_the_same_estates_in_any_company(few: list[Case], model: Model) -> None:
    """An estate depends on its number alone, so processes may share the work."""
    assert cases(SEED, [4], model)[0] == few[4]


def test_gaming_changes_settings_and_no_conduct(few: list[Case]) -> None:
    """The day after every switch was turned on, what is configured reads at least as high, and no past move has changed."""
    gamed = [(case.opinion, case.gamed) for case in few if case.gamed is not None]
    assert gamed
    for honest, fake in gamed:
        one, other = ({o.indicator: o for o in opinion.observations} for opinion in (honest, fake))
        assert other["drs_auto"].value == 1
        assert fake.position > honest.position
        for name in ("vmotion_rate", "svmotion_rate", "churn", "biz_share"):
            assert (other[name].numerator, other[name].denominator) == (one[name].numerator, one[name].denominator)


def test_watching_adds_what_was_hidden_or_not_yet_seen(few: list[Case]) -> None:
    """Nothing that was seen is lost by seeing more, and windows are seen whole."""
    for case in few:
        assert case.watched.coverage >= case.opinion.coverage
        tests = next(found for found in case.watched.observations if found.indicator == "dr_tests")
        assert (tests.state, tests.seen) == ("observed", 1.0)


def test_offsets_tell_how_much_later_scripts_are_than_the_model(few: list[Case], model: Model) -> None:
    """Where what is observed is what the model expects of a position half a stage lower, the scripts are half a stage late."""
    item = model.by_id["ha_share"]
    rng, known = np.random.default_rng(1), []
    for truth in rng.uniform(0, 4, 400):
        reached = sum(rng.random() < 1 / (1 + np.exp(-(item.a or 0) * (truth - 0.5 - begin))) for begin in item.b)
        answer = amount("ha_share", (0.0, 0.5, 0.8, 1.0)[reached])
        known.append(replace(few[0], truth=truth, watched=replace(few[0].watched, observations=(answer,))))
    (offset,) = halfway_offsets(known, model)
    assert offset == pytest.approx(0.5, abs=0.1)


def test_a_later_world_reads_lower(model: Model) -> None:
    """Where every practice comes later than the scale has it, the same organisations look less far."""
    rows = disputed(SEED, range(4), model)
    assert all(early.truth == late.truth == alike.truth and late.gamed is None for early, late, alike in rows)
    assert np.mean([late.opinion.position - early.opinion.position for early, late, _ in rows]) < 0


def test_gaming_counts_promotions_and_flags(few: list[Case], model: Model) -> None:
    """An estate that reads stage 2 only by its settings is a promotion, unless the flag holds it back."""
    base = next(case for case in few if case.gamed is not None)
    low, high = (0.0, 0.9, 0.1, 0.0), (0.0, 0.1, 0.9, 0.0)
    honest = replace(base.opinion, probabilities=low, flags=())
    open_handed = replace(base.opinion, probabilities=high, flags=(), confirmed=False)
    caught = replace(base.opinion, probabilities=high, flags=("bought_not_exercised",))
    cases = [replace(base, opinion=honest, gamed=fake, switched=fake) for fake in (open_handed, caught)]
    figures = {figure.id: figure.value for figure in of_gaming(cases, model, np.random.default_rng(1))}
    assert figures["gaming_lift"] == 0.5
    assert figures["gaming_lift_inferred"] == 1
    assert figures["gaming_flagged"] == 0.5
    assert figures["gaming_doubted"] == 1


def test_a_fitted_regression_learns_what_is_there_to_learn(few: list[Case], model: Model) -> None:
    """Where categories follow the position it scores well; where they are shuffled, as badly as no skill."""
    rng, bench = np.random.default_rng(2), Bench(model, [case.opinion for case in few])
    positions = rng.uniform(0, 4, 300)
    ranks = np.clip(positions[:, None] + rng.normal(0, 0.3, (300, len(model.scored))), 0, 3).round().astype(int)
    present = rng.random(ranks.shape) < 0.8
    scores = []
    for order in (np.arange(300), rng.permutation(300)):
        other = bench.with_reading(Reading(np.eye(4)[ranks[order]], ranks[order], present))
        (figure,) = of_ceiling(positions, positions.astype(int), other, rng)
        scores.append(figure.value)
    assert scores[0] < 0.05
    assert scores[1] > 0.15


def test_in_a_world_of_its_own_form_the_model_reads_well(few: list[Case], model: Model) -> None:
    """With all items seen it is far better than the prior, which is what is left where none is."""
    rng, positions = np.random.default_rng(2), np.random.default_rng(3).uniform(0, 4, 300)
    scores = []
    for seen in (True, False):
        present = np.full((300, len(model.scored)), seen)
        nothing = Reading(np.zeros((*present.shape, 4)), np.zeros(present.shape, int), present)
        bench = Bench(model, [case.opinion for case in few]).with_reading(nothing)
        (figure,) = of_form(positions, positions.astype(int), bench, rng)
        scores.append(figure.value)
    assert scores[0] < 0.045
    assert scores[1] > 0.15


def test_fitted_positions_undo_an_error_of_all_items(few: list[Case], model: Model) -> None:
    """Where everything comes 0.6 stages later than the model has it, most of what that costs is won back."""
    rng, positions = np.random.default_rng(2), np.random.default_rng(3).uniform(0, 4, 240)
    stages, opinions = positions.astype(int), [case.opinion for case in few]
    items = tuple(item.model_copy(update={"b": tuple(b + 0.6 for b in item.b)}) for item in model.specification.items)
    late = prepare(model.specification.model_copy(update={"items": items}), "")
    seen = np.ones((240, len(model.scored)), np.bool_)
    nothing = Reading(np.zeros((*seen.shape, 4)), np.zeros(seen.shape, int), seen)
    there = _drawn(positions, Bench(late, opinions).with_reading(nothing), rng)
    here = Bench(model, opinions).with_reading(there.reading)
    right, wrong = (float(ranked_probability_score(bench.stages(), stages).mean()) for bench in (there, here))
    (figure,) = of_positions(stages, here, rng)
    assert figure.value < right + (wrong - right) / 3


def test_the_bench_reads_what_the_judge_read(few: list[Case], model: Model) -> None:
    """Side by side the posteriors are those of single assessments."""
    bench = Bench(model, [case.opinion for case in few])
    expected = np.array([case.opinion.probabilities for case in few])
    assert bench.stages() == pytest.approx(expected, abs=1e-9)
    assert bench.positions() == pytest.approx([case.opinion.position for case in few], abs=1e-9)


def test_a_trusting_model_takes_settings_at_their_word(model: Model) -> None:
    """What is configured tells twice as much as the model has it, up to its limit, and what is exercised the same."""
    full = trusting(model)
    assert (full.curves[model.exercised] == model.curves[model.exercised]).all()
    sharper = full.information[~model.exercised].max(axis=1) / model.information[~model.exercised].max(axis=1)
    assert (sharper > 2).all()


def test_without_any_evidence_the_prior_is_left(few: list[Case], model: Model) -> None:
    """Nothing observed is nothing learned."""
    bench = Bench(model, [case.opinion for case in few])
    nothing = np.zeros_like(bench.reading.present)
    assert bench.stages(nothing)[0] == pytest.approx(model.specification.prior.value, abs=0.02)


def test_families_are_left_out_and_left_alone(few: list[Case], model: Model) -> None:
    """What is without a family and what is only of it make up the whole."""
    bench = Bench(model, [case.opinion for case in few])
    for family in range(len(model.specification.families)):
        assert not (bench.without(family) & bench.only(family)).any()
        assert ((bench.without(family) | bench.only(family)) == bench.reading.present).all()


def test_hiding_what_looks_bad_never_hides_what_looks_good(few: list[Case], model: Model) -> None:
    """Only items below the middle of their estate disappear."""
    bench = Bench(model, [case.opinion for case in few])
    hidden = bench.reading.present & ~bench.flattered(np.random.default_rng(1))
    top = np.where(bench.reading.present, bench.reading.hard, -1).max(axis=1, keepdims=True)
    assert not (hidden & (bench.reading.hard == top)).any()


def example(name: str, model: Model, seed: int) -> Assessment:
    """One example of an archetype as the model reads it."""
    archetype = next(archetype for archetype in ARCHETYPES if archetype.id == name)
    return read_estate(Estate.of(*build(archetype, np.random.default_rng([SEED, seed]))), model)


@pytest.mark.parametrize("seed", range(3))
def test_shelfware_is_told_from_use(model: Model, seed: int) -> None:
    """Everything switched on and nothing used reads low, or as unconfirmed; and there is always something to look into."""
    assessment = example("shelfware", model, seed)
    assert assessment.inferred in {0, 1} or (assessment.inferred == 2 and not assessment.confirmed)
    assert {flag.id for flag in assessment.flags} & {"bought_not_exercised", "families_disagree", "depends_on_unknown"}


def test_examples_are_declared_as_the_service_would(model: Model) -> None:
    """The first declaration of each archetype; where too little is seen there is none, and what was bought is held back."""
    found = {sample.archetype: sample for sample in samples(SEED, [0], model)}
    assert found.keys() == {archetype.id for archetype in ARCHETYPES}
    assert found["provider"].declared == found["provider"].opinion.inferred == 3
    assert found["shelfware"].declared in {0, 1}


def test_a_lab_is_no_data_centre(model: Model) -> None:
    """Two lone hosts are never business production."""
    assert example("lab", model, 1).inferred in {0, 1}


def test_a_provider_is_no_lab(model: Model) -> None:
    """A portal, automation and churn are at least business production."""
    assert example("provider", model, 1).inferred in {2, 3}
