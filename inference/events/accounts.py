"""Accounts: who is behind a name, as far as the name tells: the platform, a tool, a program or a person.

The data is ``data/accounts.yaml``. Every name is read once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any, Literal

from inference.classification.spelling import fold, split
from inference.products import data_file

Role = Literal["platform", "tool", "self_service", "automation", "shared", "person"]
"""``shared`` is an account of which the name says both a program and several people, or nothing at all."""

ENOUGH = 24
"""Operations from which on their times say whether anybody sleeps."""

WAKING_HOURS = 18
WEEKEND_SHARE = 0.1
REGULAR = 0.1
"""Below this ratio of spread to mean between one operation and the next, somebody set a timer."""

_SATURDAY = 5
_SOLUTION = "com.vmware."
_UUID = re.compile(r"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
"""At the end of the names that vCenter gives to its own services and to those of its extensions."""

_SHORTEST, _LONGEST = 3, 24
"""Letters of a word that stands beside another, fewer may be initials; and of all of them."""

_OF_PROGRAMS = ("tool", "self_service", "automation")

_UNKNOWN = re.compile(r"s-1(?:-\d+)+")
"""A security identifier in place of the name of an account that is gone or of a directory that does not answer."""

_MACHINE = "$"
"""At the end of accounts of machines and of managed services in a directory: nobody logs in with them."""

_RUNS = re.compile(r"[a-z0-9]+"), re.compile(r"[a-z]+")


@lru_cache(maxsize=4096)
def role_of(user: str) -> Role:
    r"""The role of an account by its name, ``DOMAIN\name`` or ``name@domain``; without any name it is the platform."""
    name, known = _plain(user), _words()
    runs = _runs(name)
    if not name or name in known["platform"]["names"] or _begins(known["platform"], name, ()):
        return "platform"
    if _says(known["tool"], name, runs):
        return "tool"
    if _says(known["self_service"], name, runs):
        return "self_service"
    if name.startswith(_SOLUTION) or _UUID.search(name):
        return "platform"
    if name.endswith(_MACHINE) or _says(known["automation"], name, runs):
        return "automation" if known["shared"]["words"].isdisjoint(runs) else "shared"
    return "shared" if _begins(known["shared"], name, ()) or _UNKNOWN.fullmatch(name) else "person"


@lru_cache(maxsize=4096)
def makes_agents(user: str) -> bool:
    """Whether it is the account of the agency manager, which puts agents of the platform and of its products on hosts."""
    return _begins(_words()["agency"], _plain(user), ())


@lru_cache(maxsize=4096)
def is_import(text: str) -> bool:
    """Whether the name of an account or of a machine speaks of an import from physical servers or elsewhere."""
    return _says(_words()["import"], _plain(text), _runs(_plain(text)))


def works_like_a_machine(times: Sequence[datetime]) -> bool:
    """Whether work goes on round the clock and over weekends, or ticks like a timer. Few operations say neither."""
    if len(times) < ENOUGH:
        return False
    round_the_clock = len({at.hour for at in times}) >= WAKING_HOURS
    if round_the_clock and sum(at.weekday() >= _SATURDAY for at in times) >= WEEKEND_SHARE * len(times):
        return True
    gaps = [(late - early).total_seconds() for early, late in pairwise(sorted(times))]
    return fmean(gaps) > 0 and pstdev(gaps) < REGULAR * fmean(gaps)


def _plain(user: str) -> str:
    """The name alone, in lower case and without accents."""
    return fold(user.rpartition("\\")[2].partition("@")[0].strip()).lower()


def _runs(name: str) -> list[str]:
    """Its runs of letters and digits, and of letters alone: ``p2v-web01`` is ``p2v``, ``web01`` and ``web``, among others.

    So are the known words that one is made of: ``veeam`` in ``veeamsvc``.
    """
    runs = [run for runs in _RUNS for run in runs.findall(name)]
    known = _known()
    return [*runs, *(part for run in runs if len(run) <= _LONGEST for part in split(run, known) if len(part) >= _SHORTEST)]


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Words that may stand beside others without a sign between."""
    words = _words()
    kinds = (word for kind in _OF_PROGRAMS for word in words[kind]["words"] if len(word) >= _SHORTEST)
    return frozenset(words["affixes"]["words"]) | frozenset(kinds)


def _says(known: dict[str, Any], name: str, runs: Sequence[str]) -> bool:
    return not known["words"].isdisjoint(runs) or _begins(known, name, runs)


def _begins(known: dict[str, Any], name: str, runs: Sequence[str]) -> bool:
    return bool(known["prefixes"]) and (
        name.startswith(known["prefixes"]) or any(run.startswith(known["prefixes"]) for run in runs)
    )


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Any]]:
    return {
        kind: {
            "names": frozenset(entry.get("names", ())),
            "words": frozenset(entry.get("words", ())),
            "prefixes": tuple(entry.get("prefixes", ())),
        }
        for kind, entry in data_file("accounts.yaml").items()
        if kind != "version"
    }
