"""Protection: which machines fault tolerance, recovery products and replication protect, as far as vCenter tells."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from collector.facts import Extension, VirtualMachine
from inference.events.event_kinds import Kind
from inference.events.timeline import Timeline
from inference.products import Product, registered

RECOVERY_KINDS = frozenset({"recovery", "replication", "foreign_recovery"})
FT_RUNNING = frozenset({"enabled", "running", "starting", "needSecondary"})
FT_PRIMARY = 1


def is_ft_protected(vm: VirtualMachine) -> bool:
    """Whether a machine is the primary of a fault-tolerant pair that has not been switched off."""
    state = vm.ft_state if vm.knows("ft_state") else None
    if vm.knows("ft_role") and vm.ft_role is not None:
        return vm.ft_role == FT_PRIMARY and state not in {"disabled", "notConfigured"}
    return state in FT_RUNNING


class Protection:
    """Which machines of a vCenter recovery and replication protect, as far as events tell."""

    def __init__(self, timeline: Timeline, extensions: Iterable[Extension]) -> None:
        """Read the ``timeline`` when asked for machines."""
        self._timeline = timeline
        self.products: tuple[Product, ...] = tuple(found for found in registered(extensions) if found.kind in RECOVERY_KINDS)

    @cached_property
    def machines(self) -> frozenset[str]:
        """Ids of machines whose last event says protected, and of those whose replication was changed and not ended."""
        state: dict[str, bool] = {}
        changed: set[str] = set()
        for kind, event in self._timeline.pairs():
            if kind in {Kind.PROTECTED, Kind.UNPROTECTED}:
                state[event.vm or event.object_id or ""] = kind is Kind.PROTECTED
            elif kind is Kind.REPLICATION_CHANGED and event.vm:
                changed.add(event.vm)
        return frozenset(vm for vm, on in state.items() if on and vm) | {vm for vm in changed if state.get(vm, True)}
