"""Lexicon: what the words in names and folders say about a virtual machine.

The data is ``data/lexicon.yaml``. Every distinct token is looked up once and remembered, so a large estate costs one
dictionary access for each token.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

ClassKind = Literal["business", "infrastructure"]
Environment = Literal["production", "test", "development"]

CRITICAL = "tier1"
"""The class of what is known to be critical, and not what it is."""

DATABASE = "database"
"""The class of databases of which nothing says whose they are."""

_TOKENS = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]+")
_OWN_ENDINGS = "corp|dom|home|int|internal|intra|lab|lan|loc|local|localdomain|priv|private"
_DOMAIN = re.compile(
    rf"^([^.\s]+)\.((?:[\w-]+\.)*(?:{_OWN_ENDINGS}|com|net|org|edu|gov|mil|biz|info|io|cloud|example|test|[a-z]{{2}}))$",
    re.IGNORECASE,
)
_OWN_DOMAIN = re.compile(rf"(?:^|.*\.)(?:{_OWN_ENDINGS})$")
_ENVIRONMENT_LETTER = re.compile(
    r"(?<=[a-z0-9][-_ ])[a-z](?=[-_ ])"  # nyc-t-sql01
    r"|^[a-z](?=[-_][a-z]+\d*[-_])"  # p-sap-app01, and not T-SQL
    r"|(?<=[a-z0-9][-_])[a-z](?=\d{2,3}(?:[-_ ]|$))"  # hana-p01
    r"|(?<=[a-z0-9][-_])[a-ce-z]$"  # crm-app-q; a letter "d" at the end counts nodes
)
_TIER = re.compile(r"^tier[-_ ]+(?=\d)")
_DATA_CENTRE = re.compile(r"dc\d+")
_DIGITS, _SEPARATORS = "0123456789", "-_ "
_A_NUMBER = "-0"
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
    appliance_prefixes: tuple[str, ...]
    appliance_sets: tuple[frozenset[str], ...]
    appliance_managers: tuple[str, ...]
    glued: re.Pattern[str]
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
        plain = fold(text)
        label = _DOMAIN.match(plain)
        low = _TIER.sub("tier", _CAMEL.sub(" ", label[1] if label else plain).lower())
        said = self._combine(self._joined(_machine_words(_TOKENS.findall(low))))
        if said.environment is None:
            coded = self._coded_environment(low) or (self._environment_of_domain(label[2].lower()) if label else None)
            return replace(said, environment=coded)
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

    def _coded_environment(self, low: str) -> Environment | None:
        """The environment that one letter between two signs stands for: ``nyc-t-sql01`` is a test machine."""
        return next((self.letters[letter] for letter in _ENVIRONMENT_LETTER.findall(low) if letter in self.letters), None)

    def _environment_of_domain(self, domain: str) -> Environment | None:
        """The environment that a part of a domain names, which is no name that somebody registered: ``dev.example.com``."""
        labels = domain.split(".")
        own = labels if _OWN_DOMAIN.match(domain) else labels[:-2]
        return next((self.environments[label] for label in own if label in self.environments), None)

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
        if desktop and app is not None and app.id == DATABASE:
            app = None  # the broker's own
        return Meaning(app, environment, desktop, appliance)

    def _read_token(self, token: str) -> Meaning:
        """One token: as it stands, else its runs of letters, else a known word with codes around it."""
        for whole in (token, bare := token.strip(_DIGITS)):
            if self._is_word(whole):
                return self._word(whole)
        if not bare.isalpha() and len(bare) <= _LONGEST_COMPOUND and (parts := _split(bare, self.compoundable)):
            return self._all([self._word(part) for part in parts])  # db2prod
        said = self._all([self._letters(letters) for letters in _LETTERS.findall(token) if len(letters) >= _SHORTEST_PART])
        coded = None if said.appliance else self.glued.fullmatch(token)
        if coded is None:
            return said
        before, word, *letters = coded.groups()
        around = self._all([said, self._word(before), self._word(word)])
        codes = (code for code in (*letters, before) if code in self.letters)
        return replace(around, environment=around.environment or next((self.letters[code] for code in codes), None))

    def _letters(self, letters: str) -> Meaning:
        """One run of letters: a word, or a compound of known words."""
        if letters.startswith(self.appliance_prefixes):
            return Meaning(appliance=True)
        if self._is_word(letters):
            return self._word(letters)
        if len(letters) <= _LONGEST_COMPOUND and (parts := _split(letters, self.compoundable)):
            return self._all([self._word(part) for part in parts])
        return Meaning()

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


def fold(text: str) -> str:
    """A text without accents: ``Produccion`` for ``Producción``."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _first_app(*apps: AppClass | None) -> AppClass | None:
    """The first of the business that says which it is, else the first of the business, else the first.

    A web server of a database is there for the database, a critical database is a database, a database of an application is
    that application, and one of a product with which IT works is no application of the business.
    """
    return min((app for app in apps if app), key=_rank, default=None)


def _rank(app: AppClass) -> int:
    if app.kind == "business":
        return 3 if app.id == CRITICAL else 2 if app.id == DATABASE else 0
    return 1 if app.owns_databases else 4


def _machine_words(tokens: list[str]) -> list[str]:
    """The tokens without a data centre before the machine's own name and number: ``dc1`` in ``dc1-vm-0042``."""
    if len(tokens) > 1 and _DATA_CENTRE.fullmatch(tokens[0]) and tokens[-1][-1].isdigit():
        rest = tokens[1:]
        return rest if any(not token.isdigit() for token in rest) else tokens
    return tokens


def _without_numbers(text: str) -> str:
    """A name with one number in place of those that stand alone at its end, which say nothing.

    Names with a domain are left as they are, and so are those that begin with a tier.
    """
    if "." in text or text[:4].lower() == "tier":
        return text
    whole, end = text, text.rstrip(_DIGITS)
    while end != text and end and end[-1] in _SEPARATORS:
        text = end.rstrip(_SEPARATORS)
        end = text.rstrip(_DIGITS)
    return text if text == whole else f"{text}{_A_NUMBER}"


def _split(letters: str, known: frozenset[str]) -> list[str]:
    """One way to write ``letters`` as known words, preferring long ones; empty where there is none."""
    if not letters:
        return []
    for end in range(len(letters), 1, -1):
        if letters[:end] in known and (end == len(letters) or (rest := _split(letters[end:], known))):
            return [letters[:end], *(rest if end < len(letters) else [])]
    return []


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
    glued = sorted({word for c in data["classes"] for word in c.get("glued", ())}, key=len, reverse=True)
    known = frozenset(apps) | frozenset(environments) | neutral | desktops
    return Lexicon(
        apps=apps,
        environments=environments,
        letters=letters,
        neutral=neutral,
        desktops=desktops,
        desktop_guests=tuple(data["desktops"]["guests"]),
        desktop_parents=tuple(data["desktops"]["parents"]),
        appliance_prefixes=tuple(data["appliances"]["prefixes"]),
        appliance_sets=tuple(frozenset(words) for words in data["appliances"]["together"]),
        appliance_managers=tuple(data["appliances"]["managers"]),
        glued=re.compile(
            rf"(?:[a-z]{{2,5}}\d{{1,3}})?([a-z]{{0,6}}?)({'|'.join(glued)})(?:\d+|([{codes}])\d+|\d\d+([{codes}]))"
        ),
        compoundable=frozenset(word for word in known if len(word) >= _SHORTEST_PART) | {*data["short"]},
    )


@lru_cache(maxsize=1)
def builtin() -> Lexicon:
    """The lexicon that comes with the program."""
    text = resources.files("inference.data").joinpath("lexicon.yaml").read_text(encoding="utf-8")
    return parse(yaml.safe_load(text))
