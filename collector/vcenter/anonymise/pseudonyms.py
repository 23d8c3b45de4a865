"""Keyed pseudonyms: the same text becomes the same pseudonym everywhere in one recording, and nowhere else.

The key is random, lives as long as the recording is made and is never stored: nobody, its maker included, can compute the
original back, or try names until one fits.
"""

from __future__ import annotations

import hmac
import re
import secrets
from itertools import count
from uuid import UUID

from collector.vcenter.anonymise.vocabulary import Essence, Vocabulary

DEFAULT_NAMES = frozenset(
    {
        "vm",
        "host",
        "datastore",
        "network",
        "Datacenters",
        "Resources",
        "Discovered virtual machine",
        "Discovered virtual machines",
    }
)
"""What vCenter itself calls the objects that every inventory has."""

LONGEST = 300
"""Longer texts are no names that anybody gave, and nothing is read in them."""

_ESCAPED = {"%2f": "/", "%5c": "\\", "%25": "%"}
_ESCAPE = re.compile("|".join(_ESCAPED), re.IGNORECASE)
_GREEK = str.maketrans("xz0123456789", "ξζαβγδεηθικλ")
_NUMBER = re.compile(r"[-_ ]?\(?\d+\)?$")


class Pseudonyms:
    """The pseudonyms of one recording; ``key`` is random unless a test gives one."""

    def __init__(self, vocabulary: Vocabulary, key: bytes | None = None) -> None:
        self.vocabulary = vocabulary
        self._key = key or secrets.token_bytes(32)
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, text: str) -> str:
        """A name of an inventory object: what it is for, ``x..z`` for what it is, and a number where it ended in one.

        Names that differ in their last number alone still do, so that a series is seen as one. Different names stay different.
        """
        plain = _ESCAPE.sub(lambda found: _ESCAPED[found[0].lower()], text)
        if plain in DEFAULT_NAMES or not plain:
            return plain
        if plain not in self._names:
            made = next(found for salt in count() if (found := self._name(plain, salt)) not in self._taken)
            self._names[plain] = made
            self._taken.add(made)
        return self._names[plain]

    def user(self, text: str) -> str:
        """An account, with its domain where it has one: still a program, a person or the platform itself, but not which.

        Spellings that differ in case stay apart, as they do to whoever counts accounts.
        """
        domain, backslash, account = text.rpartition("\\")
        if backslash:
            return f"{self.code('domain', domain)}\\{self._account(account)}"
        account, at, domain = text.partition("@")
        return f"{self._account(account)}@{self.code('domain', domain)}" if at else self._account(text)

    def attribute(self, text: str) -> str:
        """The name of a custom attribute."""
        return self.code(_read(self.vocabulary.attribute, text) or "attribute", text)

    def value(self, text: str) -> str:
        """The value of a custom attribute. Values that differ in case or outer white space alone are the same.

        One that amounts to a known word keeps it, with a mark in signs that no word is made of.
        """
        plain = text.strip().lower()
        if not plain or plain in self.vocabulary.plain:
            return text
        if whole := self.vocabulary.whole(text):
            return f"{whole} {self._mark('value', plain).translate(_GREEK)}"
        return self.code(self.vocabulary.value(text) or "value", plain)

    def snapshot(self, text: str) -> str:
        """The name of a snapshot."""
        return self.code(_read(self.vocabulary.snapshot, text) or "snapshot", text)

    def uuid(self, text: str) -> str:
        """A UUID in place of another."""
        return str(UUID(bytes=self._digest("uuid", text.lower())[:16], version=4))

    def code(self, kind: str, text: str) -> str:
        """A word in place of an identifier, beginning with ``kind``; nothing for nothing."""
        return f"{kind}-{self._mark(kind, text)}" if text else ""

    def _name(self, plain: str, salt: int) -> str:
        low = plain.lower()
        prefix = next((plain[: len(start)] for start in self.vocabulary.prefixes if low.startswith(start)), "")
        number = _NUMBER.search(plain) if len(plain) <= LONGEST else None
        stem = plain[: number.start()] if number else f"{plain}\0{salt}"
        parts = [_read(self.vocabulary.name, plain), self._mark("name", stem)]
        if number:
            parts.append(str(10_000 + self._integer("number", f"{plain}\0{salt}") % 90_000))
        space = " " if prefix[-1:].isalnum() else ""
        return f"{prefix}{space}{'-'.join(filter(None, parts))}"

    def _account(self, text: str) -> str:
        plain = text.strip().lower()
        if not plain or plain in self.vocabulary.accounts:
            return text
        return self.code(_read(self.vocabulary.account, plain) or "user", text)

    def _mark(self, kind: str, text: str) -> str:
        """Digits between two letters that begin and end no word."""
        return f"x{self._integer(kind, text) % 10**9:09}z"

    def _integer(self, kind: str, text: str) -> int:
        return int.from_bytes(self._digest(kind, text)[:8], "big")

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256")


def _read(essence: Essence, text: str) -> str:
    """What may stay of a text."""
    return essence(text) if len(text) <= LONGEST else ""
