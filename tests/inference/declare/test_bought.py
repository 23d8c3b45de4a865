"""What was bought and is not exercised: it promotes nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from inference.declare import step
from inference.judging.model import load
from inference.results import Declaration, Flag

if TYPE_CHECKING:
    from tests.inference.declare.conftest import Daily, Declared, Live, Look, Shares

MODEL = load("journey-1")
STAGE0, STAGE1, STAGE2 = (0.9, 0.1, 0.0, 0.0), (0.05, 0.9, 0.05, 0.0), (0.0, 0.05, 0.9, 0.05)
BOUGHT = (Flag("bought_not_exercised", "Configuration is 1.6 stages ahead of what is exercised."),)


@pytest.mark.parametrize("quorum", [None, 2], ids=["vcenter", "fleet"])
def test_what_was_bought_promotes_nobody(quorum: int | None, daily: Daily, declared: Declared, live: Live) -> None:
    """Stage 2 is all but certain and nothing is used: it is not declared until the flag is gone for a dwell, then it is."""
    flagged = (replace(each, flags=BOUGHT) for each in daily(1, 60, stage=2, quorum=quorum))
    state, transitions = live(flagged, declared(1))
    assert (state.declared, state.candidate, transitions) == (1, None, [])
    _, later = live(daily(61, 75, stage=2, quorum=quorum), state)
    assert [(change.after, change.day) for change in later] == [(2, 75)]


def test_what_was_bought_still_falls(daily: Daily, declared: Declared, live: Live) -> None:
    """The flag holds back promotions alone."""
    _, transitions = live((replace(each, flags=BOUGHT) for each in daily(1, 29, stage=1)), declared(2))
    assert [change.after for change in transitions] == [1]


@pytest.mark.parametrize(
    ("shares", "confirmed", "stage"), [(STAGE2, False, 1), (STAGE2, True, 2), (STAGE1, False, 1), (STAGE0, False, 0)]
)
def test_a_first_declaration_of_what_was_bought_is_one_lower(shares: Shares, confirmed: bool, stage: int, look: Look) -> None:
    """What is read and neither exercised nor confirmed is not where an estate begins; a bought platform is a platform."""
    each = replace(look(0, shares), flags=BOUGHT, confirmed=confirmed)
    assert step(Declaration(), each, model=MODEL, evidence_days=30)[0].declared == stage
