"""Lexicon: what the words in names and folders say about a virtual machine.

The data is ``data/lexicon.yaml``. Every distinct token is looked up once and remembered, so a large estate costs one
dictionary access for each token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

ClassKind = Literal["business", "infrastructure"]
Environment = Literal["production", "test", "development"]

_TOKENS = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]+")
_DOMAIN = re.compile(
    r"^([^.\s]+)\.(?:[\w-]+\.)*(?:local|lan|com|net|org|corp|int|internal|intra|io|example|test|[a-z]{2})$", re.IGNORECASE
)
_DIGITS, _SEPARATORS = "0123456789", "-_ "
_MOST_REMEMBERED = 100_000
_LONGEST_COMPOUND = 24
_SHORTEST_PART = 3  # two letters are too easily met by chance inside a word


@dataclass(frozen=True, slots=True)
class AppClass:
    """A class of applications, such as ``exchange``."""

    id: str
    kind: ClassKind
    title: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one text says; ``None`` and ``False`` where it says nothing."""

    app: AppClass | None = None
    environment: Environment | None = None
    desktop: bool = False
    appliance: bool = False


@dataclass(frozen=True)
class Lexicon:
    """The words, compiled. ``read`` never looks inside a domain name: in ``sql01.sap.example.com`` only ``sql01`` counts."""

    apps: Mapping[str, AppClass]
    environments: Mapping[str, Environment]
    neutral: frozenset[str]
    desktops: frozenset[str]
    desktop_guests: tuple[str, ...]
    desktop_parents: tuple[str, ...]
    appliance_prefixes: tuple[str, ...]
    appliance_sets: tuple[frozenset[str], ...]
    appliance_managers: tuple[str, ...]
    site_coded: re.Pattern[str]
    compoundable: frozenset[str]
    _tokens: dict[str, Meaning] = field(default_factory=dict)
    _series: dict[str, Meaning] = field(default_factory=dict)
    _guests: dict[str | None, bool] = field(default_factory=dict)

    def read(self, text: str) -> Meaning:
        """The meaning of a name or of one folder name; names that differ only in their last numbers are read once."""
        series = _without_numbers(text)
        found = self._series.get(series)
        if found is None:
            if len(self._series) >= _MOST_REMEMBERED:
                self._series.clear()
            found = self._series[series] = self.read_afresh(series)
        return found

    def read_afresh(self, text: str) -> Meaning:
        """The same without memory of earlier names."""
        label = _DOMAIN.match(text)
        return self._combine(_TOKENS.findall(_CAMEL.sub(" ", label[1] if label else text).lower()))

    def read_path(self, names: Iterable[str]) -> Meaning:
        """The meaning of a folder path, from the outermost name to the innermost; the innermost that speaks counts."""
        app: AppClass | None = None
        environment: Environment | None = None
        desktop = False
        for name in names:
            found = self.read(name)
            app = found.app or app
            environment = found.environment or environment
            desktop = desktop or found.desktop
        return Meaning(app, environment, desktop)

    def is_client_guest(self, guest_id: str | None) -> bool:
        """Whether a guest id is that of a desktop operating system."""
        known = self._guests.get(guest_id)
        if known is None:
            low = (guest_id or "").lower()
            known = self._guests[guest_id] = low.startswith(self.desktop_guests) and "server" not in low
        return known

    def _combine(self, tokens: list[str]) -> Meaning:
        app: AppClass | None = None
        environment: Environment | None = None
        desktop = appliance = False
        for token in tokens:
            found = self._tokens.get(token)
            if found is None:
                found = self._tokens[token] = self._read_token(token)
            if found.app and (app is None or (app.kind == "infrastructure" and found.app.kind == "business")):
                app = found.app
            environment = environment or found.environment
            desktop = desktop or found.desktop
            appliance = appliance or found.appliance
        if not appliance and len(tokens) > 1:
            words = {match for token in tokens for match in _LETTERS.findall(token)}
            appliance = any(wanted <= words for wanted in self.appliance_sets)
        return Meaning(app, environment, desktop, appliance)

    def _read_token(self, token: str) -> Meaning:
        """One token: as it stands, else its runs of letters, else a compound of known words or one after a site code."""
        if token in self.apps or token in self.environments or token in self.desktops or token in self.neutral:
            return self._word(token)
        return self._all([self._letters(letters, numbered=token != letters) for letters in _LETTERS.findall(token)])

    def _letters(self, letters: str, *, numbered: bool) -> Meaning:
        if letters.startswith(self.appliance_prefixes):
            return Meaning(appliance=True)
        if letters in self.neutral or letters in self.apps or letters in self.environments or letters in self.desktops:
            return self._word(letters)
        if len(letters) <= _LONGEST_COMPOUND and (parts := _split(letters, self.compoundable)):
            return self._all([self._word(part) for part in parts])
        if numbered and (coded := self.site_coded.fullmatch(letters)):
            return Meaning(app=self.apps[coded[1]])
        return Meaning()

    @staticmethod
    def _all(meanings: list[Meaning]) -> Meaning:
        """Several meanings side by side; the first that names an application or an environment counts."""
        return Meaning(
            next((m.app for m in meanings if m.app), None),
            next((m.environment for m in meanings if m.environment), None),
            any(m.desktop for m in meanings),
            any(m.appliance for m in meanings),
        )

    def _word(self, word: str) -> Meaning:
        return Meaning(self.apps.get(word), self.environments.get(word), word in self.desktops)


def _without_numbers(text: str) -> str:
    """A name without the numbers that stand alone at its end, which say nothing; names with a domain are left as they are."""
    if "." in text:
        return text
    end = text.rstrip(_DIGITS)
    while end != text and end and end[-1] in _SEPARATORS:
        text = end.rstrip(_SEPARATORS)
        end = text.rstrip(_DIGITS)
    return text


def _split(letters: str, known: frozenset[str]) -> list[str]:
    """One way to write ``letters`` as known words, preferring long ones; empty where there is none."""
    if not letters:
        return []
    for end in range(len(letters), _SHORTEST_PART - 1, -1):
        if letters[:end] in known and (end == len(letters) or (rest := _split(letters[end:], known))):
            return [letters[:end], *(rest if end < len(letters) else [])]
    return []


def parse(data: Mapping[str, Any]) -> Lexicon:
    """A lexicon from the data of its YAML file; an unknown shape is a ``KeyError`` or ``TypeError``."""
    apps = {word: AppClass(c["id"], c["kind"], c["title"]) for c in data["classes"] for word in c["words"]}
    environments = {word: env for env, words in data["environments"].items() for word in words}
    neutral = frozenset(data["neutral"])
    desktops = frozenset(data["desktops"]["words"])
    coded = sorted({word for c in data["classes"] for word in c.get("after_site_code", ())}, key=len, reverse=True)
    known = frozenset(apps) | frozenset(environments) | neutral | desktops
    return Lexicon(
        apps=apps,
        environments=environments,
        neutral=neutral,
        desktops=desktops,
        desktop_guests=tuple(data["desktops"]["guests"]),
        desktop_parents=tuple(data["desktops"]["parents"]),
        appliance_prefixes=tuple(data["appliances"]["prefixes"]),
        appliance_sets=tuple(frozenset(words) for words in data["appliances"]["together"]),
        appliance_managers=tuple(data["appliances"]["managers"]),
        site_coded=re.compile(rf"[a-z]{{2,4}}({'|'.join(coded)})"),
        compoundable=frozenset(word for word in known if len(word) >= _SHORTEST_PART and word.isalpha()),
    )


@lru_cache(maxsize=1)
def builtin() -> Lexicon:
    """The lexicon that comes with the program."""
    text = resources.files("inference.data").joinpath("lexicon.yaml").read_text(encoding="utf-8")
    return parse(yaml.safe_load(text))
