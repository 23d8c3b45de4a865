"""Population: who is counted. Virtual machines are sorted into workloads and, with the reason, everything else."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from collector.facts import VirtualMachine
from inference.classification.lexicon import Lexicon, Meaning
from inference.estate.places import UNAVAILABLE
from inference.observations import Missing
from inference.products import recovery_keys

T = TypeVar("T")

Reason = Literal[
    "template",
    "srm_placeholder",
    "srm_test",
    "replica",
    "agent",
    "ft_secondary",
    "nested_host",
    "nested_machine",
    "desktop_parent",
    "appliance",
    "desktop",
    "unavailable",
]
"""Why a virtual machine is no workload.

``agent`` is vCLS and other agents of the platform, ``desktop`` a VDI clone, ``nested_machine`` one that runs on a nested host,
``replica`` a copy that is kept switched off.
"""

POOL_OF_DESKTOPS = 10
"""So many desktop guests under one numbered name are a pool of desktops, whatever the name says."""

_TITLES: Mapping[Reason, str] = {
    "template": "template",
    "srm_placeholder": "recovery placeholder",
    "srm_test": "recovery test VM",
    "replica": "powered-off replica",
    "agent": "platform agent",
    "ft_secondary": "FT shadow",
    "nested_host": "nested host",
    "nested_machine": "nested VM",
    "desktop_parent": "desktop parent",
    "appliance": "appliance",
    "desktop": "virtual desktop",
    "unavailable": "unreachable VM",
}
_NUMBER = re.compile(r"[-_ ]?\(?\d+\)?$")


@dataclass(frozen=True, slots=True)
class Population(Generic[T]):
    """Objects to count. ``seen`` is the part that could be told to belong, ``missing`` says why nothing could be read."""

    items: tuple[T, ...] = ()
    seen: float = 1.0
    missing: Missing | None = None


def is_running(vm: VirtualMachine) -> bool:
    """Whether a machine is known to run."""
    return vm.power == "poweredOn" and vm.knows("power")


@dataclass(frozen=True, slots=True)
class Sorted:
    """Workloads, and the rest by its reason."""

    workloads: tuple[VirtualMachine, ...]
    excluded: Mapping[Reason, tuple[VirtualMachine, ...]]


def sort_out(
    vms: Sequence[VirtualMachine],
    names: Mapping[str, Meaning],
    places: Mapping[str, Meaning],
    lexicon: Lexicon,
    nested: Collection[str] = (),
) -> Sorted:
    """Sort virtual machines.

    ``names`` and ``places`` are the meanings of their names and folder paths by id, ``nested`` the hosts that are virtual.
    """
    series = Counter(series_of(vm.name) for vm in vms if lexicon.is_client_guest(vm.guest_id))
    workloads: list[VirtualMachine] = []
    excluded: defaultdict[Reason, list[VirtualMachine]] = defaultdict(list)
    for vm in vms:
        reason = _managed(vm, lexicon) or _special(vm, names[vm.id], lexicon)
        if reason is None and vm.host in nested:
            reason = "nested_machine"
        if reason is None and (lexicon.is_client_guest(vm.guest_id) or not vm.knows("guest_id")):
            named = names[vm.id].desktop or places[vm.id].desktop
            if named or series[series_of(vm.name)] >= POOL_OF_DESKTOPS:  # of which only known guests are counted
                reason = "desktop"
        if reason is None and vm.connection in UNAVAILABLE:
            reason = "unavailable"
        if reason is None:
            workloads.append(vm)
        else:
            excluded[reason].append(vm)
    return Sorted(tuple(workloads), {reason: tuple(found) for reason, found in excluded.items()})


def _managed(vm: VirtualMachine, lexicon: Lexicon) -> Reason | None:
    """What the extension that owns the machine says about it; templates come first, whoever owns them."""
    if vm.template:
        return "template"
    if vm.managed_by is None:
        return None
    owner, role = vm.managed_by.extension.lower(), vm.managed_by.type.lower()
    if role == "placeholdervm":
        return "srm_placeholder"
    if role == "testvm" and owner.startswith(recovery_keys()):
        return "srm_test"
    if owner.startswith("com.vmware.vim.eam") or role == "cluster-agent":
        return "agent"
    return "appliance" if owner.startswith(lexicon.appliance_managers) else None


def _special(vm: VirtualMachine, name: Meaning, lexicon: Lexicon) -> Reason | None:
    """What the machine itself says about being none of the data centre's work."""
    if vm.ft_role is not None and vm.ft_role > 1:
        return "ft_secondary"
    if (vm.guest_id or "").lower().startswith("vmkernel"):
        return "nested_host"
    if vm.power == "poweredOff" and vm.name.lower().endswith(lexicon.replicas):
        return "replica"
    return by_name(vm.name, name, lexicon)


def by_name(name: str, meaning: Meaning, lexicon: Lexicon) -> Reason | None:
    """What a name says about being none of the data centre's work; all that is known of machines that are gone."""
    low = name.lower()
    if low.startswith(lexicon.desktop_parents):
        return "desktop_parent"
    if low.startswith(("vcls-", "vcls (")):
        return "agent"
    return "appliance" if meaning.appliance else None


def series_of(name: str) -> str:
    """A name without the number at its end, which machines of one kind share."""
    return _NUMBER.sub("", name)


def describe(excluded: Mapping[Reason, Iterable[object]]) -> str:
    """One clause that says what is counted apart, such as ``2 nested hosts, 3 templates``; empty when nothing is."""
    counts = {reason: len(list(found)) for reason, found in sorted(excluded.items())}
    return ", ".join(f"{count} {_TITLES[reason]}{'s' * (count != 1)}" for reason, count in counts.items())
