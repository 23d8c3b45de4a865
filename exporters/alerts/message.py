"""What is said to people: one title, and one body as plain text and as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning"]

_SPECIAL = re.compile(r"[\\`*\[\]]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Message:
    """A message for people. ``title`` is one line without markup."""

    title: str
    text: str
    markdown: str
    severity: Severity


class DeliveryError(Exception):
    """A target did not take what was sent; the sentence says what to do and holds no address with a secret in it."""


def one_line(text: str) -> str:
    """Text that may stand in the title of a message: without line breaks and other control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def escaped(text: str) -> str:
    """Text as it has to be written in Markdown so that it is read as it is; HTML in it stays text as well."""
    safe = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", safe)
