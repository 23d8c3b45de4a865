"""Workloads: how much of what runs is business applications: the chasm between IT production and business production."""

from __future__ import annotations

from collections import Counter

from collector.facts import VirtualMachine
from inference.estate.automation import has_ha
from inference.estate.estate import LEAST_READ, Estate
from inference.estate.verdicts import LEAST_CLUSTER
from inference.observations import Missing, Observation, amount, not_applicable, share, unknown, unreadable
from inference.wording import counted
from inference.workload_recognition import (
    HIDDEN,
    cannot_tell,
    purpose_sources,
    purposes_hidden,
    recognised_count,
    some_unread,
    too_few_recognised,
    untold_count,
)

UNCORROBORATED = 0.5
"""The weight of a business application for which nothing but names, folders, tags or attributes speaks."""


def biz_share(estate: Estate) -> Observation:
    """The share of powered-on workloads that are business applications; uncorroborated ones count half."""
    name = "biz_share"
    if reason := cannot_tell(estate) or _uncorroborated(estate):
        return unknown(name, reason)
    machines = [machine for machine in estate.business if machine.vm.id not in estate.base.untold]
    sure = sum(bool(machine.corroborated_by) for machine in machines)
    unsure, unsettled = len(machines) - sure, sum(machine.unsettled for machine in machines)
    left = untold_count(estate)
    running = len(estate.powered_on.items) - left
    evidence = [f"{len(machines)} of {running} powered-on VMs are business applications, judged by {purpose_sources(estate)}."]
    if machines:
        kinds = Counter(machine.app.title for machine in machines)
        evidence.append("By kind: " + ", ".join(f"{title} {n}" for title, n in sorted(kinds.items())) + ".")
    if unsure:
        evidence.append(f"Only {purpose_sources(estate)} says so for {unsure} of them, which count half.")
    if unsettled:
        evidence.append(f"Other evidence for {unsettled} of these could not be read.")
    if left:
        evidence.append(f"{left} more are excluded: {HIDDEN} could not be read.")
    seen = _seen(estate) * (1 - unsettled / running)
    return share(name, sure + UNCORROBORATED * unsure, running, seen=seen, evidence=tuple(evidence))


def biz_div(estate: Estate) -> Observation:
    """The number of kinds of business application with at least one corroborated, powered-on machine."""
    name, machines = "biz_div", estate.business
    if reason := cannot_tell(estate) or _uncorroborated(estate):
        return unknown(name, reason)
    kinds = sorted({machine.app.title for machine in machines if machine.corroborated_by})
    if any(machine.unsettled and machine.app.title not in kinds for machine in machines):
        return unknown(name, _unsettled(estate))
    number = counted(len(kinds), "kind of business application", "kinds of business application")
    says = f"{number} found" + (f": {', '.join(kinds)}." if kinds else ".")
    return amount(name, len(kinds), seen=_seen(estate), evidence=(says,))


def business_in_ha(estate: Estate) -> Observation:
    """The number of corroborated business applications in HA clusters. Not scored; shown, and required by a gate."""
    name, machines = "business_in_ha", estate.business
    if reason := estate.gap("clusters") or cannot_tell(estate):
        return unknown(name, reason)
    sure = [machine for machine in machines if machine.corroborated_by]
    answers = [_in_ha(estate, machine.vm) for machine in sure]
    known = [answer for answer in answers if answer is not None]
    if len(known) < len(sure) and not any(known):
        return unknown(name, unreadable("the HA settings of the clusters could not be read"))
    if not any(known) and (edition := estate.unlicensed("ha")):
        return not_applicable(name, f"the host licences ({edition}) do not include HA")
    if not any(known) and (reason := _one_may_be_hidden(estate)):
        return unknown(name, reason)
    seen = estate.powered_on.seen * (len(known) / len(sure) if sure else 1.0)
    says = f"{sum(known)} of {len(sure)} corroborated business application VMs run in HA clusters of two or more hosts."
    return amount(name, sum(known), seen=seen, evidence=(says,))


def infra_share(estate: Estate) -> Observation:
    """The share of powered-on workloads that are infrastructure, test or development. Shown, not scored."""
    name = "infra_share"
    if reason := purposes_hidden(estate):
        return unknown(name, reason)
    running, found = estate.powered_on.items, estate.base.workload_of
    asked = estate.base.running_residents.count(name, lambda vm: found[vm.id].is_infrastructure)
    count = asked.of(estate.cluster_id).yes
    if not count and not recognised_count(estate):
        return unknown(name, too_few_recognised(estate, 0, len(running)))
    sources = purpose_sources(estate)
    says = f"{count} of {len(running)} powered-on VMs are infrastructure, test or development, judged by {sources}."
    return share(name, count, len(running), seen=estate.powered_on.seen, evidence=(says,))


def _in_ha(estate: Estate, vm: VirtualMachine) -> bool | None:
    """Whether a machine is in an HA cluster of two or more hosts; ``None`` where that could not be read."""
    cluster = estate.cluster_of(vm)
    if cluster is None:
        return False if estate.base.is_placed(vm) else None
    return estate.base.members[cluster.id] >= LEAST_CLUSTER and has_ha(cluster)


def _one_may_be_hidden(estate: Estate) -> Missing | None:
    """Why a business application may run in HA although none is known to."""
    if any(machine.unsettled and _in_ha(estate, machine.vm) is not False for machine in estate.business):
        return _unsettled(estate)
    return some_unread(estate) if untold_count(estate) else None


def _seen(estate: Estate) -> float:
    running = len(estate.powered_on.items)
    return estate.powered_on.seen * (running - untold_count(estate)) / running


def _uncorroborated(estate: Estate) -> Missing | None:
    """Why uncorroborated business applications may be corroborated by what could not be read; ``None`` where they are not."""
    machines = estate.business
    if all(machine.corroborated_by for machine in machines):
        return None
    settled = sum(not machine.unsettled for machine in machines)
    return estate.gap("clusters") or (_unsettled(estate) if settled < LEAST_READ * len(machines) else None)


def _unsettled(estate: Estate) -> Missing:
    count, every = sum(machine.unsettled for machine in estate.business), len(estate.business)
    return unreadable(f"evidence beyond the name could not be read for {count} of {every} business application VMs")
