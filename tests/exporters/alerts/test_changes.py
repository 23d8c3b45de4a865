"""Changes of stage as news: which transitions are any, and how they are told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from exporters.alerts.changes import StageChange, stage_change, stage_changes
from inference.publication import Publication
from inference.results import Transition


def told(publication: Publication, place: int, before: int | None, after: int) -> StageChange | None:
    """What is told of a change of the scope at a place of the publication."""
    assessment = publication.assessments[place]
    transition = Transition(assessment.scope.id, publication.taken_at, before, after, "estate")
    return stage_changes(publication.assessments, [transition]).get(transition)


@pytest.mark.parametrize("before", [None, 2])
def test_what_changes_nothing_is_no_news(publication: Publication, before: int | None) -> None:
    """Neither a first declaration nor the same stage again is told."""
    assert told(publication, 1, before, 2) is None


def test_a_scope_that_was_not_assessed_is_not_told_of(publication: Publication) -> None:
    """A transition without its assessment has no names to tell."""
    assert stage_changes((), publication.transitions) == {}


def test_a_step_on_and_a_step_back(publication: Publication) -> None:
    """Direction, severity, runbook and wording follow the stages."""
    up, down = told(publication, 0, 1, 2), told(publication, 1, 2, 1)
    assert up is not None
    assert down is not None
    assert (up.summary, up.severity, up.runbook) == (
        "The fleet reached Business Production",
        "info",
        "docs/runbooks/VjourneyStageUp.md",
    )
    assert (down.summary, down.severity, down.runbook) == (
        "vCenter prod fell back to IT Production",
        "warning",
        "docs/runbooks/VjourneyStageRegression.md",
    )
    assert "from Business Production to IT Production on 2025-11-21 22:45 UTC." in down.description
    assert "Certainty 52%, coverage of the evidence 81%" in down.description


def test_labels_tell_scopes_apart(publication: Publication) -> None:
    """Clusters of one name differ in their labels, and a label without a value is left out."""
    changes = [told(publication, place, 1, 2) for place in (0, 2, 3)]
    labels = [change.labels() for change in changes if change is not None]
    assert labels == [
        {"scope": "fleet", "from": "it_production", "to": "business_production", "severity": "info"},
        *(
            {
                "scope": "cluster",
                "vcenter": "prod",
                "vsphere_cluster": f"Compute ({cluster})",
                "from": "it_production",
                "to": "business_production",
                "severity": "info",
            }
            for cluster in ("domain-c8", "domain-c9")
        ),
    ]


def test_a_hostile_name_makes_no_second_line_and_no_html(publication: Publication) -> None:
    """The title stays one line, and Markdown of a name is text."""
    change = told(publication, 4, 1, 2)
    assert change is not None
    assert "\n" not in change.message().title
    assert "<script>" not in change.message().markdown
    assert "<script>" in change.message().title


def test_a_change_survives_json(publication: Publication) -> None:
    """What is stored is what was told."""
    change = told(publication, 2, 2, 1)
    assert change is not None
    assert stage_change(json.loads(json.dumps(change.plain()))) == change
    assert replace(change, cause="model").description != change.description
