"""Labels: documents of assessed organisations and the stages that people found them in, from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.documents import ObservationsError, observations_from_json, parsed
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
        lines = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
        rows = [(f"{file}:{lines.line_num}", row) for row in lines]
    except UnicodeDecodeError as error:
        raise LabelsError(f"{file}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise LabelsError(f"{file}: cannot be read ({error.strerror}); give a CSV file of labels") from error
    except csv.Error as error:
        raise LabelsError(f"{file}: is not CSV: {error}") from error
    columns = list(lines.fieldnames or ())
    if not rows or len(set(columns)) < len(columns) or not set(COLUMNS) <= set(columns) <= {*COLUMNS, *OPTIONAL}:
        allowed = ",".join((*COLUMNS, *(f"[{name}]" for name in OPTIONAL)))
        raise LabelsError(
            f"{file}:1: the first line must name the columns {allowed} once each, with commas between, and at least one label "
            "must follow"
        )
    problems: list[str] = []
    labels = [_label(row, where, file.parent, model, problems) for where, row in rows]
    problems += _repeated(rows)
    if problems:
        raise LabelsError("\n".join(problems))
    return tuple(label for label in labels if label is not None)


def _repeated(rows: Sequence[tuple[str, Mapping[str, str | None]]]) -> Iterator[str]:
    """One estate has one label: a second one contradicts the first, or counts it twice."""
    first: dict[tuple[str, str], str] = {}
    for where, row in rows:
        about = (_cell(row, "document"), _cell(row, "scope"))
        if first.setdefault(about, where) != where and about[0]:
            yield f"{where}: {' '.join(about).strip()} has a label in line {first[about].rpartition(':')[2]}; keep one of them"


def _cell(row: Mapping[str, str | None], name: str) -> str:
    return (row.get(name) or "").strip()


def _label(row: Mapping[str, str | None], where: str, folder: Path, model: Model, problems: list[str]) -> Label | None:
    stage, document = _stage(_cell(row, "stage")), _cell(row, "document")
    if stage is None:
        problems.append(f"{where}: stage {_cell(row, 'stage')!r} is none of 0 to 3 and none of {', '.join(STAGES)}")
    if None in row:
        problems.append(f"{where}: has more cells than the first line has columns; put text with commas in quotes")
    try:
        text = (folder / document).read_text(encoding="utf-8")
        observations = observations_from_json(parsed(text), model, scope=_cell(row, "scope") or None)
    except ObservationsError as error:
        problems.extend(f"{where}: {document}: {problem}" for problem in error.problems)
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        problems.append(f"{where}: document {document!r} cannot be read ({reason}); name one from the folder of the CSV file")
        return None
    return None if stage is None else Label(stage, _cell(row, "organisation") or where, observations)


def _stage(text: str) -> int | None:
    if text in STAGES:
        return STAGES.index(text)
    return int(text) if text in {str(number) for number in range(len(STAGES))} else None
