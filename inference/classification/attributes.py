"""Attributes: what tags and custom attributes of a machine say about its owner, tenant, application, environment and backup.

Of a host its tags say whether it stands at the edge.

The data is ``data/attributes.yaml``; values are read with the words of the lexicon. The category of a tag is read as the name
of an attribute, the name of a tag as its value.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any, Literal

from collector.facts import CustomField, Tag, VirtualMachine
from inference.classification.lexicon import CRITICAL, Lexicon, Meaning
from inference.classification.notes import is_denied, read_note, speaks_of_backup, words_in
from inference.classification.spelling import fold
from inference.products import data_file

Kind = Literal["owner", "tenant", "criticality", "environment", "application"]

_WORDS = re.compile(r"[a-z0-9]+")
_NOTHING = Meaning()


class Attributes:
    """The custom attributes and tags of one vCenter."""

    def __init__(self, fields: Iterable[CustomField], lexicon: Lexicon, tags: Iterable[Tag] | None = None) -> None:
        """Sort the definitions by what their names mean; each counts once. ``tags`` are those in use, if they were read."""
        every = tuple(fields)
        self.categories: dict[str, Kind] = {tag.category: kind for tag in tags or () if (kind := kind_of(tag.category))}
        self._lexicon = lexicon
        self._known: dict[str, Meaning] = {}
        self._tagged: dict[tuple[Tag, ...], Meaning] = {}
        self._meanings: dict[tuple[tuple[int, str], ...], Meaning] = {}
        self._backups: dict[tuple[tuple[int, str], ...], bool] = {}
        self._values: defaultdict[Kind, dict[tuple[tuple[int, str], ...], str | None]] = defaultdict(dict)
        self.names = {field.key: field.name for field in every}
        self.kinds: dict[int, Kind] = {field.key: kind for field in every if (kind := kind_of(field.name))}

    @cached_property
    def name_owners(self) -> bool:
        """Whether any attribute, or any tag, is there to name an owner or a tenant."""
        return not {"owner", "tenant"}.isdisjoint((*self.kinds.values(), *self.categories.values()))

    def owner(self, vm: VirtualMachine) -> str | None:
        """Who answers for a machine: its owner, else its team, project or cost centre, else that its note names one."""
        found = self._value(vm, "owner") or self._value(vm, "tenant")
        return found or ("its note" if read_note(vm.annotation).owner else None)

    def tenant(self, vm: VirtualMachine) -> str | None:
        """Whom a machine is made for: its project, team or cost centre, else its owner."""
        return self._value(vm, "tenant") or self._value(vm, "owner")

    def is_backed_up(self, vm: VirtualMachine) -> bool:
        """Whether its note, an attribute or a tag says that a machine is backed up."""
        known, values = self._backups, vm.custom_values
        if values not in known:
            known[values] = _says_backup((self.names.get(key, ""), text) for key, text in values)
        return known[values] or read_note(vm.annotation).backup or bool(vm.tags and is_tagged_for_backup(vm.tags))

    def meaning(self, vm: VirtualMachine) -> Meaning:
        """The application and the environment that the attributes of a machine name."""
        if not vm.custom_values or not self.kinds:
            return _NOTHING
        found = self._meanings.get(vm.custom_values)
        if found is None:
            found = self._meaning((self.kinds.get(key), text) for key, text in vm.custom_values)
            self._meanings[vm.custom_values] = found
        return found

    def tag_meaning(self, vm: VirtualMachine) -> Meaning:
        """The application and the environment that the tags of a machine name."""
        if not vm.tags or not self.categories:
            return _NOTHING
        found = self._tagged.get(vm.tags)
        if found is None:
            found = self._tagged[vm.tags] = self._meaning((self.categories.get(tag.category), tag.name) for tag in vm.tags)
        return found

    def _meaning(self, said: Iterable[tuple[Kind | None, str]]) -> Meaning:
        app = critical = environment = None
        for kind, text in said:
            if kind in {"application", "environment", "criticality"}:
                found = self._read(text) if kind != "criticality" else self._critical(text)
                app = app or (found.app if kind == "application" else None)
                critical = critical or (found.app if kind == "criticality" else None)
                environment = environment or found.environment
        return Meaning(app or critical, environment)

    def _value(self, vm: VirtualMachine, kind: Kind) -> str | None:
        for tag in vm.tags or ():
            if self.categories.get(tag.category) == kind and (value := tag.name.strip().lower()) not in _data()["empty"]:
                return value
        if not vm.custom_values or not self.kinds:
            return None
        known = self._values[kind]
        if vm.custom_values not in known:
            known[vm.custom_values] = self._first(kind, vm.custom_values)
        return known[vm.custom_values]

    def _first(self, kind: Kind, values: tuple[tuple[int, str], ...]) -> str | None:
        for key, text in values:
            if self.kinds.get(key) == kind and (value := text.strip().lower()) not in _data()["empty"]:
                return value
        return None

    def _read(self, text: str) -> Meaning:
        if text not in self._known:
            self._known[text] = self._lexicon.read(text)
        return self._known[text]

    def _critical(self, text: str) -> Meaning:
        plain, critical = "".join(_WORDS.findall(text.lower())), self._lexicon.apps[CRITICAL]
        if plain in _data()["critical"] or (self._read(text).app == critical and not is_denied(text)):
            return Meaning(critical)
        return _NOTHING


def is_tagged_for_backup(tags: Iterable[Tag] | None) -> bool:
    """Whether a tag says that a machine is backed up, by its own name or by that of its category, and none that it is not."""
    return _says_backup((tag.category, tag.name) for tag in tags or ())


def is_tagged_as_edge(tags: Iterable[Tag] | None) -> bool:
    """Whether a tag says that a host is at the edge or in a branch, by its name or that of its category; none says no."""
    return _is_said(speaks_of_edge, ((tag.category, tag.name) for tag in tags or ()))


def speaks_of_edge(text: str) -> bool:
    """Whether a tag or its category speaks of the edge or of branches; capitals begin no word, since there is a PowerEdge."""
    words = _WORDS.findall(fold(text).lower())
    return not {*words, "".join(words)}.isdisjoint(_data()["edge"])


def _says_backup(said: Iterable[tuple[str, str]]) -> bool:
    return _is_said(speaks_of_backup, said)


def _is_said(speaks: Callable[[str], bool], said: Iterable[tuple[str, str]]) -> bool:
    """Whether a value says so, by itself or by the name of what it is a value of, and none says no."""
    return {not denies(value) for name, value in said if speaks(value) or speaks(name)} == {True}


@lru_cache(maxsize=4096)
def denies(text: str) -> bool:
    """Whether a value says no, or says nothing: ``none``, ``No backup``, ``excluded``."""
    return text.strip().lower() in _data()["empty"] or is_denied(text)


def kind_of(name: str) -> Kind | None:
    """What an attribute of this name is for; nothing where a word beside says that it tells something else."""
    said = words_in(name)
    fields: dict[Kind, list[str]] = _data()["fields"]
    beside: dict[str, list[str]] = _data()["beside"]
    if not said.isdisjoint(beside["every"]):
        return None
    fitting = (kind for kind, known in fields.items() if not said.isdisjoint(known))
    return next((kind for kind in fitting if said.isdisjoint(beside.get(kind, ()))), None)


def _data() -> Any:  # noqa: ANN401 - a YAML document
    return data_file("attributes.yaml")
