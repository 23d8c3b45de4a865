"""Recognition of workloads: whether it can be told what the running machines are for, and if not, why."""

from __future__ import annotations

from inference.counting import NO_RUNNING
from inference.estate.estate import LEAST_READ, Estate
from inference.observations import Missing, Remedy, unreadable

LEAST_RECOGNISED = 0.05
"""Where it is said of fewer machines than this what they are, finding no business application shows nothing."""

HIDDEN = "the folders, attributes or names"
"""What may say what a machine is for, where that could not be read."""


def cannot_tell(estate: Estate) -> Missing | None:
    """Why nothing can be said about business applications: nobody runs, or little says what machines are for."""
    if reason := purposes_hidden(estate):
        return reason
    if estate.business:
        return None
    running = estate.powered_on.items
    recognised = recognised_count(estate)
    return too_few_recognised(estate, recognised, len(running)) if recognised < LEAST_RECOGNISED * len(running) else None


def purposes_hidden(estate: Estate) -> Missing | None:
    """Why nothing can be said about what machines are for: nobody runs, or what may name them could not be read.

    While anything that might do so is hidden the others are no measure: those with telling names are found alone.
    """
    if reason := _nobody(estate) or estate.first_gap("folders", "custom_fields", "tags"):
        return reason
    running = len(estate.powered_on.items)
    return some_unread(estate) if running - untold_count(estate) < LEAST_READ * running else None


def some_unread(estate: Estate) -> Missing:
    """Of how many machines what may say what they are for could not be read, as a clause."""
    return unreadable(f"{HIDDEN} of {untold_count(estate)} of {len(estate.powered_on.items)} powered-on VMs could not be read")


def untold_count(estate: Estate) -> int:
    """Of how many powered-on workloads what may tell what they are could not be read."""
    untold = estate.base.untold
    if not untold:
        return 0
    return estate.base.running_residents.count("untold", lambda vm: vm.id in untold).of(estate.cluster_id).yes


def recognised_count(estate: Estate) -> int:
    """Of how many powered-on workloads anything says what they are."""
    found = estate.base.workload_of
    asked = estate.base.running_residents.count("recognised", lambda vm: found[vm.id].is_recognised)
    return asked.of(estate.cluster_id).yes


def purpose_sources(estate: Estate) -> str:
    """What may say what a machine is for."""
    return "tag, attribute, folder or name" if estate.snapshot.tags is not None else "attribute, folder or name"


def too_few_recognised(estate: Estate, recognised: int, running: int) -> Missing:
    """That little says what machines are for, as a clause."""
    tags = "tags, " if estate.snapshot.tags is not None else ""
    told = f"{tags}attributes, names and folders identify only {recognised} of {running} powered-on VMs"
    return Missing(told, Remedy.CLASSIFY)


def _nobody(estate: Estate) -> Missing | None:
    if estate.powered_on.missing:
        return estate.powered_on.missing
    return None if estate.powered_on.items else NO_RUNNING
