"""``vjourney assess``: assesses the observations in a document, also with some of them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from exporters.document import assessment_document
from inference.documents import ObservationsError, what_if
from inference.judging.judge import Case, judge
from inference.judging.model import DEFAULT as DEFAULT_MODEL
from inference.judging.model import load
from inference.observations import Observation
from inference.stages import STAGE_TITLES, STAGES
from vjourney import console, terminal
from vjourney.assessment_files import SavedAssessment, SavedDocument, read_assessments
from vjourney.cli.frame import AsJson, ModelSource, ScopeName, app, failures, print_json, usage_error


@app.command("assess")
def assess_command(
    file: Annotated[
        str, typer.Argument(help="A JSON document with observations, as --json prints them; - reads standard input.")
    ],
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="INDICATOR=VALUE", help="What if? A number or unknown; can be repeated.", show_default=False
        ),
    ] = None,
    scope: ScopeName = None,
    model: ModelSource = DEFAULT_MODEL,
    as_json: AsJson = False,
) -> None:
    """Assess the observations in a JSON document, for every scope or one; --set shows before and after."""
    with failures(as_json):
        loaded = load(model)
        problems: list[str] = []
        wanted = _changes(changes or [], problems)
        document = SavedDocument(None, [], ())
        changed: list[tuple[Observation, ...]] = []
        try:
            document = read_assessments(file, loaded, scope)
            changed = [what_if(saved.observations, wanted, loaded) for saved in document.assessments]
        except ObservationsError as error:
            problems.extend(error.problems)
        if problems:
            usage_error(*dict.fromkeys(problems), as_json=as_json)
        now = document.taken_at or datetime.now(UTC)

        def assessed(saved: SavedAssessment, observations: Sequence[Observation]) -> dict[str, Any]:
            return assessment_document(judge(Case(saved.scope, saved.taken_at or now, observations), loaded))

        answer: dict[str, Any] = {
            "schema": 1,
            "taken_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "model": {"name": loaded.info.name, "version": loaded.info.version, "sha256": loaded.info.sha256},
            "vcenters": document.vcenters,
            "assessments": [
                assessed(saved, observations) for saved, observations in zip(document.assessments, changed, strict=True)
            ],
        }
        if changes:
            answer["before"] = [assessed(saved, saved.observations) for saved in document.assessments]
        if as_json:
            print_json(answer)
        else:
            _print(answer, Console())


def _print(answer: Mapping[str, Any], screen: Console) -> None:
    if "before" in answer:
        for before, after in zip(answer["before"], answer["assessments"], strict=True):
            screen.print(_comparison(before, after))
    console.print_judgement(answer["assessments"], screen)


def _comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> Table:
    """Stage, position and probabilities of two assessments of one scope, side by side."""
    stages = (before["stage"], after["stage"])
    titles = ["not enough evidence" if each["inferred"] is None else STAGE_TITLES[each["inferred"]] for each in stages]
    compared = terminal.table(escape(after["scope"]["name"]), "before", "after")
    compared.add_row("Stage", *titles)
    compared.add_row("Position", *(terminal.position(each["position"]) for each in stages))
    for name, title in zip(STAGES, STAGE_TITLES, strict=True):
        compared.add_row(title, *(terminal.percent(each["probabilities"][name]) for each in stages))
    return compared


def _changes(texts: Sequence[str], problems: list[str]) -> dict[str, float | None]:
    """The values of ``--set`` by indicator, ``None`` for unknown; mistakes are added to ``problems``."""
    changes: dict[str, float | None] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name:
            problems.append(f"--set {text}: write INDICATOR=VALUE, such as --set vmotion_rate=12")
        elif name in changes:
            problems.append(f"--set {name}: is given twice")
        elif value.lower() == "unknown":
            changes[name] = None
        elif (number := _number(value)) is None:
            problems.append(f"--set {name}: {value!r} is neither a number nor the word unknown")
        else:
            changes[name] = number
    return changes


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
