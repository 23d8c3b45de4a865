"""What makes known what is unknown: a sentence for each remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inference.observations import Remedy

LOOK = "See the reason for what is missing."
"""Where a reason has no remedy, as in documents of older versions."""

ADVICE: Mapping[str | None, str] = {
    Remedy.GRANT: "Grant the account what it lacks; vjourney check names it.",
    Remedy.CLASSIFY: "Say what each VM is for with tags, attributes or folders, or with rules in workloads.yaml.",
    Remedy.SEPARATE_ACCOUNTS: "Give automation its own accounts, so that its work can be told from people's.",
    Remedy.NAME_OWNERS: "Name an owner in a tag, custom attribute or note of each VM.",
    Remedy.DECLARE: "Declare it in declared.yaml.",
    Remedy.UPDATE_HOSTS: "Update the hosts: until then this says nothing about upkeep.",
    Remedy.RETAIN: "Extend vCenter's event retention, or wait: events once read are kept here for 400 days.",
    Remedy.CANNOT_BE_SEEN: "vCenter cannot show this; declare it where that is possible.",
    Remedy.WAIT: "Nothing is wrong: this will be known once there is more activity, or it happens again.",
    None: LOOK,
}


def advice(observation: Mapping[str, Any]) -> str:
    """What would make an unknown observation of a document known."""
    return ADVICE.get(observation.get("remedy"), LOOK)


def by_advice(observations: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Unknown observations by what makes them known, what can be done before what has to be waited for."""
    found: dict[str, list[Mapping[str, Any]]] = {told: [] for told in ADVICE.values()}
    for observation in observations:
        found[advice(observation)].append(observation)
    return [(told, those) for told, those in found.items() if those]
