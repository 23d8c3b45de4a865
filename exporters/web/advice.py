"""What makes known what is unknown: advice for a reason, told by its words, since reasons are written for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

WAIT = "Nothing is wrong: this will be known once there is more activity, or it happens again."
LOOK = "See the reason for what is missing."

ADVICE = (
    (
        r"lacks |could not be read|the account cannot see|read completely|set to unknown",
        "Grant the account what it lacks; vjourney check names it.",
    ),
    (
        r"names and folders identify only",
        "Say what each VM is for with tags, attributes or folders, or with rules in workloads.yaml.",
    ),
    (
        r"accounts that may be a person or a program",
        "Give automation its own accounts, so that its work can be told from people's.",
    ),
    (r"custom attribute|names? an owner", "Name an owner in a tag, custom attribute or note of each VM."),
    (r"declared", "Declare it in declared.yaml."),
    (
        r"events (reach|go no further) back|returned no events",
        "Extend vCenter's event retention, or wait: events once read are kept here for 400 days.",
    ),
    (r"leave no events|no retained event|vCenter cannot see", "vCenter cannot show this; declare it where that is possible."),
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
