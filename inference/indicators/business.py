"""Business: what is done for business applications, large machines and virtual desktops."""

from __future__ import annotations

from collector.facts import VirtualMachine
from inference.counting import NO_RUNNING, YEAR, none_seen, share_counted, share_of
from inference.estate.criticality import BusinessMachine
from inference.estate.estate import LEAST_READ, Estate
from inference.estate.places import UNAVAILABLE
from inference.estate.population import Population
from inference.observations import Missing, Observation, Remedy, not_applicable, share, unknown, unreadable
from inference.workload_recognition import cannot_tell

BIG = 4
"""A big machine has at least this many times the median vCPUs or the median memory of its vCenter."""


def big_vm(estate: Estate) -> Observation:
    """The share of powered-on workloads with at least four times the median vCPUs or memory of their vCenter."""
    vcpus, memory = estate.base.median_size

    def big(vm: VirtualMachine) -> bool | None:
        if not vm.vcpus or not vm.memory_mb:
            return None
        return vm.vcpus >= BIG * vcpus or vm.memory_mb >= BIG * memory

    return share_counted(
        "big_vm",
        estate.powered_on,
        estate.base.running_residents.count("big_vm", big).of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=unreadable("the sizes of the VMs could not be read"),
        says=lambda yes, of: [f"{yes} of {of} powered-on VMs have at least {BIG} times the vCenter's median vCPUs or memory."],
    )


def biz_protected(estate: Estate) -> Observation:
    """The share of business applications that are protected or prioritised: by HA, resources, rules, recovery or backup."""
    name = "biz_protected"
    if reason := cannot_tell(estate) or estate.gap("clusters"):
        return unknown(name, reason)
    if not estate.business:
        return not_applicable(name, "no business application was found")
    hidden = _hidden_recovery(estate)

    def readable(machine: BusinessMachine) -> bool:
        cluster = estate.cluster_of(machine.vm)
        own = machine.vm.knows("cpu", "memory", "annotation", "custom_values")
        return own and (cluster is None or cluster.knows("ha_overrides", "rules")) and not hidden

    kinds = sorted({kind for machine in estate.business for kind in machine.protected_by})
    return share_of(
        name,
        Population(estate.business, estate.powered_on.seen),
        lambda machine: True if machine.protected_by else False if readable(machine) else None,
        wholly_read=readable,
        nothing=Missing("no business application was found"),
        unread=hidden or unreadable("the protection of business applications could not be read"),
        says=lambda yes, of: [
            f"{yes} of {of} business application VMs are protected or prioritised"
            + (f": {', '.join(kinds)}." if kinds else ".")
        ],
    )


def _hidden_recovery(estate: Estate) -> Missing | None:
    """Why recovery may protect business applications that no event names; ``None`` where it cannot."""
    protection, window, gap = estate.base.protection, estate.window(YEAR), estate.gap("extensions")
    if (estate.base.recovery_named and window.is_whole) or not (protection.products or gap):
        return None
    titles = ", ".join(product.title for product in protection.products)
    if gap or window.unseen:
        return gap or window.unseen
    if window.is_whole:
        return Missing(f"{titles} may protect business applications, but no retained event names one", Remedy.CANNOT_BE_SEEN)
    return none_seen(f"{titles} may protect business applications that no event names", window)


def vdi_share(estate: Estate) -> Observation:
    """The share of virtual desktops among all powered-on machines. Few estates need them, so none is not applicable."""
    name, running = "vdi_share", estate.powered_on
    if running.missing:
        return unknown(name, running.missing)
    found = [vm for vm in estate.excluded.get("desktop", ()) if vm.connection not in UNAVAILABLE]
    known = [vm for vm in found if vm.knows("power")]
    if len(known) < LEAST_READ * len(found):
        missing = f"{len(found) - len(known)} of {len(found)} missing"
        return unknown(name, unreadable(f"the power states of virtual desktops could not be read ({missing})"))
    desktops = sum(vm.power == "poweredOn" for vm in known)
    if not desktops:
        return not_applicable(name, "no virtual desktop is powered on, which few estates need")
    every, beside = desktops + len(running.items), len(estate.workloads.items)
    seen = (len(known) + running.seen * beside) / (len(found) + beside)
    says = f"{desktops} of {every} powered-on VMs are virtual desktops."
    return share(name, desktops, every, seen=seen, evidence=(says,))
