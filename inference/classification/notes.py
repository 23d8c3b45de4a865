"""Notes: what the free text of a machine tells, which is who answers for it, what copies it and what made it.

The data is ``data/notes.yaml``. Whatever reads an annotation reads it here, since a recording keeps of a note what this reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from inference.classification.spelling import fold
from inference.products import data_file

_WORDS = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CLAUSES = re.compile(r"[.,;\n]+")


@dataclass(frozen=True, slots=True)
class Note:
    """What one note tells; ``self_service`` is that a product from which people order machines wrote it."""

    owner: bool = False
    backup: bool = False
    self_service: bool = False


_NOTHING = Note()


def read_note(text: str | None) -> Note:
    """What a note tells; nothing where there is none."""
    if not text:
        return _NOTHING
    low = fold(text).lower()
    groups: list[list[str]] = _data()["self_service"]
    return Note(
        owner=any(value.strip() not in data_file("attributes.yaml")["empty"] for value in _owner().findall(low)),
        backup=speaks_of_backup(low) and any(map(_says_backed_up, _CLAUSES.split(low))),
        self_service=any(all(word in low for word in group) for group in groups),
    )


@lru_cache(maxsize=16384)
def speaks_of_backup(text: str) -> bool:
    """Whether a note, or the value of a custom attribute, speaks of a backup."""
    low = fold(text).lower()
    return any(word in low for word in _data()["backup"]) or not words_in(low).isdisjoint(_data()["backup_words"])


@lru_cache(maxsize=4096)
def is_denied(text: str) -> bool:
    """Whether one of its words says no: ``No backup``, ``excluded``."""
    return not words_in(text).isdisjoint(_data()["denied"])


def words_in(text: str) -> set[str]:
    """The words of a text in lower case and without accents, and all of them as one."""
    words = _WORDS.findall(_CAMEL.sub(" ", fold(text)).lower())
    return {*words, "".join(words)}


@lru_cache(maxsize=1)
def _owner() -> re.Pattern[str]:
    words = "|".join(map(re.escape, _data()["owner"]))
    return re.compile(rf"\b(?:{words})\b\s*[:=][ \t]*([^,;\n]*)")


def _says_backed_up(clause: str) -> bool:
    """Whether a clause says that the machine is copied: it speaks of that, denies nothing and names no machine for backups."""
    return speaks_of_backup(_machines().sub(" ", clause)) and not is_denied(clause)


@lru_cache(maxsize=1)
def _machines() -> re.Pattern[str]:
    words = "|".join(map(re.escape, _data()["backup_machines"]))
    return re.compile(rf"\bbackup (?:exec )?(?:{words})\b(?!\s*[:=])")


def _data() -> Any:  # noqa: ANN401 - a YAML document
    return data_file("notes.yaml")
