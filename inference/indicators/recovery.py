"""Recovery: whether a product for disaster recovery is there, protects workloads and is tested."""

from __future__ import annotations

from collections.abc import Sequence

from collector.facts import Cluster
from inference.counting import NO_WORKLOADS, YEAR, none_seen, oldest, reach, too_short
from inference.estate.estate import Estate, Window
from inference.events.event_kinds import Kind
from inference.observations import Missing, Observation, Remedy, amount, first_remedy, not_applicable, share, unknown
from inference.products import hints_at_replication
from inference.wording import counted

MANY = 0.5
"""From this share of protected machines on, the answer is known although a part of the year was not seen."""


def dr_registered(estate: Estate) -> Observation:
    """Whether a product for recovery or replication is registered with the vCenter: 0 or 1."""
    name = "dr_registered"
    if estate.is_cluster:
        return not_applicable(name, "extensions are registered with the vCenter, not with a cluster")
    if gap := estate.gap("extensions"):
        return unknown(name, gap)
    found = estate.base.protection.products
    names = ", ".join(product.title for product in found)
    says = f"Recovery products registered: {names}." if found else "No recovery or replication product is registered."
    return amount(name, float(bool(found)), evidence=(says,))


def dr_protected(estate: Estate) -> Observation:
    """The share of workloads that Site Recovery Manager or replication protects, by events of the last year.

    vCenter does not list protected machines. Events name them, most of them once in their life. So the answer is unknown

    - where a part of the year was not seen, unless events name at least ``MANY`` of the machines;
    - where a registered product has left no such event, or never leaves any;
    - where recovery may be done by the storage.

    Where events of the whole year name workloads in other clusters, those in this one that they do not name are unprotected.
    """
    name, machines, window = "dr_protected", estate.workloads, estate.window(YEAR)
    if reason := machines.missing or estate.gap("extensions"):
        return unknown(name, reason)
    if not machines.items:
        return unknown(name, NO_WORKLOADS, evidence=estate.counted_apart)
    protected = estate.base.protection.machines & {vm.id for vm in machines.items}
    total = len(machines.items)
    if 0 < len(protected) < MANY * total and not window.is_whole:
        named = f"events show {len(protected)} of {total} workload VMs as protected {reach(window)}"
        reason = Missing(f"{named}; those protected earlier are not named again", Remedy.RETAIN)
        return unknown(name, reason, evidence=estate.counted_apart)
    if protected:
        says = f"Events show {len(protected)} of {total} workload VMs protected by recovery or replication {reach(window)}."
        return share(name, len(protected), total, seen=machines.seen * window.share, evidence=(says, *estate.counted_apart))
    products = ", ".join(product.title for product in estate.base.protection.products)
    others = window.is_whole and _are_named(estate)
    if products and not others:
        told = f"registered for recovery: {products}; no retained event names the VMs it protects"
        reason = Missing(told, Remedy.CANNOT_BE_SEEN)
    elif not others and (apart := estate.excluded.get("srm_placeholder")):
        found = counted(len(apart), "recovery placeholder VM")
        reason = Missing(f"{found} found, but no product that manages them is registered")
    elif hints := storage_hints(estate):
        reason = _by_storage(hints)
    else:
        why = f"events {reach(window)} name only others" if others else "no recovery or replication product is registered"
        seen = machines.seen * (window.share if others else 1.0)
        return share(name, 0, total, seen=seen, evidence=(f"0 of {total} workload VMs are protected: {why}.",))
    return unknown(name, reason, evidence=estate.counted_apart)


def _are_named(estate: Estate) -> bool:
    """Whether events name protected workloads anywhere in the vCenter."""
    named = estate.base.protection.machines
    return bool(named) and any(vm.id in named for vm in estate.base.sorted.workloads)


def storage_hints(estate: Estate) -> list[str]:
    """Names that hint at replication by the storage: of datastores and clusters, and of clusters that span two sites."""
    clusters = (cluster.name for cluster in estate.clusters.items)
    hints = [*estate.base.replicated_datastores, *(name for name in clusters if hints_at_replication(name))]
    return [*sorted(hints), *(f"cluster {c.name} spans two sites" for c in estate.clusters.items if _is_stretched(c))]


def _by_storage(hints: Sequence[str]) -> Missing:
    told = f"names or rules suggest recovery by the storage ({', '.join(hints[:3])}), which vCenter cannot see"
    return Missing(told, Remedy.CANNOT_BE_SEEN)


def _is_stretched(cluster: Cluster) -> bool:
    """Whether rules bind machines to two disjoint groups of hosts that make up the whole cluster."""
    bound = {rule.host_group for rule in cluster.rules if rule.enabled and rule.host_group}
    groups = [frozenset(group.hosts) for group in cluster.groups if group.name in bound and group.hosts]
    every = frozenset(cluster.hosts)
    return any(a | b == every and not a & b for i, a in enumerate(groups) for b in groups[i + 1 :]) and len(every) > 1


def dr_tests(estate: Estate) -> Observation:
    """The number of completed tests of recovery plans in 365 days.

    That none was seen is zero only where the whole year was seen, or nothing is there that could be tested; else unknown.
    """
    name, window = "dr_tests", estate.window(YEAR)
    if estate.is_cluster:
        return not_applicable(name, "recovery plans belong to the vCenter, not to a cluster")
    if window.unseen:
        return unknown(name, window.unseen)
    tests = estate.events_since(Kind.RECOVERY_TEST, window.start)
    evidence = (f"{counted(len(tests), 'recovery plan test')} completed {reach(window, oldest(tests))}.",)
    if tests:
        return amount(name, len(tests), seen=window.share, evidence=evidence)
    if reason := too_short(window):
        return unknown(name, reason)
    if reason := _tests_may_be_unseen(estate, window):
        none = none_seen("no test was seen", window)
        why = Missing(f"{none}; {reason}", first_remedy((none.remedy, reason.remedy)))
        return unknown(name, why, evidence=evidence)
    return amount(name, 0.0, seen=window.share, evidence=evidence)


def _tests_may_be_unseen(estate: Estate, window: Window) -> Missing | None:
    """Why there may have been tests that no event shows; ``None`` where there were none."""
    products, gap = estate.base.protection.products, estate.gap("extensions")
    if gap and not any(product.kind == "recovery" for product in products):
        return gap
    if not products:
        hints = storage_hints(estate)
        return _by_storage(hints) if hints else None
    if not any(product.kind == "recovery" for product in products):
        titles = ", ".join(product.title for product in products)
        return Missing(f"tests of {titles} leave no events in vCenter", Remedy.CANNOT_BE_SEEN)
    return None if window.is_whole else Missing("tests may be a year apart", Remedy.RETAIN)
