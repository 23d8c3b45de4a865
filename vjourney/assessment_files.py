"""Assessment documents read back from a file: when and of what each assessment is, and its observations."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from inference.documents import ObservationsError, observations_from_json, parsed
from inference.judging.model import Model
from inference.observations import Observation
from inference.results import Scope, ScopeKind

STANDARD_INPUT = "-"
"""The name of a file that stands for standard input."""

KINDS: tuple[ScopeKind, ...] = get_args(ScopeKind)

TOLERATED_FUTURE = timedelta(days=1)
"""How far after our own time a document may be dated: the clock that dated it may be ahead."""


@dataclass(frozen=True, slots=True)
class SavedAssessment:
    """One assessment of a document; ``taken_at`` is ``None`` where the document does not say when it was made."""

    scope: Scope
    taken_at: datetime | None
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class SavedDocument:
    """A whole document. ``vcenters`` is what it says of the polls of vCenters, as it stands there."""

    taken_at: datetime | None
    vcenters: list[object]
    assessments: tuple[SavedAssessment, ...]


def read_assessments(file: str, model: Model, scope: str | None = None) -> SavedDocument:
    """The assessments in a JSON file, or the only one of a ``scope``, by its id or name.

    The file holds a whole document, one assessment, or a list of observations alone.

    Raises:
        ObservationsError: the file cannot be read, or something in it cannot be right; every problem begins with its name.
    """
    try:
        return _read(parsed(_text(file)), model, scope)
    except ObservationsError as error:
        where = "standard input" if file == STANDARD_INPUT else file
        raise ObservationsError([f"{where}: {problem}" for problem in error.problems]) from error


def _read(document: object, model: Model, scope: str | None) -> SavedDocument:
    vcenters = _vcenters(document)
    problems = list(_wrong_headings(document, datetime.now(UTC)))
    assessments: tuple[SavedAssessment, ...] = ()
    try:
        assessments = _assessments(document, model, scope)
    except ObservationsError as error:
        problems += error.problems
    if problems:
        raise ObservationsError(problems)
    return SavedDocument(_taken_at(document), vcenters, assessments)


def _text(file: str) -> str:
    try:
        return (sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()).decode()
    except OSError as error:
        raise ObservationsError([f"cannot be read ({error.strerror}); give a JSON file, or - for standard input"]) from error
    except UnicodeDecodeError as error:
        raise ObservationsError([f"is not UTF-8 text (byte {error.start}); give a JSON document"]) from error


def _vcenters(document: object) -> list[object]:
    """What the document says of vCenters. It is repeated in the answer, and Python reads numbers that JSON does not have."""
    vcenters = document.get("vcenters") if isinstance(document, Mapping) else None
    try:
        json.dumps(vcenters, allow_nan=False)
    except ValueError as error:
        raise ObservationsError(["vcenters contains a number that is not finite; write null where it is unknown"]) from error
    return vcenters if isinstance(vcenters, list) else []


def _wrong_headings(document: object, now: datetime) -> Iterator[str]:
    """What is wrong with the times and scopes of a document and of its assessments, each with its place."""
    listed = document.get("assessments") if isinstance(document, Mapping) else None
    entries = [(f"assessments[{place}].", entry) for place, entry in enumerate(listed if isinstance(listed, list) else [])]
    for where, entry in [("", document), *entries]:
        if isinstance(entry, Mapping):
            yield from (f"{where}{problem}" for problem in _wrong_heading(entry, now))
    found = set[tuple[str, ...]]()
    for where, entry in entries:
        scope = entry.get("scope") if isinstance(entry, Mapping) else None
        if isinstance(scope, Mapping):
            names = tuple(str(scope.get(key)) for key in ("id", "name", "vcenter"))
            if names in found:
                yield f"{where}scope: {scope.get('name')} is given twice; keep one of them"
            found.add(names)


def _wrong_heading(entry: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """What is wrong with the time and the scope of one assessment."""
    told, scope = entry.get("taken_at"), entry.get("scope")
    taken_at = _taken_at(entry)
    if told is not None and taken_at is None:
        yield f"taken_at: {told!r} is not a time; write it like 2026-03-02T08:00:00Z"
    if taken_at is not None and taken_at > now + TOLERATED_FUTURE:
        yield f"taken_at: {told} is in the future; give the time at which it was read"
    if scope is not None and not isinstance(scope, Mapping):
        yield f"scope: is {type(scope).__name__} and must be an object with kind, id and name"
    if isinstance(scope, Mapping) and scope.get("kind", KINDS[0]) not in KINDS:
        yield f"scope.kind: {scope['kind']!r} is none of {', '.join(KINDS)}"


def _assessments(document: object, model: Model, wanted: str | None) -> tuple[SavedAssessment, ...]:
    """Every assessment of a document, or the one of the scope that is wanted."""
    listed = document.get("assessments") if isinstance(document, Mapping) and "observations" not in document else None
    if wanted is not None or not isinstance(listed, list):
        observations = observations_from_json(document, model, scope=wanted)
        return (_saved(_heading(document, wanted), observations),)
    if not listed:
        raise ObservationsError(["the document holds no assessment; give one with observations"])
    problems: list[str] = []
    found = []
    for place, entry in enumerate(listed):
        try:
            found.append(_saved(entry, observations_from_json(entry, model)))
        except ObservationsError as error:
            problems += [f"assessments[{place}]: {problem}" for problem in error.problems]
    if problems:
        raise ObservationsError(problems)
    return tuple(found)


def _heading(document: object, wanted: str | None) -> object:
    """The assessment of a document that says when and of what it is: the one of the scope that is wanted, or its only one."""
    entries = document.get("assessments", [document]) if isinstance(document, Mapping) else []
    for entry in entries if isinstance(entries, list) else []:
        scope = entry.get("scope") if isinstance(entry, Mapping) else None
        if wanted is None or (isinstance(scope, Mapping) and wanted in {scope.get("id"), scope.get("name")}):
            return entry
    return None


def _saved(entry: object, observations: tuple[Observation, ...]) -> SavedAssessment:
    scope = entry.get("scope") if isinstance(entry, Mapping) else None
    return SavedAssessment(_scope(scope if isinstance(scope, Mapping) else {}), _taken_at(entry), observations)


def _scope(named: Mapping[str, Any]) -> Scope:
    """The scope that an assessment names; one without a name is called ``document``."""
    name = str(named.get("name") or named.get("id") or "document")
    kind: ScopeKind = next((kind for kind in KINDS if kind == named.get("kind")), "vcenter")
    return Scope(kind, str(named.get("id") or name), name, str(named.get("vcenter") or ""))


def _taken_at(entry: object) -> datetime | None:
    """When an assessment or a document was made; ``None`` where it does not say so, or what it says is no time."""
    told = entry.get("taken_at") if isinstance(entry, Mapping) else None
    try:
        moment = datetime.fromisoformat(str(told))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the second where it is in UTC outside of the years 1 to 9999
        return None
