"""Lexicon: what the words in names and folders say about a virtual machine.

The data is ``data/lexicon.yaml``. Every distinct token is looked up once and remembered, so a large estate costs one
dictionary access for each token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from inference.classification import spelling

ClassKind = Literal["business", "infrastructure"]
Environment = Literal["production", "test", "development"]

CRITICAL = "tier1"
"""The class of what is known to be critical, and not what it is."""

DATABASES = frozenset({"database", "db2"})
"""The classes of databases of which nothing says whose they are; ``db2`` is a second one too."""

FRONT = "web"
"""The class of infrastructure that may be the front of an application: where critical, it is one of the business."""

_LETTERS = re.compile(r"[a-z]+")
_MOST_REMEMBERED = 100_000
_LONGEST_COMPOUND = 24
_SHORTEST_PART = 3  # two letters are too easily met by chance inside a word, but for those that the data names


@dataclass(frozen=True, slots=True)
class AppClass:
    """A class of applications, such as ``exchange``."""

    id: str
    kind: ClassKind
    title: str
    owns_databases: bool = field(default=False, compare=False)
    """Whether the word that named it is a product which keeps its own data in a database."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one text says; ``None`` and ``False`` where it says nothing."""

    app: AppClass | None = None
    environment: Environment | None = None
    desktop: bool = False
    appliance: bool = False


@dataclass(frozen=True)
class Lexicon:
    """The words, compiled. A domain tells ``read`` an environment and nothing else: ``sql01.sap.example.com`` is no SAP."""

    apps: Mapping[str, AppClass]
    environments: Mapping[str, Environment]
    letters: Mapping[str, Environment]
    neutral: frozenset[str]
    desktops: frozenset[str]
    desktop_guests: tuple[str, ...]
    desktop_parents: tuple[str, ...]
    replicas: tuple[str, ...]
    appliance_prefixes: tuple[str, ...]
    appliance_sets: tuple[frozenset[str], ...]
    appliance_managers: tuple[str, ...]
    glued: re.Pattern[str]
    glued_first: frozenset[str]
    inside: re.Pattern[str]
    compoundable: frozenset[str]
    _tokens: dict[str, Meaning] = field(default_factory=dict)
    _series: dict[str, Meaning] = field(default_factory=dict)
    _guests: dict[str | None, bool] = field(default_factory=dict)

    def read(self, text: str) -> Meaning:
        """The meaning of a name or of one folder name; names that differ only in their last numbers are read once."""
        series = spelling.without_numbers(text)
        found = self._series.get(series)
        if found is None:
            if len(self._series) >= _MOST_REMEMBERED:
                self._series.clear()
            found = self._series[series] = self.read_afresh(series)
        return found

    def read_afresh(self, text: str) -> Meaning:
        """The same without memory of earlier names."""
        low, domain = spelling.parts(text)
        said = self._combine(self._joined(spelling.tokens(low)))
        if said.environment is None:
            coded = (self.letters.get(code[0]) for code in spelling.coded_letters(low) if not self._is_word(code))
            named = (self.environments.get(label) for label in domain)
            return replace(said, environment=next(filter(None, (*coded, *named)), None))
        return said

    def read_path(self, names: Iterable[str]) -> Meaning:
        """The meaning of a folder path, from the outermost name to the innermost; the innermost that speaks counts."""
        app: AppClass | None = None
        environment: Environment | None = None
        desktop = False
        for name in names:
            found = self.read(name)
            app = _first_app(found.app, app) if found.app and found.app.id == CRITICAL else found.app or app
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

    def _joined(self, tokens: list[str]) -> list[str]:
        """The tokens, two neighbours as one word where they are one: ``pre-prod``, ``Share Point``, ``Tier 1 databases``."""
        answer: list[str] = []
        for token in tokens:
            if answer and len(token) >= _SHORTEST_PART and not token.isdigit() and self._is_word(answer[-1] + token):
                answer[-1] += token
            else:
                answer.append(token)
        return answer

    def _is_word(self, text: str) -> bool:
        return text in self.apps or text in self.environments or text in self.neutral or text in self.desktops

    def _combine(self, tokens: list[str]) -> Meaning:
        app: AppClass | None = None
        environment: Environment | None = None
        desktop = appliance = False
        for token in tokens:
            found = self._tokens.get(token)
            if found is None:
                found = self._tokens[token] = self._read_token(token)
            app = _first_app(app, found.app)
            environment = environment or found.environment
            desktop = desktop or found.desktop
            appliance = appliance or found.appliance
        if not appliance and len(tokens) > 1:
            words = {run for token in tokens for run in _LETTERS.findall(token) if len(run) > 1 or run == token}
            appliance = any(wanted <= words for wanted in self.appliance_sets)
        if desktop and app is not None and app.id in DATABASES:
            app = None  # the broker's own
        return Meaning(app, environment, desktop, appliance)

    def _read_token(self, token: str) -> Meaning:
        """One token: as it stands, else its runs of letters, else a known word with codes around it."""
        for whole in (token, bare := token.strip(spelling.DIGITS)):
            if self._is_word(whole):
                return self._word(whole)
        if not bare.isalpha() and (parts := self._parts(bare)):
            return self._all([self._word(part) for part in parts])  # db2prod
        said = self._all([self._letters(letters) for letters in _LETTERS.findall(token) if len(letters) >= _SHORTEST_PART])
        coded = None if said.appliance else self.glued.fullmatch(token) or self.inside.fullmatch(token)
        if coded is None:
            return said
        before, word, *codes = (group or "" for group in coded.groups())
        around = self._all([said, self._word(before), self._word(word), *map(self._word, codes)])
        letters = (self.letters[code] for code in (*codes, before) if code in self.letters)
        return replace(around, environment=around.environment or next(letters, None))

    def _letters(self, letters: str) -> Meaning:
        """One run of letters: a word, or a compound of known words."""
        if letters.startswith(self.appliance_prefixes):
            return Meaning(appliance=True)
        if self._is_word(letters):
            return self._word(letters)
        return self._all([self._word(part) for part in self._parts(letters)])

    def _parts(self, text: str) -> list[str]:
        """The known words that a text is made of; none where one stands behind another that never does."""
        parts = spelling.split(text, self.compoundable) if len(text) <= _LONGEST_COMPOUND else []
        return [] if any(part in self.glued_first for part in parts[1:]) else parts

    @staticmethod
    def _all(meanings: list[Meaning]) -> Meaning:
        """Several meanings side by side; the first that names an environment counts, and the application as elsewhere."""
        return Meaning(
            _first_app(*(m.app for m in meanings)),
            next((m.environment for m in meanings if m.environment), None),
            any(m.desktop for m in meanings),
            any(m.appliance for m in meanings),
        )

    def _word(self, word: str) -> Meaning:
        return Meaning(self.apps.get(word), self.environments.get(word), word in self.desktops)


def _first_app(*apps: AppClass | None) -> AppClass | None:
    """The first of the business that says which it is, else the first of the business, else the first.

    A web server of a database is there for the database, a critical database is a database, a database of an application is
    that application, and one of a product with which IT works is no application of the business; nor is a domain controller,
    however critical.
    """
    return min((app for app in apps if app), key=_rank, default=None)


def _rank(app: AppClass) -> int:
    if app.kind == "business":
        return 4 if app.id == CRITICAL else 2 if app.id in DATABASES else 0
    return 1 if app.owns_databases else 5 if app.id == FRONT else 3


def parse(data: Mapping[str, Any]) -> Lexicon:
    """A lexicon from the data of its YAML file; an unknown shape is a ``KeyError`` or ``TypeError``."""
    apps = {
        word: AppClass(c["id"], c["kind"], c["title"], word in data["own_databases"])
        for c in data["classes"]
        for word in c["words"]
    }
    environments = {word: env for env, words in data["environments"].items() for word in words}
    neutral = frozenset(data["neutral"])
    desktops = frozenset(data["desktops"]["words"])
    letters = data["environment_letters"]
    codes = "".join(letters)
    first = rf"(?:(?<![a-z])|(?<=^[a-z]{{3}})(?<!^(?:{'|'.join(data['no_sites'])})))"
    but_p = _any(data, "glued_but_p")
    glued = rf"{_any(data, 'glued')}|{but_p}(?!p\d)|(?<![a-z]){but_p}|{first}{_any(data, 'glued_first')}"
    known = frozenset(apps) | frozenset(environments) | neutral | desktops
    return Lexicon(
        apps=apps,
        environments=environments,
        letters=letters,
        neutral=neutral,
        desktops=desktops,
        desktop_guests=tuple(data["desktops"]["guests"]),
        desktop_parents=tuple(data["desktops"]["parents"]),
        replicas=tuple(data["replicas"]),
        appliance_prefixes=tuple(data["appliances"]["prefixes"]),
        appliance_sets=tuple(frozenset(words) for words in data["appliances"]["together"]),
        appliance_managers=tuple(data["appliances"]["managers"]),
        glued=re.compile(
            rf"(?:[a-z]{{2,5}}\d{{1,3}})?([a-z]{{0,6}}?)({glued})"
            rf"(?:\d+|([{codes}])\d+|\d\d+([{codes}])|({'|'.join(data['glued_environments'])})\d*)"
        ),
        glued_first=frozenset(word for c in data["classes"] for word in c.get("glued_first", ())),
        inside=re.compile(rf"([a-z]{{0,6}}?)({_any(data, 'inside')})([a-z]{{0,4}})\d{{0,4}}[a-z]{{0,2}}\d{{0,3}}"),
        compoundable=frozenset(word for word in known if len(word) >= _SHORTEST_PART) | {*data["short"]},
    )


def _any(data: Mapping[str, Any], key: str) -> str:
    """A pattern of the words that the classes list under a key, the longest first."""
    words = {word for c in data["classes"] for word in c.get(key, ())}
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


@lru_cache(maxsize=1)
def builtin() -> Lexicon:
    """The lexicon that comes with the program."""
    text = resources.files("inference.data").joinpath("lexicon.yaml").read_text(encoding="utf-8")
    return parse(yaml.safe_load(text))
