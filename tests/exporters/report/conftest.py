"""Documents of a vCenter and of the fleet, as they are stored."""

from __future__ import annotations

from typing import Any

import pytest

from exporters.document import document
from inference.lenses import lenses
from inference.publication import Publication


@pytest.fixture
def documents(publication: Publication) -> list[dict[str, Any]]:
    """The last documents of every scope; the fleet and its vCenter have lenses."""
    found: list[dict[str, Any]] = document(publication)["assessments"]
    for entry, assessment in zip(found, publication.assessments, strict=True):
        if assessment.scope.kind != "cluster":
            entry["lenses"] = lenses(assessment)
    return found
