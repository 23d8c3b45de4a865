"""Labels: documents of assessed organisations and the stages that people found them in, from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inference.documents import ObservationsError, observations_from_json, parsed
from inference.judging.model import Model
from inference.judging.reading import read
from inference.observations import Observation
from inference.stages import STAGES

COLUMNS = ("document", "stage")
OPTIONAL = ("scope", "organisation")
TOO_MANY = "and more"
"""Where cells beyond the last column are kept."""


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
    columns = [name.strip() for name in lines.fieldnames or ()]
    given = [(where, cells) for where, row in rows if any((cells := _cells(row)).values())]
    if not given or len(set(columns)) < len(columns) or not set(COLUMNS) <= set(columns) <= {*COLUMNS, *OPTIONAL}:
        allowed = ",".join((*COLUMNS, *(f"[{name}]" for name in OPTIONAL)))
        raise LabelsError(
            f"{file}:1: the first line must name the columns {allowed} once each, with commas between, and at least one label "
            "must follow"
        )
    problems: list[str] = []
    labels: list[Label] = []
    first: dict[object, str] = {}
    for where, cells in given:
        stage = _stage(cells["stage"])
        if stage is None:
            problems.append(f"{where}: stage {cells['stage']!r} is none of 0 to 3 and none of {', '.join(STAGES)}")
        if TOO_MANY in cells:
            problems.append(f"{where}: has more cells than the first line has columns; put text with commas in quotes")
        observations = _observations(cells, where, file.parent, model, problems)
        estate = ((file.parent / cells["document"]).resolve(), observations)
        if observations and first.setdefault(estate, where) != where:
            named, line = f"{cells['document']} {cells.get('scope', '')}".strip(), first[estate].rpartition(":")[2]
            problems.append(f"{where}: {named} has a label in line {line}; keep one of them")
        labels.append(Label(stage or 0, cells.get("organisation") or where, observations))
    if problems:
        raise LabelsError("\n".join(problems))
    return tuple(labels)


def _cells(row: Mapping[str, str | list[str] | None]) -> dict[str, str]:
    """The cells of a line by column; a line that a spreadsheet left empty has nothing in any of them."""
    return {
        (name or TOO_MANY).strip(): ",".join(cell) if isinstance(cell, list) else (cell or "").strip()
        for name, cell in row.items()
    }


def _observations(
    cells: Mapping[str, str], where: str, folder: Path, model: Model, problems: list[str]
) -> tuple[Observation, ...]:
    """What the document of a label says; nothing where that is a problem."""
    document = cells["document"]
    if not document:
        problems.append(f"{where}: names no document; give the JSON of an assessed estate")
        return ()
    try:
        text = (folder / document).read_text(encoding="utf-8")
        observations = observations_from_json(parsed(text), model, scope=cells.get("scope") or None)
    except ObservationsError as error:
        problems.extend(f"{where}: {document}: {problem}" for problem in error.problems)
        return ()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        problems.append(f"{where}: document {document!r} cannot be read ({reason}); name one from the folder of the CSV file")
        return ()
    if not read(model, observations).reading.present.any():
        problems.append(f"{where}: {document}: answers no indicator that the model scores, and so tells nothing; leave it out")
    return observations


def _stage(text: str) -> int | None:
    if text in STAGES:
        return STAGES.index(text)
    return int(text) if text in {str(number) for number in range(len(STAGES))} else None
