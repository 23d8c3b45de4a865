"""Rules of the operator that decide for no machine, as after a typing error or when a folder was renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from collector.facts import Snapshot
from inference.classification.rules import Rule, fitting

NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"name": (), "folder": ("folders", "resource_pools"), "attribute": ("custom_fields",), "tag": ("tags",)}
)
"""The topics, besides the machines, that must have been read before a rule with such a pattern can be called unused."""


class UnusedRules:
    """Finds the rules that decide for no machine of any vCenter, once each of them was read."""

    def __init__(self, rules: Sequence[Rule], vcenters: Iterable[str]) -> None:
        """``vcenters`` are the names of all those that will be read."""
        self._rules = tuple(rules)
        self._left = set(range(len(self._rules)))
        self._unread = set(vcenters)

    def found(self, vcenter: str, snapshot: Snapshot) -> tuple[int, ...]:
        """The indices of unused rules; returned once, with the first snapshot of the last of the vCenters, else empty."""
        if not self._left or vcenter not in self._unread:
            return ()
        self._unread.remove(vcenter)
        deciding = {id(rule) for rule in fitting(snapshot, self._rules).values()}
        self._left = {
            place for place in self._left if id(self._rules[place]) not in deciding and _can_tell(self._rules[place], snapshot)
        }
        return () if self._unread else tuple(sorted(self._left))


def _can_tell(rule: Rule, snapshot: Snapshot) -> bool:
    """Whether everything was read that the patterns of the rule are compared with."""
    needed = ["vms", *(topic for name, topics in NEEDED.items() if getattr(rule, name) is not None for topic in topics)]
    return not any(snapshot.missed(topic) for topic in needed) and (rule.tag is None or snapshot.tags is not None)
