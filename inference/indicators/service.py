"""Service: whether machines are managed by programs, ordered by those who need them, and owned by somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from statistics import median

from collector.facts import VirtualMachine
from inference.classification.notes import read_note
from inference.counting import (
    NO_RUNNING,
    NO_WORKLOADS,
    RATE_DAYS,
    none_seen,
    oldest,
    reach,
    running,
    share_counted,
    span,
    too_short,
)
from inference.estate.estate import LEAST_READ, PARTLY_READ, Estate
from inference.events.provisioning import PROVISIONING_DAYS
from inference.observations import Missing, Observation, Remedy, amount, not_yet, rate, share, unknown, unreadable
from inference.products import self_service_keys
from inference.wording import counted, digits

MANAGED_LEVELS = (0.05, 0.3)
"""Shares of machines under self-service from which on it has level 2 and 3. Level 1 is that a product is registered."""

LEAST_TIMED = 10
"""The least number of waiting times for a median."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def auto_ops(estate: Estate) -> Observation:
    """The share of operations on machines in 30 days that programs did, of those of programs and people.

    Operations of the platform, of tools for backup, monitoring and desktops, and of recovery plans are left out. So are those
    of accounts that may be a person or a program: they lower how much was seen, and leave it unknown where they did the most.
    """
    name, window = "auto_ops", estate.window(RATE_DAYS)
    if reason := window.unseen or estate.workloads.missing:
        return unknown(name, reason)
    done = estate.operations_since(window.start)
    found = Counter(estate.base.actors[each.user] for each in done)
    known = found["program"] + found["person"]
    if not known and not found["unclear"]:
        return unknown(name, none_seen("no VM operation was seen", window))
    doubt = f"{counted(found['unclear'], 'operation')} came from accounts that may be a person or a program"
    if found["unclear"] > known:
        return unknown(name, Missing(f"{doubt}; only {known} can be attributed", Remedy.SEPARATE_ACCOUNTS))
    evidence = [f"Programs made {found['program']} of {counted(known, 'VM operation')} {reach(window, oldest(done))}."]
    if found["unclear"]:
        evidence.append(f"{doubt} and are excluded.")
    if not estate.is_cluster and (tasks := estate.snapshot.scheduled_tasks):
        evidence.append(f"vCenter has {counted(tasks, 'scheduled task')}, which {'is' if tasks == 1 else 'are'} not scored.")
    seen = window.share * estate.workloads.seen * known / (known + found["unclear"])
    return share(name, found["program"], known, seen=seen, evidence=tuple(evidence))


def self_service(estate: Estate) -> Observation:
    """The level of self-service, 0 to 3: by registered products, and by the share of workloads that they manage."""
    name, machines = "self_service", estate.workloads
    if machines.missing:
        return unknown(name, machines.missing)
    gap = estate.gap("extensions")
    products = [product.title for product in estate.base.self_service_products]
    ordered = estate.base.ordered
    found = estate.base.residents.count(name, lambda vm: _is_managed(vm, ordered)).of(estate.cluster_id)
    if found.all and not found.known:
        return unknown(name, unreadable("what manages the VMs could not be read"))
    under, part = found.yes, found.share or 0.0
    if gap and part < MANAGED_LEVELS[-1]:
        return unknown(name, gap)
    level = 1 + sum(part >= start for start in MANAGED_LEVELS) if products or under else 0
    listed = f"Self-service products registered: {', '.join(products) or 'none'}"
    says = f"{gap or listed}; {under} of {found.known} workload VMs are managed by one."
    seen = machines.seen * (found.known / found.all if found.all else 1.0)
    if products and not under:
        seen *= PARTLY_READ  # some products leave no mark on what they make
    return amount(name, level, seen=seen, evidence=(says,))


def _is_managed(vm: VirtualMachine, ordered: Collection[str]) -> bool | None:
    """Whether a self-service product made a machine, by events or by what it says itself; ``None`` where unread."""
    if not vm.knows("managed_by", "annotation"):
        return None
    if vm.id in ordered:
        return True
    if vm.managed_by is not None and vm.managed_by.extension.lower().startswith(self_service_keys()):
        return True
    return read_note(vm.annotation).self_service


def tenants(estate: Estate) -> Observation:
    """The number of projects, teams or owners for whom machines were made in 90 days, by tags and custom attributes."""
    name, window = "tenants", estate.window(PROVISIONING_DAYS)
    if reason := window.unseen or estate.workloads.missing or estate.first_gap("custom_fields", "tags"):
        return unknown(name, reason)
    made = {new.machine for new in estate.made_since(window.start) if not new.is_import}
    if not made:
        if window.is_whole:
            return amount(name, 0.0, seen=window.share, evidence=(f"No VM was created {reach(window)}.",))
        return unknown(name, none_seen("no new VM was seen", window))
    here = [estate.base.vms[machine] for machine in made if machine in estate.base.workload_of]
    read = [vm for vm in here if vm.knows("custom_values")]
    named = {who for vm in read if (who := estate.base.attributes.tenant(vm))}
    hidden = None
    if not named and not estate.base.attributes.name_owners:
        hidden = _nameless(estate, "no custom attribute names an owner, a team or a project")
    elif not here:
        hidden = not_yet(f"none of {counted(len(made), 'new VM')} still exists, so who they were created for was not seen")
    elif len(read) < LEAST_READ * len(here):
        hidden = unreadable("the custom attributes of the new VMs could not be read")
    if hidden:
        return unknown(name, hidden)
    owners = counted(len(named), "project or owner", "projects or owners")
    says = f"New VMs {reach(window)} that still exist: {len(here)}, naming {owners}."
    seen = window.share * estate.workloads.seen * len(read) / len(made)
    return amount(name, len(named), seen=seen, evidence=(says,))


def _nameless(estate: Estate, clause: str) -> Missing:
    """The clause that nobody is named, and whether tags were read."""
    tags = "tags are not read" if estate.snapshot.tags is None else "no visible tag does"
    return Missing(f"{clause}, and {tags}", Remedy.NAME_OWNERS)


def churn(estate: Estate) -> Observation:
    """Turnover: half of the machines made and deleted, per 100 powered-on workloads and 30 days.

    Left out are desktops, imports, machines that were imported and deleted again, such as a copy of a backup to look at, and
    those that came back under another id, as when a host is removed and added again.
    """
    name, window = "churn", estate.window(RATE_DAYS)
    if reason := too_short(window) or estate.powered_on.missing:
        return unknown(name, reason)
    if not estate.powered_on.items:
        return unknown(name, NO_RUNNING)
    base, since = estate.base, window.seen_from
    new = [each for each in estate.made_since(since) if not each.is_import]
    made, names = len(new), {each.name for each in new}
    removed = [(event.vm or event.vm_name or "", event.vm_name) for event in estate.removed_since(since)]
    gone = [name for machine, name in removed if machine not in base.brought or base.brought[machine] < since]
    deleted = sum(name not in base.workload_names or name in names for name in gone)
    exposure = estate.running / 100 * window.days / RATE_DAYS
    turned = (made + deleted) / 2
    says = f"{counted(made, 'VM')} created and {deleted} deleted {reach(window)}, with {running(estate)} powered on"
    seen = window.share * estate.powered_on.seen
    turnover = f"{says}: a turnover of {digits(turned / exposure)} per 100 VMs and 30 days."
    return rate(name, turned, exposure, seen=seen, evidence=(turnover,))


def prov_gap(estate: Estate) -> Observation:
    """The median time in hours from the creation of a machine to its first start, in 90 days. Less is better."""
    name, window = "prov_gap", estate.window(PROVISIONING_DAYS)
    if reason := window.unseen or estate.workloads.missing:
        return unknown(name, reason)
    made = [new for new in estate.made_since(window.start) if not new.is_import]
    started = estate.base.first_runs
    waits = [(started[new.machine] - new.at) / _HOUR for new in made if new.machine in started]
    if len(waits) < LEAST_TIMED:
        return unknown(name, not_yet(f"too few new VMs were seen to power on: {len(waits)}, at least {LEAST_TIMED} needed"))
    says = f"Half of {len(waits)} new VMs were powered on within {span(max(0.0, median(waits)) * _HOUR / _DAY)} of creation"
    seen = window.share * estate.workloads.seen
    return amount(name, max(0.0, median(waits)), seen=seen, evidence=(f"{says} {reach(window, oldest(made))}.",))


def owner_tags(estate: Estate) -> Observation:
    """The share of workloads that name an owner, a team or a project, by tag, custom attribute or note."""
    name, known = "owner_tags", estate.base.attributes
    if gap := estate.first_gap("custom_fields", "tags"):
        return unknown(name, gap)

    def owned(vm: VirtualMachine) -> bool | None:
        return bool(known.owner(vm)) if vm.knows("custom_values", "annotation") else None

    found = estate.base.residents.count(name, owned).of(estate.cluster_id)
    if found.all and not found.yes and not known.name_owners:
        return unknown(name, _nameless(estate, "no custom attribute or note names an owner"))
    return share_counted(
        name,
        estate.workloads,
        found,
        nothing=NO_WORKLOADS,
        unread=unreadable("the custom attributes of the VMs could not be read"),
        says=lambda yes, of: [f"{yes} of {of} workload VMs name an owner, a team or a project."],
    )
