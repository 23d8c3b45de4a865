"""Departed machines: what those were that are gone, by what events and names still say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from collector.facts import Event
from inference.classification.lexicon import Lexicon
from inference.estate.population import Sorted, by_name, series_of
from inference.events.event_kinds import Kind, kind_of


class Departed:
    """What is known of the machines of a vCenter that are no longer ``present``."""

    def __init__(self, events: Iterable[Event], present: Collection[str], found: Sorted, lexicon: Lexicon) -> None:
        """``events`` are in their order; ``present`` are ids of every kind of machine that ``found`` sorts."""
        self.templates = _templates(events, present)
        self._lexicon = lexicon
        self._desktops = _desktops(found)

    def was_apart(self, name: str) -> bool:
        """Whether a machine was no workload, by its name and by the desktops that are still here."""
        meaning = self._lexicon.read(name)
        if name.lower().endswith(self._lexicon.replicas):  # whether it was ever started is not known any more
            return True
        return meaning.desktop or series_of(name) in self._desktops or by_name(name, meaning, self._lexicon) is not None


def _templates(events: Iterable[Event], present: Collection[str]) -> frozenset[str]:
    """Ids of machines that were templates: marked as one in the end, or deployed from, which takes one."""
    last: dict[str, bool] = {}
    deployed: set[str] = set()
    for event in events:
        kind = kind_of(event.type)
        if kind is Kind.DEPLOYED and event.source_vm is not None:
            deployed.add(event.source_vm)
        elif kind in {Kind.MADE_TEMPLATE, Kind.MADE_MACHINE} and event.vm is not None:
            last[event.vm] = kind is Kind.MADE_TEMPLATE
    marked = {vm for vm, is_template in last.items() if is_template}
    return frozenset(vm for vm in deployed | marked if vm not in present)


def _desktops(found: Sorted) -> frozenset[str]:
    """Series of names that are those of desktops; where more servers are called so, such a name tells of neither."""
    desktops = Counter(series_of(vm.name) for vm in found.excluded.get("desktop", ()))
    servers = Counter(series_of(vm.name) for vm in found.workloads) if desktops else desktops
    return frozenset(series for series, number in desktops.items() if number > servers[series])
