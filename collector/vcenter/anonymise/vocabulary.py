"""What of a text may stay in a recording: words of a fixed list that say what a thing is for, never which one it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Essence = Callable[[str], str]
"""The words of a text that classification needs, joined by hyphens; each comes from a fixed list and none from the text."""


def nothing(_text: str) -> str:
    """No word at all."""
    return ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Who anonymises says which words matter in what; without any, nothing of a text stays.

    ``name`` is for names of objects, ``account`` for accounts without their domain, ``attribute`` for names of custom
    attributes and ``value`` for their values, ``whole`` for values that amount to a known word, ``snapshot`` for names of
    snapshots, ``note`` for annotations. ``prefixes``
    are beginnings of names, in lower case, that mean something as they stand; ``plain`` are whole values of attributes, in
    lower case, that are no more than "yes" or "none". ``accounts`` are accounts of the platform itself and ``extensions``
    beginnings of extension keys of vendors whose products are known, both in lower case.
    """

    name: Essence = nothing
    account: Essence = nothing
    attribute: Essence = nothing
    value: Essence = nothing
    whole: Essence = nothing
    snapshot: Essence = nothing
    note: Essence = nothing
    prefixes: tuple[str, ...] = ()
    plain: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    extensions: tuple[str, ...] = ()
