"""Standards: whether machines are made alike and stay current: templates, sizes, virtual hardware, tools and networks."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from collector.facts import VirtualMachine
from inference.counting import NO_RUNNING, none_seen, oldest, reach, share_counted, share_of
from inference.estate.estate import Estate
from inference.estate.hardware import hardware_of
from inference.estate.population import Population
from inference.estate.residents import Answer
from inference.events.provisioning import PROVISIONING_DAYS
from inference.licences import unless_bought
from inference.observations import Missing, Observation, not_yet, share, unknown, unreadable
from inference.unpatched import unless_unpatched
from inference.wording import counted

STANDARD_SIZES = 8
"""This many of the most common sizes are standard, however few machines have them."""

NEAR = 2
"""A machine is current up to this many virtual hardware versions behind the newest in its cluster."""

CURRENT_TOOLS = frozenset({"guestToolsCurrent", "guestToolsUnmanaged", "guestToolsSupportedNew"})
"""Up to date, or kept up to date by the guest's own distribution."""

_DISTRIBUTED = ("dvportgroup-", "network-o")
"""Ids of distributed port groups and of the opaque networks that NSX spreads over hosts; vCenter names them so."""


def template_share(estate: Estate) -> Observation:
    """The share of machines made in 90 days that came from a template; imports and virtual desktops are left out."""
    name, window = "template_share", estate.window(PROVISIONING_DAYS)
    if reason := window.unseen or estate.workloads.missing:
        return unknown(name, reason)
    made = estate.made_since(window.start)
    own = [new for new in made if not new.is_import]
    if not own:
        extra = f", apart from {len(made)} imported" if made else ""
        return unknown(name, none_seen("no new VM was seen", window).followed_by(extra))
    library = estate.base.from_library
    standard = sum(new.is_standard or new.machine in library for new in own)
    blank = sum(new.method == "blank" and new.machine not in library for new in own)
    days = reach(window, oldest(own))
    evidence = [f"{standard} of {counted(len(own), 'new VM')} came from a template, {blank} created blank {days}."]
    if len(made) > len(own):
        evidence.append(f"Imported or registered, and not counted: {len(made) - len(own)}.")
    return share(name, standard, len(own), seen=window.share * estate.workloads.seen, evidence=tuple(evidence))


def size_std(estate: Estate) -> Observation:
    """The share of machines made in 90 days that have one of their eight most common sizes; imports are left out."""
    name, window = "size_std", estate.window(PROVISIONING_DAYS)
    if estate.workloads.missing:
        return unknown(name, estate.workloads.missing)
    base, made = estate.base, set() if window.unseen else {new.machine for new in estate.made_since(window.start)}
    told = base.residents.count("dated", lambda vm: vm.id in base.created).of(estate.cluster_id)
    young = [(vm, base.created.get(vm.id)) for vm in base.young_in.get(estate.cluster_id, ())]
    dated = told.yes + sum(at is None and vm.id in made for vm, at in young)
    if told.all and not dated:
        return unknown(name, unreadable("when the VMs were created could not be read"))
    own = [(vm, at) for vm, at in young if vm.id not in base.brought]
    new = [vm for vm, at in own if vm.id in made or (at is not None and at >= window.start)]
    sizes = Counter(size for vm in new if (size := _size(vm)))
    usual = {size for size, _ in sizes.most_common(STANDARD_SIZES)}
    seen = estate.workloads.seen * (dated / told.all if dated else 1.0)
    return share_of(
        name,
        Population(tuple(new), seen),
        lambda vm: size in usual if (size := _size(vm)) else None,
        nothing=not_yet(f"no VM was created here in the last {PROVISIONING_DAYS:.0f} days"),
        unread=unreadable("the sizes of the new VMs could not be read"),
        says=lambda yes, of: [
            f"{yes} of {counted(of, 'new VM')} with a common size: top {len(usual)} of {counted(len(sizes), 'size')} in use."
        ],
    )


def _size(vm: VirtualMachine) -> tuple[int, int] | None:
    return (vm.vcpus, vm.memory_mb) if vm.knows("vcpus", "memory_mb") and vm.vcpus and vm.memory_mb else None


def hw_version(estate: Estate) -> Observation:
    """The share of powered-on workloads at most two virtual hardware versions behind the newest in their cluster."""
    newest, cluster_of = estate.base.newest_hardware, estate.base.cluster_of_vm

    def near(vm: VirtualMachine) -> bool | None:
        own, best = hardware_of(vm), newest.get(cluster_of.get(vm.id) or vm.host or "")
        return None if own is None or best is None else own >= best - NEAR

    found = share_counted(
        "hw_version",
        estate.powered_on,
        estate.base.running_residents.count("hw_version", near).of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=unreadable("the virtual hardware versions of the VMs could not be read"),
        says=lambda yes, of: [
            f"{yes} of {of} powered-on VMs are within {NEAR} virtual hardware versions of the newest that their hosts run."
        ],
    )
    return unless_unpatched(estate, found)


def tools_current(estate: Estate) -> Observation:
    """The share of powered-on workloads with current VMware Tools, or tools that the guest's distribution maintains."""

    def current(vm: VirtualMachine) -> bool | None:
        return vm.tools_version in CURRENT_TOOLS if vm.tools_version else None

    found = share_counted(
        "tools_current",
        estate.powered_on,
        estate.base.running_residents.count("tools_current", current).of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=unreadable("the VMware Tools status of the VMs could not be read"),
        says=lambda yes, of: [f"{yes} of {of} powered-on VMs have current VMware Tools."],
    )
    return unless_unpatched(estate, found)


def dvs_share(estate: Estate) -> Observation:
    """The share of powered-on workloads on a network that use only distributed switches."""
    name, running = "dvs_share", estate.powered_on
    if not estate.snapshot.switches and not _any_distributed(estate) and (answer := unless_bought(estate, name, "vds")):
        return answer

    def connected(vm: VirtualMachine) -> Answer:
        if not vm.knows("networks"):
            return None
        return _are_distributed(vm.networks) if vm.networks else "apart"

    return share_counted(
        name,
        running,
        estate.base.running_residents.count(name, connected).of(estate.cluster_id),
        nothing=Missing("no powered-on workload VM is on a network"),
        unread=unreadable("the networks of the VMs could not be read"),
        says=lambda yes, of: [f"{yes} of {of} powered-on VMs with a network use only distributed switches."],
    )


def _any_distributed(estate: Estate) -> bool:
    """Whether any machine of the vCenter is on a distributed network; those of NSX need no distributed switch."""
    return estate.base.running_residents.count("distributed", lambda vm: _is_any_distributed(vm.networks)).of(None).yes > 0


@lru_cache(maxsize=4096)
def _is_any_distributed(networks: tuple[str, ...]) -> bool:
    return any(network.startswith(_DISTRIBUTED) for network in networks)


@lru_cache(maxsize=4096)
def _are_distributed(networks: tuple[str, ...]) -> bool:
    return all(network.startswith(_DISTRIBUTED) for network in networks)
