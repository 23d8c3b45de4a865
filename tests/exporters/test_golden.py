"""Whole answers, compared letter by letter with fixtures/golden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exporters.document import document
from exporters.prometheus.exposition import Exposition
from inference.publication import Publication

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"


def rendered(publication: Publication, name: str) -> str:
    """What the golden file of this name holds."""
    if name == "assessments.json":
        return json.dumps(document(publication), indent=1, ensure_ascii=False) + "\n"
    accept = "application/openmetrics-text" if name == "openmetrics.txt" else ""
    return Exposition(lambda: publication, version="1.2.3").render(accept)[0].decode()


@pytest.mark.parametrize("name", ["metrics.txt", "openmetrics.txt", "assessments.json"])
def test_the_rendering_is_the_golden_one(name: str, publication: Publication, pytestconfig: pytest.Config) -> None:
    """A change of any answer shows as a change of its golden file."""
    golden = GOLDEN / name
    now = rendered(publication, name)
    if pytestconfig.getoption("--write-golden", default=False):
        golden.write_text(now, encoding="utf-8")
    assert now == golden.read_text(encoding="utf-8"), (
        f"{name} has changed; if that is meant, write it again with: pytest tests/exporters --write-golden"
    )
