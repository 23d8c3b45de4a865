"""The same evidence under other assumptions is the evidence that they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from inference.judging.model import Array, load
from inference.judging.reading import read
from inference.judging.scenarios import AT_ONCE, consider, consider_all, coverage
from inference.observations import amount, not_applicable, rate, share

if TYPE_CHECKING:
    from tests.inference.conftest import Considered

MODEL = load("journey-1")
SEEN = (
    share("ha_share", 90, 100),
    amount("dr_tests", 0.0),
    share("vmotion_ready", 4, 4),
    not_applicable("sdrs", "only vSAN here"),
)


def filled(considered: Considered, category: int) -> Array:
    """The posterior where every indicator that was not seen, and applies, is in this category, or in its highest."""
    given = {observation.indicator for observation in SEEN}
    rest = []
    for item in MODEL.scored:
        if item.id not in given:
            cuts = item.thresholds
            value = 0.0 if item.better == "higher" else cuts[0] + 1
            if category:
                value = cuts[-1] if item.better == "higher" and item.cuts[-1] != "any" else 0.0
            rest.append(amount(item.id, value))
    return considered(*SEEN, *rest).actual.probabilities


def test_unknown_in_full_use_is_every_unknown_item_at_its_highest(considered: Considered) -> None:
    """What does not apply stays out, and so does what was seen."""
    configured = {item.id for item in MODEL.scored if item.configured_category is not None}
    assert configured == {"self_service"}  # whose highest category is no configuration, so it counts in full
    assert np.allclose(considered(*SEEN).complete.probabilities, filled(considered, 3))


def test_unknown_absent_is_every_unknown_item_at_its_lowest(considered: Considered) -> None:
    """But for items of which absence says nothing."""
    silent = MODEL.positive_only & ~read(MODEL, SEEN).reading.present
    assert silent.any()
    absent = considered(*SEEN).absent.probabilities
    assert float(absent @ MODEL.grid) < float(considered(*SEEN).actual.probabilities @ MODEL.grid)
    assert np.allclose(absent, filled(considered, 0))


def test_a_raised_item_is_one_that_was_seen_one_category_higher(considered: Considered) -> None:
    """One recovery test more also lifts the cap from what is only configured in its family."""
    raised = considered(*SEEN).raised[MODEL.index["dr_tests"]]
    tested = considered(SEEN[0], amount("dr_tests", 1.0), *SEEN[2:]).stages
    assert np.allclose(raised, tested)


@pytest.mark.parametrize("level", [0.0, 1.0, 2.0])
def test_raised_self_service_counts_as_it_would(considered: Considered, level: float) -> None:
    """A product that nobody uses counts in part, whether it is there or would be."""
    raised = considered(*SEEN, amount("self_service", level)).raised[MODEL.index["self_service"]]
    assert np.allclose(raised, considered(*SEEN, amount("self_service", level + 1)).stages)


def test_without_an_item_is_as_if_it_were_unknown(considered: Considered) -> None:
    """Its cap goes with it."""
    without = considered(*SEEN).without[MODEL.index["dr_tests"]]
    assert np.allclose(without, considered(SEEN[0], *SEEN[2:]).stages)


def test_exercise_alone_leaves_out_what_is_configured(considered: Considered) -> None:
    """And the other way round; the team is judged by exercise in the families that show its skill."""
    answers = (*SEEN, share("tools_current", 50, 100), amount("self_service", 1.0))
    every = considered(*answers)
    for found, alone in (
        (every.configured, considered(SEEN[0], SEEN[2])),
        (every.exercised, considered(SEEN[1], answers[4], amount("self_service", 0.0))),
        (every.team, considered(SEEN[1], amount("self_service", 0.0))),
    ):
        assert np.allclose(found.probabilities, alone.actual.probabilities)


def test_raising_is_one_category_up_with_the_same_spread(considered: Considered) -> None:
    """The raised scenario of an exact count equals an assessment with the next category."""
    scenarios = considered(amount("biz_div", 1), amount("dr_registered", 0), amount("ft", 0))
    for name, value in (("biz_div", 3), ("dr_registered", 1), ("ft", 1)):
        others = {"biz_div": 1, "dr_registered": 0, "ft": 0} | {name: value}
        higher = considered(*(amount(other, number) for other, number in others.items())).stages
        assert scenarios.raised[MODEL.index[name]] == pytest.approx(higher)
    top = considered(amount("biz_div", 9))
    assert top.raised[MODEL.index["biz_div"]] == pytest.approx(top.stages)


def test_a_product_without_use_counts_in_part_and_is_no_exercise(considered: Considered) -> None:
    """Its evidence lies between none and use, and exercise alone sees nothing of it."""
    none, product, used = (considered(amount("self_service", level)) for level in (0, 1, 2))
    positions = [float(scenarios.actual.probabilities @ MODEL.grid) for scenarios in (none, product, used)]
    assert positions[0] < positions[1] < positions[2]
    full = MODEL.curves[MODEL.index["self_service"], 1]
    assert positions[1] < float((np.exp(MODEL.prior) * full / (np.exp(MODEL.prior) @ full)) @ MODEL.grid)
    assert product.exercised.probabilities == pytest.approx(none.exercised.probabilities)
    assert product.team.probabilities == pytest.approx(none.team.probabilities)
    assert used.exercised.probabilities == pytest.approx(used.actual.probabilities)


def test_coverage_is_of_what_applies_however_little_that_is() -> None:
    """One item that tells little is all there is to see; where nothing applies nothing was seen."""
    aside = [not_applicable(item.id, "none") for item in MODEL.scored if item.id != "snapshot_hygiene"]
    for last, expected in ((amount("snapshot_hygiene", 1.0), 1.0), (not_applicable("snapshot_hygiene", "none"), 0.0)):
        answers = read(MODEL, (*aside, last))
        assert coverage(MODEL, answers, consider(MODEL, answers).actual.probabilities) == expected


@pytest.mark.parametrize("gone", ["biz_share", "vm_per_host"])
def test_what_excuses_an_item_of_another_family_takes_the_excuse_along(considered: Considered, gone: str) -> None:
    """Few machines on a host are excused by business applications, and no longer where these are left out."""
    seen = {"biz_share": share("biz_share", 12, 100), "vm_per_host": rate("vm_per_host", 12, 4)}
    scenarios, place = considered(*seen.values(), *SEEN), MODEL.index[gone]
    rest = [observation for name, observation in seen.items() if name != gone]
    assert np.allclose(scenarios.without[place], considered(*rest, *SEEN).stages)
    assert scenarios.stages == pytest.approx(scenarios.actual.summary.probabilities)


def test_scopes_that_are_considered_together_are_each_as_alone() -> None:
    """Whatever the others are, and however many."""
    scopes = [
        read(MODEL, (share("ha_share", n, 40), amount("dr_tests", float(n % 5)), *SEEN[2:])) for n in range(2 * AT_ONCE + 1)
    ]
    for answers, found in zip(scopes, consider_all(MODEL, scopes), strict=True):
        alone = consider(MODEL, answers)
        assert found.without == pytest.approx(alone.without, abs=1e-12)
        assert found.raised == pytest.approx(alone.raised, abs=1e-12)
        assert found.complete.probabilities == pytest.approx(alone.complete.probabilities, abs=1e-12)
        assert found.families.keys() == alone.families.keys()
