"""What makes known what is unknown: a sentence for each remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
    Remedy.RETAIN: "Extend vCenter's event retention{now}, or wait: events once read are kept here for 400 days.",
    Remedy.CANNOT_BE_SEEN: "vCenter cannot show this; declare it where that is possible.",
    Remedy.WAIT: "Nothing is wrong: this will be known once there is more activity, or it happens again.",
    None: LOOK,
}


YEAR = 365
"""The longest time in days that an indicator looks back."""


def advice(observation: Mapping[str, Any], kept_days: Collection[int] = ()) -> str:
    """What would make an unknown observation of a document known.

    ``kept_days`` are for how many days vCenters keep their events, as far as they tell.
    """
    told = ADVICE.get(observation.get("remedy"), LOOK)
    if not kept_days:
        return told.format(now="")
    least, most = min(kept_days), max(kept_days)
    now = f"{most} days" if least == most else f"{least} to {most} days"
    if least >= YEAR and told == ADVICE[Remedy.RETAIN]:
        return f"Wait: vCenter keeps its events for {now}, and they do not reach back so far yet."
    return told.format(now=f", which is {now} now")


def by_advice(
    observations: Iterable[Mapping[str, Any]], kept_days: Collection[int] = ()
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Unknown observations by what makes them known, what can be done before what has to be waited for."""
    order = (*Remedy, None)
    found: dict[str, list[Mapping[str, Any]]] = {advice({"remedy": remedy}, kept_days): [] for remedy in order}
    for observation in observations:
        found[advice(observation, kept_days)].append(observation)
    return [(told, those) for told, those in found.items() if those]
