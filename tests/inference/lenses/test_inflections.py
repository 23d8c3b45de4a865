"""Inflection points: reached with a date, looked for and not seen, or not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from inference.declared import Policy
from inference.lenses.basis import UNSEEN
from inference.lenses.inflections import Inflection, inflection_points
from inference.observations import amount

if TYPE_CHECKING:
    from inference.lenses.basis import Basis
    from tests.inference.lenses.conftest import BasisBuilder

THEN = datetime(2024, 2, 3, 4, tzinfo=UTC)


def point(basis: Basis, name: str) -> Inflection:
    """The turn with this id."""
    return next(point for point in inflection_points(basis) if point.id == name)


def test_nothing_known_is_not_known_and_not_unseen(scope: BasisBuilder) -> None:
    """Without evidence no turn was missed."""
    assert {point.state for point in inflection_points(scope.basis())} == {"not_known"}


def test_each_turn_has_an_id_of_its_own(scope: BasisBuilder) -> None:
    """The three turns of the journey are among them, in its order."""
    ids = [point.id for point in inflection_points(scope.basis())]
    assert len(set(ids)) == len(ids)
    assert ids[:2] == ["vmotion_learned", "first_business_applications"]
    assert ids[-2:] == ["policy_declared", "policy_enforced"]


def test_vmotion_looked_for_and_not_seen(scope: BasisBuilder) -> None:
    """No migration in a window that was seen is an answer."""
    assert point(scope.feature("vmotion", 1.0, 0.0).basis(), "vmotion_learned").state == "not_seen"


def test_a_configured_feature_that_could_not_be_followed_is_not_known(scope: BasisBuilder) -> None:
    """Configured is not exercised, and unseen is not never."""
    assert point(scope.feature("vmotion", 1.0, None).basis(), "vmotion_learned").state == "not_known"


def test_vmotion_learned_has_its_date_and_evidence(scope: BasisBuilder) -> None:
    """The date is that of the milestone, the evidence what is exercised now."""
    learned = point(scope.feature("vmotion", 1.0, 12.0, "moves").milestone("first_vmotion", THEN).basis(), "vmotion_learned")
    assert (learned.state, learned.first_seen) == ("reached", THEN)
    assert learned.evidence == ("12 moves, last on 2024-06-01.",)


def test_the_chasm_lies_ahead_where_no_business_application_was_found(scope: BasisBuilder) -> None:
    """Names were read and none is a business application."""
    assert point(scope.observation(amount("biz_div", 0), 0).basis(), "first_business_applications").state == "not_seen"


def test_the_chasm_is_not_known_with_its_reason(scope: BasisBuilder) -> None:
    """The reason of the indicator is the reason here."""
    chasm = point(scope.not_seen("biz_div", "names say too little").basis(), "first_business_applications")
    assert chasm.state == "not_known"
    assert "names say too little" in chasm.statement.text


def test_a_crossed_chasm_stays_crossed(scope: BasisBuilder) -> None:
    """The first date holds although none is seen now, and that is said."""
    scope.milestone("first_business_application", THEN).observation(amount("biz_div", 0), 0)
    chasm = point(scope.basis(), "first_business_applications")
    assert (chasm.state, chasm.first_seen) == ("reached", THEN)
    assert chasm.statement.text == "First seen on 2024-02-03. None is seen any more."


def test_a_crossed_chasm_of_which_some_or_nothing_is_seen_says_no_more(scope: BasisBuilder) -> None:
    """That none is seen is said only where it was looked for."""
    scope.milestone("first_vmotion", THEN - timedelta(days=9)).milestone("first_business_application", THEN)
    assert point(scope.basis(), "first_business_applications").statement.text == "First seen on 2024-02-03."
    scope.observation(amount("biz_div", 2), 1)
    assert point(scope.basis(), "first_business_applications").statement.text == "First seen on 2024-02-03."


def test_desktops_by_their_share(scope: BasisBuilder) -> None:
    """Any share is reached, none is not."""
    none = point(scope.observation(amount("vdi_share", 0.0), 0).basis(), "desktops_learned")
    assert (none.state, none.statement.text) == ("not_seen", "No virtual desktop was seen.")


def test_desktops_that_run_are_told_by_their_share(scope: BasisBuilder) -> None:
    """A quarter of what runs."""
    some = point(scope.observation(amount("vdi_share", 0.25), 3).basis(), "desktops_learned")
    assert (some.state, some.statement.text) == ("reached", "25% of powered-on VMs are virtual desktops.")


def test_desktops_that_nobody_needs_were_looked_for(scope: BasisBuilder) -> None:
    """An estate without desktops is no estate of which that is unknown."""
    assert point(scope.does_not_apply("vdi_share", "none runs here").basis(), "desktops_learned").state == "not_seen"


def test_a_policy_is_shown_as_declared(scope: BasisBuilder, day: date) -> None:
    """In place and enforced, each since its own day."""
    since, enforced_since = day - timedelta(days=900), day - timedelta(days=300)
    policy = Policy(in_place=True, since=since, enforced=True, enforced_since=enforced_since, declared_on=day)
    basis = scope.declared(policy=policy).basis()
    placed, enforced = point(basis, "policy_declared"), point(basis, "policy_enforced")
    assert (placed.state, placed.first_seen, placed.statement.source) == ("reached", since, "declared")
    assert (enforced.state, enforced.first_seen, enforced.statement.declared_on) == ("reached", enforced_since, day)
    assert (placed.statement.text, enforced.statement.text) == (
        f"The policy has been in place since {since}.",
        f"It has been enforced since {enforced_since}.",
    )


def test_a_policy_may_be_declared_without_its_days(scope: BasisBuilder, day: date) -> None:
    """It is there, and since when is not declared."""
    basis = scope.declared(policy=Policy(in_place=True, enforced=True, declared_on=day)).basis()
    placed, enforced = point(basis, "policy_declared"), point(basis, "policy_enforced")
    assert (placed.statement.text, enforced.statement.text) == (
        "The policy has been in place since a day that is not declared.",
        "It has been enforced since a day that is not declared.",
    )
    assert (placed.first_seen, enforced.first_seen) == (None, None)


@pytest.mark.parametrize(
    ("in_place", "text"),
    [
        (True, "It is in place but not enforced, so physical servers may still be easy to get."),
        (False, "There is no policy to enforce."),
    ],
)
def test_a_policy_that_is_not_enforced_says_which_it_is(scope: BasisBuilder, day: date, in_place: bool, text: str) -> None:
    """None to enforce, or one that is not, whatever is said of the other."""
    policy = Policy(in_place=in_place, enforced=False, declared_on=day)
    assert point(scope.declared(policy=policy).basis(), "policy_enforced").statement.text == text


def test_a_policy_not_enforced_differs_from_one_of_which_nothing_is_said(scope: BasisBuilder, day: date) -> None:
    """No, not in place, and not known are three answers."""
    answers = []
    for policy in (
        Policy(in_place=False, declared_on=day),
        Policy(in_place=True, enforced=False, declared_on=day),
        Policy(in_place=True, declared_on=day),
    ):
        basis = scope.declared(policy=policy).basis()
        answers.append((point(basis, "policy_declared").state, point(basis, "policy_enforced").state))
    assert answers == [("not_seen", "not_seen"), ("reached", "not_seen"), ("reached", "not_known")]


@pytest.mark.parametrize(
    ("used", "state", "source", "said"),
    [
        (None, "not_known", "declared", f"{UNSEEN} The product is declared as in use."),
        (0.0, "not_seen", "both", "Not seen yet. The product is declared as in use."),
    ],
)
def test_a_product_that_is_declared_is_told_and_takes_no_turn(
    scope: BasisBuilder, day: date, used: float | None, state: str, source: str, said: str
) -> None:
    """In use is not yet tested; a statement of the operator is not passed over all the same."""
    scope.feature("srm", None, used).declared(products={"recovery": day})
    turns = {turn.id: turn for turn in inflection_points(scope.basis())}
    recovery = turns["recovery_learned"]
    assert (recovery.state, recovery.statement.source, recovery.statement.text) == (state, source, said)
    assert recovery.statement.declared_on == day
    assert "declared as in use" not in turns["drs_learned"].statement.text
    seen = scope.milestone("first_recovery_test", THEN).basis()
    assert next(t for t in inflection_points(seen) if t.id == "recovery_learned").statement.source == "telemetry"
