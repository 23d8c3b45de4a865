"""Attributes: what the custom attributes of a machine say about its owner, its tenant, its application and its environment.

The data is ``data/attributes.yaml``; values are read with the words of the lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Literal

from collector.facts import CustomField, VirtualMachine
from inference.lexicon import Lexicon, Meaning
from inference.notes import read_note
from inference.products import data_file

Kind = Literal["owner", "tenant", "criticality", "environment", "application"]

_WORDS = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOTHING = Meaning()


class Attributes:
    """The custom attributes of one vCenter."""

    def __init__(self, fields: Iterable[CustomField], lexicon: Lexicon) -> None:
        """Sort the definitions by what their names mean; each counts once."""
        every = tuple(fields)
        self._lexicon = lexicon
        self._known: dict[str, Meaning] = {}
        self.names = {field.key: field.name for field in every}
        self.kinds: dict[int, Kind] = {field.key: kind for field in every if (kind := _kind(field.name))}

    @cached_property
    def name_owners(self) -> bool:
        """Whether any attribute is there to name an owner or a tenant."""
        return not {"owner", "tenant"}.isdisjoint(self.kinds.values())

    def owner(self, vm: VirtualMachine) -> str | None:
        """Who answers for a machine: its owner, else its team, project or cost centre, else that its note names one."""
        found = self._value(vm, "owner") or self._value(vm, "tenant")
        return found or ("its note" if read_note(vm.annotation).owner else None)

    def tenant(self, vm: VirtualMachine) -> str | None:
        """Whom a machine is made for: its project, team or cost centre, else its owner."""
        return self._value(vm, "tenant") or self._value(vm, "owner")

    def meaning(self, vm: VirtualMachine) -> Meaning:
        """The application and the environment that the attributes of a machine name."""
        if not vm.custom_values or not self.kinds:
            return _NOTHING
        app = environment = None
        for key, text in vm.custom_values:
            kind = self.kinds.get(key)
            if kind in {"application", "environment", "criticality"}:
                said = self._read(text) if kind != "criticality" else self._critical(text)
                app = app or (said.app if kind != "environment" else None)
                environment = environment or said.environment
        return Meaning(app, environment)

    def _value(self, vm: VirtualMachine, kind: Kind) -> str | None:
        for key, text in vm.custom_values:
            if self.kinds.get(key) == kind and (value := text.strip().lower()) not in _data()["empty"]:
                return value
        return None

    def _read(self, text: str) -> Meaning:
        if text not in self._known:
            self._known[text] = self._lexicon.read(text)
        return self._known[text]

    def _critical(self, text: str) -> Meaning:
        plain = "".join(_WORDS.findall(text.lower()))
        return Meaning(self._lexicon.apps["tier1"]) if plain in _data()["critical"] else _NOTHING


def _kind(name: str) -> Kind | None:
    """What an attribute of this name is for."""
    words = _WORDS.findall(_CAMEL.sub(" ", name).lower())
    said = {*words, "".join(words)}
    fields: dict[Kind, list[str]] = _data()["fields"]
    return next((kind for kind, known in fields.items() if not said.isdisjoint(known)), None)


def _data() -> Any:  # noqa: ANN401 - a YAML document
    return data_file("attributes.yaml")
