"""Labels: documents of assessed organisations and the stages that people found them in, from a CSV file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inference.documents import ObservationsError, observations_from_json
from inference.model import Model
from inference.observations import Observation
from inference.results import STAGES

COLUMNS = ("document", "stage")
OPTIONAL = ("scope", "organisation")


class LabelsError(ValueError):
    """Labels that cannot be used: one line for each fault, with file and line."""


@dataclass(frozen=True, slots=True)
class Label:
    """One assessed estate. Estates of one ``organisation`` are kept together when the outcome is checked."""

    stage: int
    organisation: str
    observations: tuple[Observation, ...]


def read_labels(file: Path, model: Model) -> tuple[Label, ...]:
    """Read ``document,stage[,scope][,organisation]``; documents are found beside the CSV file.

    Raises:
        LabelsError: every fault of the file and of its documents.
    """
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"{file}: cannot be read: {error}") from error
    columns = set(rows[0]) if rows else set()
    if not rows or not columns.issuperset(COLUMNS) or columns - {*COLUMNS, *OPTIONAL}:
        allowed = ",".join((*COLUMNS, *(f"[{name}]" for name in OPTIONAL)))
        raise LabelsError(f"{file}:1: the first line must name the columns {allowed}, and at least one label must follow")
    problems: list[str] = []
    labels = [_label(row, f"{file}:{line}", file.parent, model, problems) for line, row in enumerate(rows, start=2)]
    if problems:
        raise LabelsError("\n".join(problems))
    return tuple(label for label in labels if label is not None)


def _label(row: Mapping[str, str | None], where: str, folder: Path, model: Model, problems: list[str]) -> Label | None:
    text = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
    stage = _stage(text["stage"])
    if stage is None:
        problems.append(f"{where}: stage {text['stage']!r} is none of 0 to 3 and none of {', '.join(STAGES)}")
    try:
        document = json.loads((folder / text["document"]).read_text(encoding="utf-8"))
        observations = observations_from_json(document, model, scope=text["scope"] or None)
    except ObservationsError as error:
        problems.extend(f"{where}: {text['document']}: {problem}" for problem in error.problems)
        return None
    except (OSError, ValueError) as error:
        problems.append(f"{where}: document {text['document']!r} cannot be read as JSON: {error}")
        return None
    return None if stage is None else Label(stage, text["organisation"] or where, observations)


def _stage(text: str) -> int | None:
    if text in STAGES:
        return STAGES.index(text)
    return int(text) if text in {str(number) for number in range(len(STAGES))} else None
