"""``vjourney assess``: observations from a document, and what would be if some of them were different."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from exporters.document import assessment_document
from inference.documents import ObservationsError, observations_from_json, parsed, what_if
from inference.judging.judge import judge
from inference.judging.model import Model, load
from inference.observations import Observation
from inference.results import STAGE_TITLES, STAGES, Assessment, Scope, ScopeKind
from vjourney import console, terminal
from vjourney.cli.frame import AsJson, ModelSource, ScopeName, app, failures, print_json, usage_error

T = TypeVar("T")
Part = tuple[Mapping[str, Any], tuple[Observation, ...]]
"""One assessment of the document, and its observations."""

KINDS: tuple[ScopeKind, ...] = ("fleet", "vcenter", "cluster")

AHEAD = timedelta(days=1)
"""How far the clock that a document is dated by may be ahead."""


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
    model: ModelSource = "journey-1",
    as_json: AsJson = False,
) -> None:
    """Assess the observations in a JSON document, for every scope or one; --set shows before and after."""
    with failures(as_json):
        loaded = load(model)
        problems: list[str] = []
        wanted = _changes(changes or [], problems)
        document, parts = _collected(problems, lambda: _read_parts(file, loaded, scope)) or (None, [])
        changed = _collected(problems, lambda: [(part, what_if(seen, wanted, loaded)) for part, seen in parts]) or []
        if problems:
            usage_error(*dict.fromkeys(problems), as_json=as_json)
        now = _moment(document) or datetime.now(UTC)
        told: dict[str, Any] = {
            "schema": 1,
            "taken_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "model": {"name": loaded.info.name, "version": loaded.info.version, "sha256": loaded.info.sha256},
            "vcenters": _vcenters(document),
            "assessments": [assessment_document(_judged(part, seen, loaded, now)) for part, seen in changed],
        }
        if changes:
            told["before"] = [assessment_document(_judged(part, seen, loaded, now)) for part, seen in parts]
        if as_json:
            print_json(told)
        else:
            _print(told, Console())


def _collected(problems: list[str], attempt: Callable[[], T]) -> T | None:
    """What an attempt gives; or its problems, kept until all are known."""
    try:
        return attempt()
    except ObservationsError as error:
        problems.extend(error.problems)
        return None


def _judged(part: Mapping[str, Any], seen: Sequence[Observation], model: Model, now: datetime) -> Assessment:
    return judge(_scope(part), _moment(part) or now, seen, model)


def _read_parts(file: str, model: Model, wanted: str | None) -> tuple[object, list[Part]]:
    """The document, and its parts; every problem begins with the name of the file."""
    try:
        document = parsed(_text(file))
        _check_repeatable(_vcenters(document))
        return document, _sound_parts(document, model, wanted)
    except ObservationsError as error:
        where = "standard input" if file == "-" else file
        raise ObservationsError([f"{where}: {problem}" for problem in error.problems]) from error


def _check_repeatable(vcenters: list[object]) -> None:
    """Refuse what is told of vCenters where it cannot be said again: Python reads numbers that JSON does not have."""
    try:
        json.dumps(vcenters, allow_nan=False)
    except ValueError as error:
        raise ObservationsError(["vcenters contains a number that is not finite; write null where it is unknown"]) from error


def _sound_parts(document: object, model: Model, wanted: str | None) -> list[Part]:
    """The parts of a document, of which moments, scopes and observations can all be right."""
    problems = list(_misplaced(document, datetime.now(UTC)))
    parts = _collected(problems, lambda: _parts(document, model, wanted)) or []
    if problems:
        raise ObservationsError(problems)
    return parts


def _misplaced(document: object, now: datetime) -> Iterator[str]:
    """What cannot be right in when and of what a document and its assessments are, each with its place."""
    listed = document.get("assessments") if isinstance(document, Mapping) else None
    entries = [(f"assessments[{place}].", entry) for place, entry in enumerate(listed if isinstance(listed, list) else [])]
    found = set[tuple[str, ...]]()
    for where, entry in [("", document), *entries]:
        if isinstance(entry, Mapping):
            yield from (f"{where}{problem}" for problem in _untrue(entry, now))
    for where, entry in entries:
        of = entry.get("scope") if isinstance(entry, Mapping) else None
        names = tuple(str(of.get(key)) for key in ("id", "name", "vcenter")) if isinstance(of, Mapping) else ()
        if names and names in found:
            yield f"{where}scope: {names[1]} is given twice; keep one of them"
        found.add(names)


def _untrue(entry: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """What cannot be right in the moment and the scope of an assessment."""
    said, of = entry.get("taken_at"), entry.get("scope")
    moment = _moment(entry)
    if said is not None and moment is None:
        yield f"taken_at: {said!r} is not a time; write it like 2026-03-02T08:00:00Z"
    if moment is not None and moment > now + AHEAD:
        yield f"taken_at: {said} is in the future; give the time at which it was read"
    if of is not None and not isinstance(of, Mapping):
        yield f"scope: is {type(of).__name__} and must be an object with kind, id and name"
    if isinstance(of, Mapping) and of.get("kind", KINDS[0]) not in KINDS:
        yield f"scope.kind: {of['kind']!r} is none of {', '.join(KINDS)}"


def _parts(document: object, model: Model, wanted: str | None) -> list[Part]:
    """The observations of each assessment of a document, or of the one that is wanted."""
    several = isinstance(document, Mapping) and "observations" not in document and isinstance(document.get("assessments"), list)
    if wanted is not None or not several or not isinstance(document, Mapping):
        return [(_part(document, wanted), observations_from_json(document, model, scope=wanted))]
    if not document["assessments"]:
        raise ObservationsError(["the document holds no assessment; give one with observations"])
    problems: list[str] = []
    parts = []
    for place, entry in enumerate(document["assessments"]):
        try:
            parts.append((_part(entry, None), observations_from_json(entry, model)))
        except ObservationsError as error:
            problems += [f"assessments[{place}]: {problem}" for problem in error.problems]
    if problems:
        raise ObservationsError(problems)
    return parts


def _print(told: dict[str, Any], screen: Console) -> None:
    if "before" in told:
        for before, after in zip(told["before"], told["assessments"], strict=True):
            screen.print(_comparison(before, after))
    console.print_judgement(told["assessments"], screen)


def _comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> Table:
    """The stage of both and how likely each stage is, beside each other."""
    stages = (before["stage"], after["stage"])
    titles = ["not enough evidence" if each["inferred"] is None else STAGE_TITLES[each["inferred"]] for each in stages]
    compared = terminal.table(escape(after["scope"]["name"]), "before", "after")
    compared.add_row("Stage", *titles)
    compared.add_row("Position", *(terminal.position(each["position"]) for each in stages))
    for name, title in zip(STAGES, STAGE_TITLES, strict=True):
        compared.add_row(title, *(terminal.percent(each["probabilities"][name]) for each in stages))
    return compared


def _text(file: str) -> str:
    """What a file or standard input holds."""
    try:
        return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode()
    except OSError as error:
        raise ObservationsError([f"cannot be read ({error.strerror}); give a JSON file, or - for standard input"]) from error
    except UnicodeDecodeError as error:
        raise ObservationsError([f"is not UTF-8 text (byte {error.start}); give a JSON document"]) from error


def _changes(texts: Sequence[str], problems: list[str]) -> dict[str, float | None]:
    """Values by indicator; mistakes are added to ``problems``."""
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


def _part(document: object, wanted: str | None) -> Mapping[str, Any]:
    """The assessment that is meant, as far as the document says whose it is; nothing for a bare list of observations."""
    entries = document.get("assessments", [document]) if isinstance(document, Mapping) else []
    for entry in entries if isinstance(entries, list) else []:
        of = entry.get("scope") if isinstance(entry, Mapping) else None
        if isinstance(of, Mapping) and (wanted is None or wanted in {of.get("id"), of.get("name")}):
            return cast("Mapping[str, Any]", entry)
    return {}


def _scope(part: Mapping[str, Any]) -> Scope:
    """The scope that the assessment names, or a name for observations that have none."""
    of = part.get("scope", {})
    name = str(of.get("name") or of.get("id") or "document")
    kind: ScopeKind = next((known for known in KINDS if known == of.get("kind")), "vcenter")
    return Scope(kind, str(of.get("id") or name), name, str(of.get("vcenter") or ""))


def _moment(document: object) -> datetime | None:
    """When it was taken; ``None`` where it does not say so."""
    said = document.get("taken_at") if isinstance(document, Mapping) else None
    try:
        found = datetime.fromisoformat(str(said))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the second where it is in UTC outside of the years 1 to 9999
        return None


def _vcenters(document: object) -> list[object]:
    """What the document tells of vCenters, as it is."""
    told = document.get("vcenters") if isinstance(document, Mapping) else None
    return told if isinstance(told, list) else []
