"""Laws that hold for every set of observations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.judging.judge import Case, judge
from inference.judging.model import DIRECTORY, Model, load, parse, prepare
from inference.judging.specification import Item
from inference.observations import Missing, Observation, amount, not_applicable, rate, share, unknown
from inference.results import Assessment, Scope

MODEL = load("journey-1")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("vcenter", "uuid", "prod", "prod")
ROUNDING = 1e-6
GIVING_WAY = 0.01
"""What a stage may lose where more exercise lets configuration beside it count one category more.

All at once, what counted as "exactly the cap" counts as one above, and fewer teams have just that.
"""

QUICK = settings(max_examples=50, deadline=None)


def judged(*observations: Observation, model: Model = MODEL) -> Assessment:
    """The assessment of some observations."""
    return judge(Case(SCOPE, NOW, observations), model)


def reaching(assessment: Assessment) -> list[float]:
    """P(position >= stage) for stages 1 to 3."""
    return [sum(assessment.posterior.probabilities[stage:]) for stage in (1, 2, 3)]


@st.composite
def answer(draw: st.DrawFn, item: Item) -> Observation:
    """Any sound answer to an item: in each of the three states, with few and with many numbers, on its cuts and between."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([unknown(item.id, Missing("not readable")), not_applicable(item.id, "not here")]))
    seen = draw(st.floats(0.05, 1.0))
    if item.measure == "share":
        total = draw(st.integers(max(1, int(item.minimum)), 3000))
        near = [min(total, max(0, round(cut * total) + shift)) for cut in item.thresholds for shift in (-1, 0)]
        return share(item.id, draw(st.one_of(st.integers(0, total), st.sampled_from([0, total, *near]))), total, seen=seen)
    if item.measure == "rate":
        return rate(item.id, draw(st.integers(0, 400)), draw(st.floats(item.minimum, 60.0)), seen=seen)
    highest = item.maximum or (max(item.thresholds) * 2 if item.cuts else 10)
    return amount(item.id, draw(st.integers(0, int(highest))), seen=seen)


@st.composite
def estates(draw: st.DrawFn) -> tuple[Observation, ...]:
    """Answers to some of the model's items."""
    chosen = draw(st.lists(st.sampled_from(MODEL.items), min_size=1, unique_by=lambda item: item.id))
    return tuple(draw(answer(item)) for item in chosen)


@st.composite
def raised(draw: st.DrawFn) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """An estate, and the same with one observed indicator better in the same population: higher, or lower where that is."""
    low = draw(estates())
    observed = [o for o in low if o.state == "observed"]
    if not observed:
        return low, low
    chosen = draw(st.sampled_from(observed))
    if chosen.denominator is not None and chosen.numerator is not None:
        limit = chosen.denominator if MODEL.by_id[chosen.indicator].measure == "share" else chosen.numerator + 300
        numerator = draw(st.one_of(st.floats(chosen.numerator, limit), st.just(min(limit, chosen.numerator + 1))))
        high = replace(chosen, numerator=numerator, value=numerator / chosen.denominator)
    elif MODEL.by_id[chosen.indicator].better == "lower":
        high = replace(chosen, value=(chosen.value or 0.0) / draw(st.integers(2, 50)))
    else:
        value = (chosen.value or 0.0) + draw(st.integers(1, 50))
        high = replace(chosen, value=min(value, MODEL.by_id[chosen.indicator].maximum or value))
    return low, tuple(high if o is chosen else o for o in low)


@QUICK
@given(raised())
def test_raising_an_indicator_never_lowers_a_stage(pair: tuple[tuple[Observation, ...], tuple[Observation, ...]]) -> None:
    """Each P(position >= stage) stays or rises, soft categories and caps included, but where a cap gives way."""
    before, after = (reaching(judged(*observations)) for observations in pair)
    allowed = GIVING_WAY if lifts_a_cap(*pair) else ROUNDING
    assert all(high >= low - allowed for low, high in zip(before, after, strict=True))


def lifts_a_cap(low: tuple[Observation, ...], high: tuple[Observation, ...]) -> bool:
    """Whether what was raised reaches another category in a family where configuration is capped, and is exercised."""
    changed = [(a, b) for a, b in zip(low, high, strict=True) if a is not b]
    return any(
        item.kind == "exercised"
        and MODEL.capped[[other.family == item.family for other in MODEL.scored]].any()
        and item.category(a.value or 0.0) != item.category(b.value or 0.0)
        for a, b in changed
        for item in [MODEL.by_id[a.indicator]]
    )


def test_a_cap_that_gives_way_costs_a_stage_little() -> None:
    """The worst that a search found: a family of few hosts and machines in which one share passes its cut by a hair."""
    rest = (
        *(share("hw_version", 0, 10), share("host_baseline", 1, 2), share("template_share", 2, 10), share("size_std", 1, 1)),
        *(share("dvs_share", 1, 1), share("snapshot_hygiene", 1, 3), share("ha_admission", 0, 10), share("big_vm", 1, 2)),
        *(share("auto_ops", 1, 1), share("biz_share", 0, 2), share("drs_initiated", 1, 2), rate("svmotion_rate", 3, 0.05)),
        *(amount("vm_per_host", 1.0), amount("dr_registered", 1.0)),
    )
    before, after = (reaching(judged(share("build_homogeneity", 2500 + step, 5000), *rest)) for step in (-1e-6, 1e-6))
    assert 0.001 < before[0] - after[0] < GIVING_WAY


@pytest.mark.parametrize("item", MODEL.scored, ids=lambda item: item.id)
def test_every_indicator_climbs_through_its_exact_values(item: Item) -> None:
    """From none to beyond the last cut, downwards where less is better, among other evidence, no step lowers any stage."""
    others = (share("vmotion_ready", 6, 8), share("drs_auto", 60, 80), share("ha_share", 70, 80), share("cluster_share", 6, 8))
    rest = tuple(o for o in others if o.indicator != item.id)
    values = sorted({0.0, *item.thresholds, *(cut * 0.999 for cut in item.thresholds), item.thresholds[-1] or 1.0})
    values = values[::-1] if item.better == "lower" else values
    steps = [reaching(judged(amount(item.id, value), *rest)) for value in values]
    for low, high in pairwise(steps):
        assert all(after >= before - ROUNDING for before, after in zip(low, high, strict=True))


@QUICK
@given(estates(), st.randoms(use_true_random=False))
def test_order_means_nothing(observations: tuple[Observation, ...], random: Random) -> None:
    """Any order of the observations gives the same assessment."""
    shuffled = list(observations)
    random.shuffle(shuffled)
    assert judged(*shuffled) == judged(*observations)


@QUICK
@given(estates())
def test_the_order_of_items_in_the_model_means_nothing(observations: tuple[Observation, ...]) -> None:
    """A model that lists its items backwards thinks the same."""
    backwards = prepare(MODEL.specification.model_copy(update={"items": MODEL.items[::-1]}), MODEL.sha256)
    one, other = judged(*observations), judged(*observations, model=backwards)
    assert other.posterior.probabilities == pytest.approx(one.posterior.probabilities)
    assert other.coverage == pytest.approx(one.coverage)
    assert {flag.id for flag in other.flags} == {flag.id for flag in one.flags}


@QUICK
@given(estates())
def test_shares_stay_shares(observations: tuple[Observation, ...]) -> None:
    """Probabilities sum to one; coverage and certainty lie between 0 and 1; below the floor there is no stage."""
    assessment = judged(*observations)
    assert sum(assessment.posterior.probabilities) == pytest.approx(1.0)
    assert 0 <= assessment.coverage <= 1
    assert 0 <= assessment.certainty <= 1
    assert 0 <= assessment.posterior.interval80[0] <= assessment.posterior.position <= 4
    assert (assessment.inferred is None) == (assessment.coverage < 0.35)
    assert len(assessment.evidence) == len(MODEL.items)


@QUICK
@given(estates(), st.data())
def test_unknown_answers_are_as_good_as_no_answers(observations: tuple[Observation, ...], data: st.DataObject) -> None:
    """To say unknown changes nothing against saying nothing, and only coverage tells not applicable from unknown."""
    hidden = data.draw(st.sampled_from(observations))
    rest = [o for o in observations if o is not hidden]
    silent = judged(*rest)
    loud = judged(*rest, unknown(hidden.indicator, Missing("not readable")))
    elsewhere = judged(*rest, not_applicable(hidden.indicator, "not here"))
    assert loud.posterior == silent.posterior == elsewhere.posterior
    assert loud.coverage == silent.coverage <= elsewhere.coverage


@QUICK
@given(estates())
def test_observing_nothing_is_the_prior_and_coverage_none(observations: tuple[Observation, ...]) -> None:
    """With every answer taken away only the prior is left, and no stage."""
    blind = judged(*(unknown(o.indicator, Missing("not readable")) for o in observations))
    assert blind.posterior.probabilities == pytest.approx((0.1, 0.35, 0.35, 0.2))
    assert (blind.coverage, blind.inferred) == (0.0, None)


@pytest.mark.parametrize("item", [item for item in MODEL.scored if item.measure == "share"], ids=lambda item: item.id)
def test_fewer_numbers_move_towards_the_prior(item: Item) -> None:
    """The same share of fewer is nearer to the prior than of many."""
    prior = (0.1, 0.35, 0.35, 0.2)

    def distance(total: int) -> float:
        shares = judged(share(item.id, total, total)).posterior.probabilities
        return sum(abs(own - of_prior) for own, of_prior in zip(shares, prior, strict=True))

    assert distance(10) < distance(1000)


def test_zero_unknown_and_not_applicable_are_three_things() -> None:
    """Observed zero moves the posterior, unknown lowers coverage, not applicable does neither."""
    base = (share("ha_share", 80, 100), share("cluster_share", 9, 10), amount("scale", 100))
    zero = judged(*base, share("maint_evac", 0, 12))
    hidden = judged(*base, unknown("maint_evac", Missing("not readable")))
    absent = judged(*base, not_applicable("maint_evac", "no host was in maintenance"))
    assert reaching(zero)[1] < reaching(hidden)[1]
    assert hidden.posterior == absent.posterior
    assert zero.coverage > absent.coverage > hidden.coverage


def test_parsing_the_same_file_again_changes_nothing() -> None:
    """Stored raw observations scored again with the same file give the same assessment."""
    content = (DIRECTORY / "journey-1.yaml").read_bytes()
    observations = share("maint_evac", 4, 5), amount("scale", 90)
    assert judged(*observations, model=parse(content, source="again")) == judged(*observations)
