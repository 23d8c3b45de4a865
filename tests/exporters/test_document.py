"""The assessment document follows its schema and never invents a number."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.document import assessment_document, document, history_document
from exporters.history import History
from exporters.schema import AssessmentPart, Document
from inference.observations import amount
from inference.publication import Publication
from inference.results import Assessment, Checks, Consolidation, Evidence, FeatureUse, Posterior, Scope


def bare(scope: Scope) -> Assessment:
    """An assessment with nothing but what it must have."""
    return Assessment(
        scope, datetime(2025, 1, 1, tzinfo=UTC), Posterior((0.1, 0.35, 0.35, 0.2), 2.1, 1, (0.9, 3.2)), None, 0, 0, ()
    )


SCOPE = Scope("vcenter", "uuid", "prod", "prod")


def test_below_the_floor_there_is_no_stage_and_no_position() -> None:
    """The range is all that is shown."""
    stage = assessment_document(bare(SCOPE))["stage"]
    assert (stage["inferred"], stage["name"], stage["position"], stage["declared"]) == (None, None, None, None)
    assert stage["interval80"] == [0.9, 3.2]


def test_a_feature_nobody_spoke_about_is_unknown() -> None:
    """Every feature has its entry; what is not known is null, not zero."""
    features = assessment_document(bare(SCOPE))["features"]
    assert list(features) == ["vmotion", "ha", "ft", "drs", "srm"]
    assert features["srm"] == {"configured": None, "exercised": None, "exercised_unit": "", "last_seen": None}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_become_null(value: float) -> None:
    """NaN and infinity are no JSON."""
    odd = replace(
        bare(SCOPE),
        evidence=(Evidence(amount("scale", value), "foundation", "configured", "virtual machines", 0, value),),
        consolidation=Consolidation(vms_per_host=value),
        features={"ha": FeatureUse(configured=value, exercised=value)},
    )
    text = json.dumps(assessment_document(odd), allow_nan=False)
    assert json.loads(text)["observations"][0]["contribution"] is None


def test_times_are_utc_whatever_they_were() -> None:
    """An offset is converted and fractions of a second are left out."""
    local = datetime(2025, 6, 1, 2, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
    assert assessment_document(replace(bare(SCOPE), taken_at=local))["taken_at"] == "2025-06-01T00:30:15Z"


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_rounding_is_stable_and_close(value: float) -> None:
    """A rounded number does not change when it is rounded again, and stays within six significant digits."""
    observed = Evidence(amount("scale", value), "foundation", "configured", "virtual machines")
    once = assessment_document(replace(bare(SCOPE), evidence=(observed,)))["observations"][0]["value"]
    again = Evidence(amount("scale", once), "foundation", "configured", "virtual machines")
    assert assessment_document(replace(bare(SCOPE), evidence=(again,)))["observations"][0]["value"] == once
    assert once == pytest.approx(value, rel=1e-5)


@given(st.lists(st.floats(1e-9, 1.0), min_size=4, max_size=4))
def test_probabilities_of_stages_add_up(raw: list[float]) -> None:
    """Rounded as they are, they sum to one, and so do the sums from each stage on keep their order."""
    shares = [each / sum(raw) for each in raw]
    posterior = Posterior((shares[0], shares[1], shares[2], shares[3]), 1.0, 0.1, (0.0, 4.0))
    said = list(assessment_document(replace(bare(SCOPE), posterior=posterior))["stage"]["probabilities"].values())
    assert [sum(said[stage:]) for stage in range(4)] == pytest.approx([sum(shares[stage:]) for stage in range(4)], abs=1e-9)


def test_figures_behind_flags_are_told() -> None:
    """With the stage that would be read in both what-ifs; an assessment without them has null."""
    absent, full = (Posterior(shares, at, 1, (0, 4)) for shares, at in (((0.7, 0.3, 0, 0), 0.8), ((0, 0.2, 0.8, 0), 2.4)))
    told = assessment_document(replace(bare(SCOPE), checks=Checks(0.5, 1.25, 0.75, 1.5, absent, full)))["checks"]
    assert told == {
        "gap": 0.5,
        "gap_standard_errors": 1.25,
        "families_chi_square": 0.75,
        "outfit": 1.5,
        "unknown_absent": {"inferred": 0, "position": 0.8},
        "unknown_in_full_use": {"inferred": 2, "position": 2.4},
    }
    assert assessment_document(bare(SCOPE))["checks"] is None


def test_a_count_stays_exact() -> None:
    """Whole numbers are not rounded to six digits."""
    observed = Evidence(amount("scale", 1_234_567), "foundation", "configured", "virtual machines")
    assert assessment_document(replace(bare(SCOPE), evidence=(observed,)))["observations"][0]["value"] == 1_234_567


def test_the_document_is_what_its_schema_says(publication: Publication) -> None:
    """The whole document and each assessment validate against the published models, unknown keys included."""
    whole = document(publication)
    Document.model_validate_json(json.dumps(whole))
    for part in whole["assessments"]:
        AssessmentPart.model_validate_json(json.dumps(part))
    assert len(whole["assessments"]) == len(publication.assessments)


def test_one_scope_is_cut_out_of_the_whole(publication: Publication) -> None:
    """The document of one scope is the same document with one assessment."""
    scope = publication.assessments[2].scope.id
    whole, one = document(publication), document(publication, scope)
    assert one["assessments"] == [part for part in whole["assessments"] if part["scope"]["id"] == scope]
    assert one["vcenters"] == whole["vcenters"]


def test_history_is_declarations_changes_milestones_and_readings(publication: Publication) -> None:
    """Each belongs to a scope; one scope can be asked for."""
    scope = publication.assessments[2].scope.id
    past = history_document(publication, scope, [{"taken_at": "2025-11-01T00:00:00Z"}])
    History.model_validate_json(json.dumps(past))
    assert [change["to_stage"] for change in past["transitions"]] == [1, 2]
    assert {entry["scope"] for entry in past["milestones"] + past["declarations"]} == {scope}
    assert past["readings"] == [{"taken_at": "2025-11-01T00:00:00Z"}]
