"""What makes known what is unknown: advice for a reason, told by its words, since reasons are written for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

WAIT = "Nothing is wrong: this is known as soon as there is more of it, or it happens again."
LOOK = "The reason says what is missing."

ADVICE = (
    (r"lacks |could not be read|read completely|set to unknown", "Grant what the account lacks; vjourney check names it."),
    (
        r"names and folders identify only",
        "Say which machine is what: tags, attributes or folders, or rules in workloads.yaml.",
    ),
    (
        r"accounts that may be a person or a program",
        "Give programs accounts of their own, so that their work can be told from that of people.",
    ),
    (r"custom attribute|names? an owner", "Name an owner in a tag, a custom attribute or a note of each machine."),
    (r"declared", "Declare it in declared.yaml."),
    (
        r"events (reach|go no further) back|returned no events",
        "Let vCenter keep events longer, or wait: what was read once is kept here for 400 days.",
    ),
    (r"leave no events|no retained event|vCenter cannot see", "vCenter cannot show this; declare it where it matters."),
    (
        r"too little|too few|only |was seen|in the last|there (is|are) no|nothing|could not be classified|mixed ESXi builds",
        WAIT,
    ),
)
"""Patterns of reasons, the first that is found holding, with what to do."""


def advice(reason: str) -> str:
    """What makes an answer possible that is missing for ``reason``."""
    return next((told for pattern, told in ADVICE if re.search(pattern, reason)), LOOK)


def by_advice(observations: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Unknown observations by what makes them known, what can be done before what has to be waited for."""
    found: dict[str, list[Mapping[str, Any]]] = {told: [] for told in (*(told for _, told in ADVICE), LOOK)}
    for observation in observations:
        found[advice(observation["reason"])].append(observation)
    return [(told, those) for told, those in found.items() if those]
