"""Documents that say when and of what they are: what cannot be right is named with its place, and nothing is assessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from vjourney.cli import app

SEEN: list[Any] = [{"indicator": "scale", "value": 40}]
PROD = {"kind": "vcenter", "id": "u-1", "name": "prod", "vcenter": "prod"}


def assess(folder: Path, document: Mapping[str, Any]) -> Result:
    """The command over a document."""
    file = folder / "estate.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return CliRunner().invoke(app, ["assess", str(file), "--json"])


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"taken_at": "yesterday"}, "taken_at: 'yesterday' is not a time; write it like 2026-03-02T08:00:00Z"),
        ({"taken_at": "0001-01-01T00:00:00+14:00"}, "taken_at: '0001-01-01T00:00:00+14:00' is not a time"),
        ({"taken_at": "9999-12-31T23:59:59-14:00"}, "taken_at: '9999-12-31T23:59:59-14:00' is not a time"),
        ({"taken_at": 20260302.5}, "taken_at: 20260302.5 is not a time; write it like 2026-03-02T08:00:00Z"),
        ({"taken_at": "9000-01-01T00:00:00Z"}, "taken_at: 9000-01-01T00:00:00Z is in the future"),
        ({"scope": "prod"}, "scope: is str and must be an object with kind, id and name"),
        ({"scope": {"kind": "datacenter", "name": "prod"}}, "scope.kind: 'datacenter' is none of fleet, vcenter, cluster"),
    ],
)
def test_moments_and_scopes_that_cannot_be_right_are_named(tmp_path: Path, more: Mapping[str, Any], problem: str) -> None:
    """In a document of one assessment, and in one of several."""
    one = {"observations": SEEN, **more}
    for document, where in (
        (one, ""),
        ({"assessments": [{"scope": PROD, "observations": SEEN}, one]}, "assessments[1]."),
    ):
        result = assess(tmp_path, document)
        assert (result.exit_code, result.stdout.count('assessments": [')) == (2, 0)
        assert f"{tmp_path / 'estate.json'}: {where}{problem}" in json.loads(result.stdout)["problems"][0]


def test_a_scope_is_given_once(tmp_path: Path) -> None:
    """Of two of one scope one would be lost; the same vCenter by two names is told apart."""
    one = {"scope": PROD, "observations": SEEN}
    result = assess(tmp_path, {"assessments": [one, one]})
    assert (result.exit_code, "assessments[1].scope: prod is given twice; keep one of them" in result.stdout) == (2, True)
    other = {"scope": PROD | {"name": "copy", "vcenter": "copy"}, "observations": SEEN}
    assert assess(tmp_path, {"assessments": [one, other]}).exit_code == 0


def test_a_clock_may_be_a_little_ahead(tmp_path: Path) -> None:
    """The document is of its own moment then; one without any is of now."""
    ahead = f"{datetime.now(UTC) + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"
    result = assess(tmp_path, {"taken_at": ahead, "scope": None, "observations": SEEN})
    assert (result.exit_code, json.loads(result.stdout)["taken_at"]) == (0, ahead)
    assert assess(tmp_path, {"taken_at": None, "observations": SEEN}).exit_code == 0


def test_a_moment_counts_without_a_scope_too(tmp_path: Path) -> None:
    """Each assessment is of the time that it names itself, and the others of that of the document."""
    dated = {"taken_at": "2026-03-01T08:00:00Z", "observations": SEEN}
    result = assess(tmp_path, {"taken_at": "2026-03-02T08:00:00Z", "assessments": [dated, {"observations": SEEN}]})
    moments = [each["taken_at"] for each in json.loads(result.stdout)["assessments"]]
    assert moments == ["2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z"]
