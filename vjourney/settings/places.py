"""Plain data from YAML together with the place of every key and value, so that a problem can be shown where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

_INTEGER = "tag:yaml.org,2002:int"
_MERGE = "tag:yaml.org,2002:merge"
_NUMBERS = (_INTEGER, "tag:yaml.org,2002:float")
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_NO_DAY = "looks like a day that does not exist; write one such as 2026-03-31, or put text in quotes"
_NO_PLAIN_VALUE = "is not a plain value; put text that starts with ! in quotes, and use no tags"

_NO_NUMBER = "is too large a number; write a smaller one, or put text in quotes"
_OTHER_BASE = "is a number of base 8 or 60 to YAML; write it without a leading zero and without colons, or put text in quotes"

_NOT_DECIMAL = re.compile(r"[-+]?(0[0-7_]+|[0-9_.]+(:[0-9_.]+)+)")
"""Octal and base 60 as YAML 1.1 has them: 010 is eight and 1:30 is ninety, which nobody means here."""

LARGEST = 10**18
"""Numbers from here on fit neither a database nor a sum; nothing that is counted comes near."""

MOST_VALUES = 100_000
"""Far more than anybody writes: a few lines of anchors that refer to anchors can stand for billions."""

MOST_SHOWN = 80
"""Of longer text a message repeats the beginning."""

Steps = tuple[str | int, ...]
"""Where a value stands in a document: keys and list positions from the root."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file, counted from 1; line 0 is the file as a whole."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, at which key, and a sentence that says what is allowed."""

    file: str
    place: Place
    path: Steps
    sentence: str

    def __str__(self) -> str:
        """The one line a user reads."""
        where = f"{self.file}:{self.place.line}:{self.place.column}" if self.place.line else self.file
        key = dotted(self.path)
        return f"{where}: {key}: {self.sentence}" if key else f"{where}: {self.sentence}"


class ConfigurationError(Exception):
    """A configuration that cannot be used; ``problems`` holds everything wrong with it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, which are also the message, one a line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.place)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Document:
    """One YAML file: its data (lists as tuples), the place of every key and value in it, and what was wrong with it."""

    file: str
    data: object = None
    keys: dict[Steps, Place] = field(default_factory=dict)
    values: dict[Steps, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: Steps, sentence: str, *, at_key: bool = False) -> None:
        """Note a problem at the value of this path or, with ``at_key`` or without such a value, at the nearest key."""
        self.problems.append(Problem(self.file, self._place(path, at_key=at_key), path, sentence))

    def _place(self, path: Steps, *, at_key: bool) -> Place:
        if at_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place())


def dotted(path: Steps) -> str:
    """The path as it is written in messages: ``vcenters[0].poll_interval``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: object) -> str:
    """A value as a message repeats it: as YAML writes it, and not at length."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}…")
    if isinstance(value, tuple | Mapping):
        return "a list" if isinstance(value, tuple) else "a mapping"
    return "nothing" if value is None else str(value)


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark; a ``ValueError`` says in a clause why there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {(error.strerror or str(error)).lower()}") from None


def read_document(path: Path) -> Document:
    """The YAML file at ``path``; never raises, problems are noted in the document."""
    document = Document(str(path))
    try:
        node = yaml.compose(read_text(path), Loader=yaml.SafeLoader)
        document.data = _Builder(document).value(node, ()) if node is not None else None
    except ValueError as error:
        document.problem((), f"the file {error}")
    except RecursionError:
        document.problem((), "the file is nested too deeply")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place()
        document.problems.append(Problem(document.file, place, (), _syntax(error)))
    except yaml.YAMLError:
        document.problem((), "the file holds a character that YAML does not allow")
    return document


def _syntax(error: yaml.MarkedYAMLError) -> str:
    """What the parser says, without words of the file: a password that starts with * or ! must not come back here."""
    if isinstance(error, yaml.composer.ComposerError) and "alias" in (error.problem or ""):
        return "the file refers to an anchor that is not defined; put a value that starts with * in quotes"
    if "'\\t'" in (error.problem or ""):
        return "the file has a tab where only spaces are allowed; indent with spaces"
    if (error.problem or "").endswith("another document"):
        return "a second document begins here; keep one in the file"
    said = re.sub(r"'(?!<)[^']{2,}'", "that text", error.problem or "something unexpected")
    return f"the file is not valid YAML: {said}"


class _Builder:
    """Turns nodes into data and notes places; never makes anything but plain data, whatever tags a file has."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._scalars = yaml.constructor.SafeConstructor()
        self._open: set[int] = set()
        self._built = 0

    def value(self, node: yaml.Node, path: Steps) -> object:
        self._count()
        self._document.values[path] = _at(node)
        if id(node) in self._open:
            self._document.problem(path, "refers to itself")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return tuple(self.value(item, (*path, number)) for number, item in enumerate(node.value))
            return self._scalar(node, path)
        finally:
            self._open.discard(id(node))

    def _count(self, more: int = 1) -> None:
        self._built += more
        if self._built > MOST_VALUES:
            raise ValueError(f"expands to more than {MOST_VALUES:,} values; use fewer references to anchors")

    def _mapping(self, node: yaml.MappingNode, path: Steps) -> dict[str, object]:
        built: dict[str, object] = {}
        for key_node, value_node, merged in self._pairs(node, path):
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._document.values.setdefault((*path, "?"), _at(key_node))
                self._document.problem((*path, "?"), "a key must be a word")
                continue
            here = (*path, key)
            if key in built and merged:
                continue
            if key in built:
                first = self._document.keys[here].line
                place = _at(key_node)
                self._document.problems.append(
                    Problem(self._document.file, place, here, f"is given twice, first in line {first}; keep one of them")
                )
                continue
            self._document.keys[here] = _at(key_node)
            built[key] = self.value(value_node, here)
        return built

    def _pairs(self, node: yaml.MappingNode, path: Steps) -> list[tuple[yaml.Node, yaml.Node, bool]]:
        """The pairs of a mapping, then those that ``<<`` merges into it; the last part says which, since they give way."""
        pairs = [(key, value, False) for key, value in node.value if key.tag != _MERGE]
        for key, value in node.value:
            sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for source in sources if key.tag == _MERGE else ():
                if not isinstance(source, yaml.MappingNode) or id(source) in self._open:
                    self._document.keys[*path, "<<"] = _at(key)
                    self._document.problem((*path, "<<"), "cannot be merged; name an anchor of a mapping", at_key=True)
                    continue
                self._open.add(id(source))
                self._count(len(source.value))
                pairs += [(inner, given, True) for inner, given, _ in self._pairs(source, path)]
                self._open.discard(id(source))
        return pairs

    def _scalar(self, node: yaml.Node, path: Steps) -> object:
        if node.tag in _NUMBERS and _NOT_DECIMAL.fullmatch(node.value):
            self._document.problem(path, _OTHER_BASE)
            return None
        try:
            value = self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            wrong = {_TIMESTAMP: _NO_DAY, _INTEGER: _NO_NUMBER}.get(node.tag, _NO_PLAIN_VALUE)
            self._document.problem(path, wrong)
            return None
        if isinstance(value, int) and abs(value) >= LARGEST:
            self._document.problem(path, _NO_NUMBER)
            return None
        return value


def _at(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
