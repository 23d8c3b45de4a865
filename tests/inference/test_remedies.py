"""What would make an unknown answer known is said where its reason is made, and stays with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import Extension
from inference.documents import observations_from_json
from inference.judging.model import load
from inference.observations import Missing, Remedy, first_remedy, not_yet, unknown, unreadable
from inference.pooling import Part, pool

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

MODEL = load("journey-1")


@pytest.mark.parametrize(
    ("changes", "indicator", "remedy"),
    [
        ({}, "auto_ops", Remedy.WAIT),
        ({"seen_days": 10}, "auto_ops", Remedy.RETAIN),
        ({"seen_days": None}, "auto_ops", Remedy.RETAIN),
        ({"unreadable_events": "no privilege"}, "auto_ops", Remedy.GRANT),
        ({}, "biz_share", Remedy.CLASSIFY),
        ({}, "owner_tags", Remedy.NAME_OWNERS),
        ({"seen_days": 100, "extensions": [Extension("com.vmware.vcDr", "SRM")]}, "dr_tests", Remedy.RETAIN),
    ],
)
def test_a_reason_comes_with_its_remedy(build: EstateBuilder, changes: dict[str, Any], indicator: str, remedy: Remedy) -> None:
    """Waiting helps where everything was seen; where events reach back too little they are to be kept for longer."""
    build.cluster().machines(40)
    for name, value in changes.items():
        setattr(build, name, value)
    found = build.observe(indicator)
    assert (found.state, found.remedy) == ("unknown", remedy), found.reason


def test_a_gap_is_to_be_granted(build: EstateBuilder) -> None:
    """Also where more is said of what follows from it."""
    found = build.cluster().machines(40).gap("datastores").observe("svmotion_rate")
    assert (found.state, found.remedy) == ("unknown", Remedy.GRANT)
    assert found.reason.endswith("; there may be no second datastore to move to")


def test_of_several_remedies_the_first_is_told() -> None:
    """What can be done comes before what has to be waited for; a reason without one says nothing."""
    parts = [unknown("ha_share", why) for why in (not_yet("b"), Missing("c"), unreadable("a"))]
    found = next(o for o in pool([Part((each,), 1.0) for each in parts], MODEL) if o.indicator == "ha_share")
    assert (found.reason, found.remedy) == ("a; b; c", Remedy.GRANT)
    assert first_remedy([None, Remedy.WAIT, Remedy.RETAIN]) == Remedy.RETAIN
    assert first_remedy([None]) is None


@pytest.mark.parametrize(("said", "remedy"), [("grant", Remedy.GRANT), (None, None), ("of a newer version", None), ({}, None)])
def test_a_document_keeps_the_remedy(said: object, remedy: Remedy | None) -> None:
    """One that this version does not know is left out, as in documents from before there was any."""
    entry = {"indicator": "ha_share", "state": "unknown", "reason": "why", "remedy": said}
    (found,) = observations_from_json([entry], MODEL)
    assert found == unknown("ha_share", Missing("why", remedy))
    del entry["remedy"]
    assert observations_from_json([entry], MODEL) == (unknown("ha_share", Missing("why")),)


def test_an_observation_holds_plain_text(build: EstateBuilder) -> None:
    """What goes into documents and databases is text and nothing more."""
    assert type(build.cluster().machines(40).gap("datastores").observe("svmotion_rate").reason) is str
