"""What a person reads on a terminal: whole in every width and in every encoding."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from vjourney import console

LONG = "vcenter-of-the-branch-offices-in-the-north-and-of-the-laboratory.example.com"
"""Longer than any column it is shown in."""


def observation(indicator: str, **answer: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a JSON document
    """An entry under ``observations``."""
    said = {"state": "observed", "reason": "", "value": 0.5, "unit": "share of hosts", "category": 2, "contribution": 0.25}
    return {"indicator": indicator, "evidence": ["12 of 24 hosts."], **said, **answer}


def assessment(name: str = LONG, kind: str = "vcenter", **other: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    """An entry under ``assessments``, of one host."""
    shares = {"experimentation": 0.0, "it_production": 0.75, "business_production": 0.25, "it_as_a_service": 0.0}
    stage = {"inferred": 1, "position": 1.625, "interval80": [1.2, 2.1], "declared": None, "declared_since": None}
    return {
        "scope": {"kind": kind, "id": "id", "name": name, "vcenter": LONG},
        "stage": {**stage, "probabilities": shares, "confirmed": True, "unconfirmed_because": []},
        "team_confidence": {"level": None},
        "coverage": 0.5,
        "certainty": 0.5,
        "consolidation": dict.fromkeys(("vms_per_host", "vcpus_per_core", "vram_per_ram", "powered_on_vms"), 1)
        | {"hosts": 1, "workload_vms": 1},
        "features": {
            "vmotion": {"configured": 1.0, "exercised": 2, "exercised_unit": "moves", "last_seen": "2026-03-05T00:00"}
        },
        "observations": [observation("shared_storage_share"), observation("scale", state="not_applicable", value=None)],
        "flags": [],
        "next_steps": [],
        **other,
    }


def document() -> dict[str, Any]:
    """A document of one vCenter with a cluster; the vCenter failed."""
    vcenter: dict[str, Any] = {
        "name": LONG,
        "status": "failed",
        "error": LONG,
        "gaps": [],
        "version": None,
        "poll_seconds": 1.0,
    }
    model = {"name": "journey-1", "version": "1.0.0"}
    return {"vcenters": [vcenter], "assessments": [assessment(), assessment(kind="cluster")], "model": model}


def shown(print_: Any, told: object, width: int) -> str:  # noqa: ANN401 - any of the functions of the module
    """What is printed on a terminal of so many columns."""
    written = io.StringIO()
    print_(told, Console(file=written, width=width))
    return written.getvalue()


def joined(text: str) -> str:
    """The signs of a text alone, whatever the line or the column they went on in."""
    return re.sub(r"[\s│┃━╇]", "", text)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_is_cut_off(width: int) -> None:
    """Names and words go on in the next line; the bars keep their proportions."""
    history = {
        "scopes": [{"id": "id", "kind": "vcenter", "name": LONG}],
        "declarations": [dict.fromkeys(("declared", "declared_since", "candidate", "candidate_since")) | {"scope": "id"}],
        "transitions": [],
        "milestones": [{"first_seen": "2026-03-05T00:00", "scope": "id", "id": "first_vmotion"}],
    }
    check = {"name": LONG, "steps": [{"step": "reach", "ok": False, "message": LONG}], "privileges": []}
    for text in (
        shown(console.print_assessments, document(), width),
        shown(console.print_explanation, [assessment()], width),
        shown(console.print_history, history, width),
        shown(console.print_checks, [check], width),
    ):
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width
    likely, less_so = sorted(line.count("█") for line in shown(console.print_explanation, [assessment()], width).splitlines())[
        :-3:-1
    ]
    assert likely / less_so == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize("width", [60, 80])
def test_indicators_can_be_searched_for(width: int) -> None:
    """Their names stay in one piece, so that they can be found and given to ``--set``."""
    assert "shared_storage_share" in shown(console.print_explanation, [assessment()], width)


def test_sentences_have_room_in_every_width() -> None:
    """In a table where it is wide enough, below the numbers where it is not; both say the same."""
    told = [assessment(observations=[observation("shared_storage_share"), observation("scale", state="unknown", evidence=[])])]
    told[0]["observations"][1] |= {"reason": "no virtual machine could be read", "category": None, "contribution": None}
    wide = shown(console.print_explanation, told, 120).splitlines()
    narrow = [line.rstrip() for line in shown(console.print_explanation, told, 60).splitlines()]

    assert "shared_storage_share: 50% of hosts, level 2, contribution" in narrow
    assert narrow[-3:] == ["    12 of 24 hosts.", "scale: unknown", "    no virtual machine could be read"]
    assert re.search(r"shared_storage_share │ 50% of hosts │ 2 +│ \+0\.25 +│ 12 of 24 hosts\.", wide[-2])


def test_what_families_contribute_stands_below_the_indicators() -> None:
    """And what none of the indicators is credited with; older readings in a store have neither."""
    facets = [{"family": "mobility", "contribution": -0.4, "shift": -0.001}, {"family": "placement", "contribution": None}]
    (last,) = shown(console.print_explanation, [assessment(facets=facets, shared_contribution=1.25)], 200).splitlines()[-1:]
    families, rest = last.rstrip().split(". ")
    assert families == "Contributions of whole families: mobility -0.40 (position 0.00)"
    assert rest == "Said by several indicators, and credited to none: +1.25."
    assert "whole families" not in shown(console.print_explanation, [assessment()], 200)


@pytest.mark.parametrize("width", [60, 120])
def test_what_is_unknown_says_why_before_what_was_seen(width: int) -> None:
    """Of too few answers those that there are stand behind the reason, not in its place."""
    few = observation("auto_ops", state="unknown") | {"reason": "too little was seen", "category": None, "contribution": None}
    text = joined(shown(console.print_explanation, [assessment(observations=[few])], width))
    assert text.index(joined("too little was seen")) < text.index(joined("12 of 24 hosts."))


def test_a_long_name_is_shown_to_its_end() -> None:
    """Where two names begin alike, the end tells them apart."""
    rows = {"scopes": [{"id": "id", "kind": "vcenter", "name": LONG}], "transitions": [], "milestones": []}
    declared = dict.fromkeys(("declared", "declared_since", "candidate", "candidate_since")) | {"scope": "id"}
    text = shown(console.print_history, {**rows, "declarations": [declared]}, 50)
    first_column = "".join(line.partition("│")[0].strip() for line in text.splitlines())
    assert LONG in joined(first_column)


def test_one_is_no_plural_and_unknown_no_dash_of_four() -> None:
    """A vCenter of one host, of which too little is known for a position."""
    stage: Mapping[str, Any] = assessment()["stage"]
    text = shown(console.print_explanation, [assessment(stage={**stage, "inferred": None, "position": None})], 120)
    assert "1 host, 1 workload VM (" in text
    assert re.search(r"position +not known +80% interval", text)


@pytest.mark.parametrize(("name", "kind", "title"), [("fleet", "fleet", "fleet:"), ("gold", "cluster", "cluster gold:")])
def test_a_title_says_what_it_is_about_once(name: str, kind: str, title: str) -> None:
    """There is one fleet, and it is called so."""
    assert shown(console.print_explanation, [assessment(name, kind)], 120).splitlines()[1].startswith(title)


def test_a_judgement_of_observations_claims_nothing_else() -> None:
    """Neither that no stage is declared, nor that sizes and features are not known: they were not asked for."""
    text = shown(console.print_judgement, [assessment()], 120)
    assert "1 IT Production" in text
    assert "50% of hosts" in text
    assert "not applicable" in text
    assert not any(word in text for word in ("declared", "workload VM", "Feature"))


def test_signs_that_a_terminal_has_not_are_drawn_with_those_it_has(tmp_path: Path) -> None:
    """Bars and frames in plain characters; names as far as they can be written; JSON that says the same."""
    observations = [{"indicator": "vmotion_rate", "state": "observed", "value": 5, "numerator": 5, "denominator": 1}]
    file = tmp_path / "ours.json"
    file.write_text(json.dumps({"scope": {"name": "Zürich-東京"}, "observations": observations}), encoding="utf-8")
    command = [sys.executable, "-m", "vjourney", "assess", str(file)]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    text = subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode("latin-1")  # noqa: S603 - ours
    assert "Zürich-??" in text
    assert "####" in text
    told = subprocess.run([*command, "--json"], env=environment, capture_output=True, check=True).stdout  # noqa: S603
    assert json.loads(told)["assessments"][0]["scope"]["name"] == "Zürich-東京"
