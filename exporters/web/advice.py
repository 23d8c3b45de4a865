"""What makes known what is unknown: a sentence for each remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from inference.counting import YEAR
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
    Remedy.CANNOT_BE_SEEN: "vCenter cannot show this; declare it where that is possible.",
    Remedy.WAIT: "Nothing is wrong: this will be known once there is more activity, or it happens again.",
    None: LOOK,
}


def advice(observation: Mapping[str, Any], kept_days: Collection[int] = ()) -> str:
    """What would make an unknown observation of a document known.

    ``kept_days`` are for how many days vCenters keep their events, as far as they tell.
    """
    remedy = observation.get("remedy")
    return _to_retain(kept_days) if remedy == Remedy.RETAIN else ADVICE.get(remedy, LOOK)


def _to_retain(kept_days: Collection[int]) -> str:
    """To extend the retention of events; where it is a year, the longest that an indicator looks back, to wait."""
    least, most = min(kept_days, default=0), max(kept_days, default=0)
    days = f"{most} days" if least == most else f"{least} to {most} days"
    if least >= YEAR:
        return f"Wait: vCenter keeps its events for {days}, and they do not reach back so far yet."
    now = f", which is {days} now" if kept_days else ""
    return f"Extend vCenter's event retention{now}, or wait: events once read are kept here for 400 days."


def by_advice(
    observations: Iterable[Mapping[str, Any]], kept_days: Collection[int] = ()
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Unknown observations by what makes them known, what can be done before what has to be waited for."""
    order = (*Remedy, None)
    found: dict[str, list[Mapping[str, Any]]] = {advice({"remedy": remedy}, kept_days): [] for remedy in order}
    for observation in observations:
        found[advice(observation, kept_days)].append(observation)
    return [(told, those) for told, those in found.items() if those]
