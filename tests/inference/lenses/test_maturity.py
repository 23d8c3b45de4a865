"""Maturity matrix: eight areas by five levels, nothing skipped, and the inverted reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

import pytest

from inference.declared import PRACTICES, Practice, Score
from inference.lenses.maturity import LEVELS, WORDS, Area, MaturityMatrix, data, maturity_matrix

if TYPE_CHECKING:
    from tests.inference.lenses.conftest import BasisBuilder

PATTERNS = [dict(zip(PRACTICES, held, strict=True)) for held in product((True, False), repeat=4)]


def row(lens: MaturityMatrix, name: str) -> Area:
    """The row of one process area."""
    return next(area for area in lens.areas if area.id == name)


def scored(scope: BasisBuilder, day: date, practices: Mapping[Practice, bool], area: str = "security") -> Area:
    """One area with these practices declared."""
    said = {area: Score(practices=practices, declared_on=day)}
    return row(maturity_matrix(scope.declared(maturity=said).basis()), area)


def test_nothing_known_has_no_level(scope: BasisBuilder) -> None:
    """Eight rows of five cells, of which only the first is met; no area is put at level 1 for want of evidence."""
    lens = maturity_matrix(scope.basis())
    assert (len(lens.areas), {len(area.cells) for area in lens.areas}) == (8, {5})
    assert all(area.level is None and area.inverted is None for area in lens.areas)
    assert all([cell.state for cell in area.cells] == ["met"] + ["not_known"] * 4 for area in lens.areas)
    assert "maturity.security" in lens.summary


@pytest.mark.parametrize("practices", PATTERNS)
def test_no_level_is_skipped(scope: BasisBuilder, day: date, practices: dict[Practice, bool]) -> None:
    """The level ends at the first practice that does not hold; those beyond it are ahead and do not count."""
    area = scored(scope, day, practices)
    held = [practices[practice] for practice in PRACTICES]
    first_gap = held.index(False) if False in held else 4
    assert area.level == area.declared_level == 1 + first_gap
    assert area.ahead == tuple(step + 2 for step in range(first_gap, 4) if held[step])
    if first_gap == 4:
        assert area.next == "Keep it up: this is the highest level."
    else:
        assert area.next == f"To reach level {first_gap + 2} ({LEVELS[first_gap + 1]}), {WORDS[PRACTICES[first_gap]]}."
    assert [(cell.level, cell.title) for cell in area.cells] == list(enumerate(LEVELS, 1))


@pytest.mark.parametrize("practices", PATTERNS)
def test_the_inverted_reading_counts_from_the_other_end(
    scope: BasisBuilder, day: date, practices: dict[Practice, bool]
) -> None:
    """Improving comes first; without it nothing counts, whatever else holds."""
    held = [practices[practice] for practice in reversed(PRACTICES)]
    inverted = scored(scope, day, practices).inverted
    assert inverted is not None
    assert inverted.steps == (held.index(False) if False in held else 4)
    if inverted.steps == 4:
        assert inverted.next == "All four practices are met, whichever way they are read."
    else:
        assert inverted.next == f"Upside down, the next thing is to {WORDS[PRACTICES[3 - inverted.steps]]}."


def test_the_inverted_reading_takes_unknown_for_no_answer(scope: BasisBuilder, day: date) -> None:
    """Whether it is improved is not known, so nothing is counted from that end and the operator is asked."""
    inverted = scored(scope, day, {"repeatable": True}).inverted
    assert inverted is not None
    assert inverted.steps is None
    assert inverted.next == (
        "Upside down, the next thing is to use the measurements to improve it. Not known: declare maturity.security."
    )


def test_an_unknown_practice_below_those_that_hold_is_asked_for(scope: BasisBuilder, day: date) -> None:
    """Improved and measured are two steps; whether it is written down is not known."""
    inverted = scored(scope, day, {"measured": True, "improved": True}).inverted
    assert inverted is not None
    assert inverted.steps == 2
    assert inverted.next.startswith("Upside down, the next thing is to write it down. Not known:")


@pytest.mark.parametrize(("low", "begin"), [(5, ()), (4, ("change", "security"))])
def test_the_areas_to_begin_with_are_the_lowest(scope: BasisBuilder, day: date, low: int, begin: tuple[str, ...]) -> None:
    """Unless all are at the top; where every area is scored nothing is asked for."""
    levels = {area.id: low if area.id in {"change", "security"} else 5 for area in data().areas}
    said = {name: Score.of_level(level, declared_on=day) for name, level in levels.items()}
    lens = maturity_matrix(scope.declared(maturity=said).basis())
    assert (sorted(lens.begin_with), lens.summary) == (sorted(begin), "8 of 8 process areas can be scored.")


def test_areas_without_a_score_are_asked_for(scope: BasisBuilder, day: date) -> None:
    """And those that have one are not."""
    said = {area.id: Score.of_level(2, declared_on=day) for area in data().areas if area.id not in {"change", "incident"}}
    lens = maturity_matrix(scope.declared(maturity=said).basis())
    assert lens.summary == "6 of 8 process areas can be scored. Not known: declare maturity.change and maturity.incident."


def test_each_answer_says_who_gave_it(scope: BasisBuilder, day: date) -> None:
    """Telemetry, the operator with a note, both, or nobody."""
    said = {"configuration": Score(practices={"documented": False}, note="next year.", declared_on=day)}
    scope.categories(hw_version=0, tools_current=0, template_share=3).declared(maturity=said)
    lens = maturity_matrix(scope.basis())
    cells = row(lens, "configuration").cells
    assert [(cell.statement.text, cell.statement.source, cell.statement.declared_on) for cell in cells[:4]] == [
        ("Every process starts here.", "none", None),
        ("Telemetry does not support it.", "telemetry", None),
        ("Declared as not met: next year.", "declared", day),
        ("Not known.", "none", None),
    ]
    assert row(lens, "consuming").cells[1].statement.text == "Telemetry supports it."
    mixed = row(maturity_matrix(scope.categories(size_std=0).basis()), "consuming").cells[1]
    assert (mixed.state, mixed.statement.text, mixed.statement.source) == ("not_known", "Telemetry is mixed.", "none")


def test_an_unknown_practice_ends_the_level_and_is_asked_for(scope: BasisBuilder, day: date) -> None:
    """Measured without a word about documented: level 2, with level 4 ahead."""
    area = scored(scope, day, {"repeatable": True, "measured": True})
    assert (area.level, area.ahead) == (2, (4,))
    assert "declare maturity.security" in area.next


def test_telemetry_scores_what_nobody_declared(scope: BasisBuilder) -> None:
    """Repeatable where all indicators agree, not where none does, and open where they differ."""
    scope.categories(template_share=3, size_std=2, hw_version=0, tools_current=1, maint_evac=3, vmotion_rate=0)
    lens = maturity_matrix(scope.basis())
    assert [row(lens, name).level for name in ("consuming", "configuration", "operations", "security")] == [2, 1, None, None]
    assert row(lens, "consuming").cells[1].statement.source == "telemetry"
    assert lens.begin_with == ("configuration",)


def test_what_could_not_be_read_bears_nothing_out(scope: BasisBuilder, day: date) -> None:
    """Three live moves are no repeatable operations while nobody knows how hosts are emptied; the operator may know."""
    scope.categories(vmotion_rate=2).not_seen("maint_evac", "no host was in maintenance")
    cell = row(maturity_matrix(scope.basis()), "operations").cells[1]
    assert (cell.state, cell.statement.source, cell.evidence) == ("not_known", "none", ("vmotion_rate was observed.",))
    assert cell.statement.text == "What could be read supports it; the rest could not be read."
    said = {"operations": Score.of_level(2, declared_on=day)}
    assert row(maturity_matrix(scope.declared(maturity=said).basis()), "operations").level == 2


def test_what_does_not_apply_leaves_the_word_to_the_others(scope: BasisBuilder) -> None:
    """An edition without distributed switches can still be built the same way every time; one denial is enough."""
    scope.categories(build_homogeneity=3, cluster_share=3, tools_current=0).does_not_apply("dvs_share", "the licence lacks it")
    lens = maturity_matrix(scope.not_seen("hw_version", "hidden").basis())
    assert [row(lens, name).cells[1].state for name in ("provisioning", "configuration")] == ["met", "not_met"]


def test_telemetry_never_denies_the_upper_practices(scope: BasisBuilder) -> None:
    """No automation is no proof that nothing is written down."""
    area = row(maturity_matrix(scope.categories(self_service=0, template_share=2).basis()), "consuming")
    assert area.cells[2].state == "not_known"


def test_a_process_that_runs_in_software_is_written_down(scope: BasisBuilder) -> None:
    """Self service and templates together make level 3."""
    area = row(maturity_matrix(scope.categories(self_service=2, template_share=2).basis()), "consuming")
    assert area.level == 3


def test_telemetry_affirms_an_upper_practice(scope: BasisBuilder) -> None:
    """A recovery test is ahead of the level, and the first step of the inverted reading."""
    area = row(maturity_matrix(scope.categories(dr_tests=2).basis()), "capacity_availability")
    assert (area.level, area.ahead) == (1, (5,))
    assert area.inverted is not None
    assert area.inverted.steps == 1


def test_telemetry_outweighs_a_declared_score(scope: BasisBuilder, day: date) -> None:
    """Declared level 3, but nothing repeatable to be seen: level 1, with both said."""
    said = {"configuration": Score.of_level(3, declared_on=day)}
    scope.categories(hw_version=0, tools_current=0).declared(maturity=said)
    area = row(maturity_matrix(scope.basis()), "configuration")
    assert (area.level, area.declared_level, area.declared_on) == (1, 3, day)
    assert area.cells[1].statement.source == "both"
    assert area.cells[2].statement.source == "declared"


def test_a_declared_gap_outweighs_telemetry(scope: BasisBuilder, day: date) -> None:
    """Traces of a process are not the process: whoever says that it is not repeatable knows better."""
    said = {"configuration": Score.of_level(1, declared_on=day)}
    scope.categories(hw_version=3, tools_current=3, host_baseline=3).declared(maturity=said)
    area = row(maturity_matrix(scope.basis()), "configuration")
    assert area.level == 1
    assert area.cells[1].statement.text == "Telemetry supports it. Declared as not met."


def test_mixed_telemetry_leaves_the_word_to_the_operator(scope: BasisBuilder, day: date) -> None:
    """Where indicators differ the declared score holds, and the doubt is shown."""
    said = {"configuration": Score.of_level(3, declared_on=day)}
    area = row(
        maturity_matrix(scope.categories(hw_version=3, tools_current=0).declared(maturity=said).basis()), "configuration"
    )
    assert area.level == 3
    assert "mixed" in area.cells[1].statement.text


def test_the_areas_are_eight_and_differ() -> None:
    """The data has the eight areas of the model once each."""
    assert len({area.id for area in data().areas}) == 8
