"""Observations from JSON documents and from what-if values: what is refused, and what they mean."""

from __future__ import annotations

import json
import math

import pytest

from inference.documents import ObservationsError, observations_from_json, what_if
from inference.judging.model import load
from inference.observations import Missing, Observation, amount, not_applicable, share, unknown

MODEL = load("journey-1")


def problems(*entries: object) -> tuple[str, ...]:
    """The problems of a document with these entries."""
    with pytest.raises(ObservationsError) as caught:
        observations_from_json({"observations": list(entries)}, MODEL)
    return caught.value.problems


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"indicator": "ha_shar", "value": 1}, "no indicator 'ha_shar'; did you mean ha_share?"),
        ({"indicator": "zzz", "value": 1}, "no indicator 'zzz'; vjourney model show lists them"),
        ({"value": 1}, 'names no indicator; write "indicator": and one that'),
        ({"indicator": "ha_share"}, "ha_share: has neither a value nor a state; write one of them"),
        ({"indicator": "ha_share", "vlaue": 0.8, "evidence": ["8 of 10"]}, "has neither a value nor a state"),
        ({"indicator": "ha_share", "category": 2, "value": None}, "has neither a value nor a state"),
        (
            {"indicator": "ha_share", "category": 2, "state": "observed"},
            "it is observed and has no value; give it, or say unknown",
        ),
        ({"indicator": "ha_share", "category": 2, "state": "unknown"}, "state unknown contradicts its category 2"),
        ("ha_share", "is str and must be an object"),
        ({"indicator": "ha_share", "value": -0.1}, "ha_share: value -0.1 is negative"),
        ({"indicator": "scale", "value": 1e16}, "scale: value 1e+16 is too large; 1e+15 is the most"),
        ({"indicator": "vmotion_rate", "numerator": 1e308, "denominator": 1e300}, "numerator 1e+308 is too large"),
        ({"indicator": "ha_share", "value": 1.2}, "ha_share: share 1.2 is above 1; 80 % is 0.8"),
        ({"indicator": "ha_share", "value": math.nan}, "ha_share: value is nan, not a finite number"),
        ({"indicator": "ha_share", "value": math.inf}, "ha_share: value is inf, not a finite number"),
        ({"indicator": "ha_share", "value": "much"}, "ha_share: value 'much' is not a number; write it like 0.8"),
        ({"indicator": "ha_share", "value": True}, "ha_share: value True is not a number"),
        ({"indicator": "scale", "value": 10**400}, "is not a number"),
        ({"indicator": "self_service", "value": 7}, "self_service: value 7 is above 3, the highest there is"),
        ({"indicator": "dr_registered", "numerator": 2}, "dr_registered: value 2 is above 1, the highest there is"),
        ({"indicator": "ha_share", "numerator": 7, "denominator": 5}, "7 of 5 is more than there are"),
        ({"indicator": "ha_share", "numerator": 7}, "numerator and denominator come together"),
        ({"indicator": "ha_share", "numerator": 0, "denominator": 0}, "denominator is 0; say unknown instead"),
        ({"indicator": "ha_share", "value": 0.9, "numerator": 1, "denominator": 5}, "value 0.9 is not 1 / 5"),
        ({"indicator": "ha_share", "state": "observed"}, "it is observed and has no value"),
        ({"indicator": "ha_share", "state": "maybe", "value": 1}, "state 'maybe' is none of observed, unknown, not_applicable"),
        ({"indicator": "ha_share", "value": 1, "seen": 2}, "seen 2 is above 1"),
        (
            {"indicator": "scale", "value": 100, "state": "unknown"},
            "state unknown contradicts its value 100; leave one of them out",
        ),
        ({"indicator": "ft", "numerator": 3, "state": "not_applicable"}, "state not_applicable contradicts its numerator 3"),
        ({"indicator": "ft", "value": 3, "evidence": "seen"}, "ft: evidence is str and must be a list of sentences"),
    ],
)
def test_entries_that_make_no_sense_are_named(entry: object, message: str) -> None:
    """Each has its place, its indicator and what is wrong."""
    found = problems({"indicator": "sdrs", "state": "unknown"}, entry)
    assert any(message in problem for problem in found)
    assert all(problem.startswith("observations[1]") for problem in found)


def test_every_problem_is_listed_at_once() -> None:
    """Three bad entries, one of them a repetition, give three problems."""
    found = problems(
        {"indicator": "ha_share", "value": 2},
        {"indicator": "scale", "value": 3},
        {"indicator": "scale", "value": 4},
        {"indicator": "x"},
    )
    assert len(found) == 3
    assert "observations[2]: indicator scale is given twice" in found


@pytest.mark.parametrize("document", [None, 3, "text", {}, {"observations": {}}, {"assessments": []}])
def test_documents_without_observations_are_refused(document: object) -> None:
    """Anything else than one assessment says what to give."""
    with pytest.raises(ObservationsError):
        observations_from_json(document, MODEL)


def test_the_three_states_are_read_as_they_are() -> None:
    """Numbers keep their population, a value alone is exact, reasons and evidence stay, keys of the contract are ignored."""
    text = """{"observations": [
        {"indicator": "ha_share", "family": "availability", "kind": "configured", "state": "observed", "reason": "",
         "value": 0.75, "unit": "share", "numerator": 3, "denominator": 4, "category": 2, "contribution": 0.1,
         "evidence": ["3 of 4"], "seen": 0.5},
        {"indicator": "scale", "value": 40},
        {"indicator": "ft", "state": "unknown", "reason": "no rights", "value": null, "evidence": ["2 hosts"]},
        {"indicator": "sdrs", "state": "not_applicable", "reason": "vSAN"},
        {"indicator": "drs_auto", "state": null, "numerator": 1, "denominator": 2},
        {"indicator": "biz_div", "value": null},
        {"indicator": "churn", "reason": "no events"}]}"""
    assert observations_from_json(json.loads(text), MODEL) == (
        share("ha_share", 3, 4, seen=0.5, evidence=("3 of 4",)),
        amount("scale", 40),
        unknown("ft", Missing("no rights"), evidence=("2 hosts",)),
        not_applicable("sdrs", "vSAN"),
        share("drs_auto", 1, 2),
        unknown("biz_div", Missing("the document gives no reason")),
        unknown("churn", Missing("no events")),
    )


def test_rounded_values_and_plain_counts_are_taken_as_they_are_meant() -> None:
    """People write two digits of a ratio and the count itself as numerator; the exact ratio holds."""
    entries = [
        {"indicator": "ha_share", "value": 0.67, "numerator": 2, "denominator": 3},
        {"indicator": "scale", "value": 40, "numerator": 40},
        {"indicator": "ft", "numerator": 2, "denominator": None},
    ]
    assert observations_from_json(entries, MODEL) == (share("ha_share", 2, 3), amount("scale", 40), amount("ft", 2))


def test_a_whole_answer_needs_the_name_of_one_scope() -> None:
    """With one assessment it is that one; with several a scope is named by name or id, and those there are listed."""
    one = {"scope": {"kind": "vcenter", "id": "u-1", "name": "prod"}, "observations": [{"indicator": "scale", "value": 1}]}
    two = {"scope": {"kind": "vcenter", "id": "u-2", "name": "lab"}, "observations": [{"indicator": "scale", "value": 2}]}
    assert observations_from_json({"assessments": [one]}, MODEL) == (amount("scale", 1),)
    for name in ("lab", "u-2"):
        assert observations_from_json({"assessments": [one, two]}, MODEL, scope=name) == (amount("scale", 2),)
    for scope in (None, "elsewhere"):
        with pytest.raises(ObservationsError, match="name one scope of: lab, prod"):
            observations_from_json({"assessments": [one, two]}, MODEL, scope=scope)
    assert observations_from_json([{"indicator": "scale", "value": 1}], MODEL) == (amount("scale", 1),)
    with pytest.raises(ObservationsError, match="the document holds 2 assessments"):
        observations_from_json({"assessments": [one, one]}, MODEL, scope="prod")


def test_what_if_keeps_the_population() -> None:
    """A share that is set keeps its denominator, so that it stays as uncertain as before; what was unknown becomes exact."""
    before = (share("ha_share", 3, 4, seen=0.5), unknown("biz_div", Missing("no names")), amount("scale", 10))
    after = {o.indicator: o for o in what_if(before, {"ha_share": 1.0, "biz_div": 2.0, "scale": None, "dr_tests": 1.0}, MODEL)}
    assert (after["ha_share"].numerator, after["ha_share"].denominator, after["ha_share"].seen) == (4, 4, 0.5)
    assert (after["biz_div"].state, after["biz_div"].value, after["biz_div"].denominator) == ("observed", 2.0, None)
    assert after["scale"].state == "unknown"
    assert after["dr_tests"].value == 1.0


def test_impossible_what_ifs_are_named_together() -> None:
    """A misspelt indicator and two impossible values are three problems."""
    with pytest.raises(ObservationsError) as caught:
        what_if((share("ha_share", 3, 4),), {"ha_sharee": 1.0, "ha_share": 1.5, "scale": math.nan}, MODEL)
    text = str(caught.value)
    assert "did you mean ha_share?" in text
    assert "--set ha_share: share 1.5 is above 1" in text
    assert "--set scale: value is nan" in text


def test_an_untouched_document_comes_back_unchanged() -> None:
    """Setting nothing changes nothing."""
    before: tuple[Observation, ...] = (share("ha_share", 3, 4), unknown("ft", Missing("no rights")))
    assert what_if(before, {}, MODEL) == before
