"""Rules: what the operator says machines are for. They come before everything that names and attributes say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import lru_cache

from collector.facts import Tag, VirtualMachine
from inference.lexicon import AppClass, Environment
from inference.workloads import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. It fits a machine where all of its patterns do, in shell style and without regard to case.

    ``folder`` is a path from the outermost folder on, such as ``Production/ERP``, and holds for everything inside;
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

    def fits(self, vm: VirtualMachine, folder: str, attributes: Mapping[int, str]) -> bool:
        """Whether a machine in this folder is meant; ``attributes`` are the names of custom attributes by key."""
        if self.name is not None and not _matches(self.name, vm.name):
            return False
        if self.folder is not None and not (_matches(self.folder, folder) or _matches(f"{self.folder}/*", folder)):
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


def _is_tag(pattern: str, tag: Tag) -> bool:
    """Whether a tag is meant; names of tags may hold colons too."""
    category, colon, name = pattern.partition(":")
    whole = bool(colon) and _matches(category.strip(), tag.category) and _matches(name.strip(), tag.name)
    return whole or _matches(pattern, tag.name)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern.lower()).match(text.lower()) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
