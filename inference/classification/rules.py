"""Rules: what the operator says machines are for. They come before everything that names and attributes say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import cache
from typing import cast, get_args

from collector.facts import Ruling, Snapshot, Tag, VirtualMachine
from inference.classification.lexicon import AppClass, Environment, Lexicon
from inference.classification.workloads import Workload, folder_paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. It fits a machine where all of its patterns do, in shell style and without regard to case.

    ``folder`` is a path from the outermost folder or vApp on, such as ``Production/ERP``, and holds for everything inside;
    ``attribute`` is the name of a custom attribute with a pattern of its value, ``tag`` a pattern of a tag's name, or of its
    category and its name with a colon between. ``app`` and ``environment`` are what the
    machine then is, ``nothing`` that it is no application at all; what a rule leaves out stays as it is known otherwise.
    """

    name: str | None = None
    folder: str | None = None
    attribute: tuple[str, str] | None = None
    tag: str | None = None
    app: AppClass | None = None
    environment: Environment | None = None
    nothing: bool = False

    def fits(self, vm: VirtualMachine, paths: Iterable[str], attributes: Mapping[int, str]) -> bool:
        """Whether a machine with these paths is meant; ``attributes`` are the names of custom attributes by key."""
        if self.name is not None and not _matches(self.name, vm.name):
            return False
        if self.folder is not None and not any(_is_inside(self.folder, path) for path in paths):
            return False
        if self.tag is not None and not any(_is_tag(self.tag, tag) for tag in vm.tags or ()):
            return False
        if self.attribute is None:
            return True
        name, pattern = self.attribute
        low = name.lower()
        return any(attributes.get(key, "").lower() == low and _matches(pattern, value) for key, value in vm.custom_values)

    def applied(self, workload: Workload) -> Workload:
        """What a machine is that this rule fits."""
        app = None if self.nothing else self.app or workload.app
        source = "rule" if self.app or self.nothing else workload.source
        return replace(workload, app=app, environment=self.environment or workload.environment, source=source)


def fitting(snapshot: Snapshot, rules: Sequence[Rule]) -> dict[str, Rule]:
    """The first rule that fits each machine, by its id; machines that none fits are left out."""
    if not rules:
        return {}
    paths = folder_paths(snapshot)
    names = {field.key: field.name for field in snapshot.custom_fields}
    pairs = ((vm.id, next((rule for rule in rules if rule.fits(vm, paths[vm.id], names)), None)) for vm in snapshot.vms)
    return {machine: rule for machine, rule in pairs if rule is not None}


def ruled(rule: Rule, machine: str) -> Ruling:
    """What a rule makes of one machine."""
    return Ruling(machine, None if rule.app is None else rule.app.id, rule.environment, rule.nothing)


def of_rulings(rulings: Iterable[Ruling], lexicon: Lexicon) -> dict[str, Rule]:
    """The rules that made these rulings, by machine; what is not known here any more is left open."""
    apps = {app.id: app for app in lexicon.apps.values()}
    known = get_args(Environment)
    return {
        each.machine: Rule(
            app=apps.get(each.app or ""),
            environment=cast("Environment", each.environment) if each.environment in known else None,
            nothing=each.nothing,
        )
        for each in rulings
    }


def _is_inside(pattern: str, path: str) -> bool:
    """Whether a folder is meant, or one around it."""
    return _matches(pattern, path) or _matches(f"{pattern}/*", path)


def _is_tag(pattern: str, tag: Tag) -> bool:
    """Whether a tag is meant; names of tags may hold colons too."""
    category, colon, name = pattern.partition(":")
    whole = bool(colon) and _matches(category.strip(), tag.category) and _matches(name.strip(), tag.name)
    return whole or _matches(pattern, tag.name)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern.lower()).match(text.lower()) is not None


@cache  # all of a file's: with a bound, a longer file would be compiled anew for every machine
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
