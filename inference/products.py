"""Products: what is registered with a vCenter, what its licences leave out and how old its ESXi builds are.

The data is ``data/products.yaml``, ``data/esxi_builds.yaml`` and ``data/hardware_versions.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from operator import itemgetter
from typing import Any

import yaml

from collector.facts import Extension, License

_WORDS = re.compile(r"[a-z]+")
_YEAR = timedelta(days=365)
_OF_HOSTS = ("esx", "vsphere", "cloud foundation", "vcf", "eval")
_OF_OTHERS = ("vcenter", "nsx")
"""Words of licences for other products that name vSphere too."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the table; ``kind`` is ``recovery``, ``replication``, ``foreign_recovery``, ``operations`` and so on."""

    id: str
    title: str
    kind: str
    keys: tuple[str, ...]
    bundled: bool


@lru_cache(maxsize=16)
def data_file(name: str) -> Any:  # noqa: ANN401 - a YAML document
    """A file of ``inference/data``, read once; nobody changes it."""
    return yaml.safe_load(resources.files("inference.data").joinpath(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def table() -> tuple[Product, ...]:
    """Every known product."""
    return tuple(
        Product(p["id"], p["title"], p["kind"], tuple(key.lower() for key in p["keys"]), bool(p.get("bundled")))
        for p in data_file("products.yaml")["products"]
    )


def registered(extensions: Iterable[Extension]) -> tuple[Product, ...]:
    """The known products among the extensions that say something by being there, in the order of the table."""
    bundled = tuple(key for product in table() if product.bundled for key in product.keys)
    keys = [key for extension in extensions if not (key := extension.key.lower()).startswith(bundled)]
    return tuple(p for p in table() if any(key.startswith(p.keys) for key in keys))


def unlicensed(feature: str, licenses: Iterable[License]) -> str | None:
    """The host editions in use when none of them includes ``feature``; ``None`` where one does or it cannot be known."""
    lacking: list[str] = []
    for licence in _in_use([licence for licence in licenses if _is_of_hosts(licence)]):
        text = _text(licence)
        edition = next((e for e in data_file("products.yaml")["editions"] if any(word in text for word in e["match"])), None)
        if edition is None or feature not in edition["lacks"]:
            return None
        lacking.append(licence.name or licence.edition)
    return ", ".join(sorted(set(lacking))) or None


def tells_editions(licenses: Iterable[License]) -> bool:
    """Whether a list of licences tells the editions of the hosts; it is empty for accounts without Global.Licenses."""
    return any(_is_of_hosts(licence) for licence in licenses)


def may_lack(feature: str, used: frozenset[str], hosts: int) -> bool:
    """Whether ``hosts`` hosts that use the features ``used`` can be of a common edition without ``feature``."""
    return any(
        feature in edition["lacks"] and used.isdisjoint(edition["lacks"])
        for edition in data_file("products.yaml")["editions"]
        if edition.get("common") and hosts <= edition.get("most_hosts", hosts)
    )


def _in_use(licenses: list[License]) -> list[License]:
    """Those that hosts use; where vCenter says so of some, one of which it does not, such as its own trial, is in no use."""
    used = [licence for licence in licenses if licence.used]
    return used or [licence for licence in licenses if licence.used is None]


def _is_of_hosts(licence: License) -> bool:
    text = _text(licence)
    return any(word in text for word in _OF_HOSTS) and not any(word in text for word in _OF_OTHERS)


def _text(licence: License) -> str:
    return f"{licence.name} {licence.edition}".lower()


@lru_cache(maxsize=1)
def storage_recovery_hints() -> frozenset[str]:
    """Words in names that hint at recovery by the storage."""
    return frozenset(data_file("products.yaml")["storage_recovery_hints"])


def hints_at_replication(name: str) -> bool:
    """Whether a word in the name of a datastore or cluster hints at recovery by the storage."""
    return not storage_recovery_hints().isdisjoint(_WORDS.findall(name.lower()))


def is_outdated(build: str | None, now: datetime) -> bool:
    """Whether a build of ESXi is surely over a year old: a later one of the table was out a year ago.

    False for builds newer than the table, of which nobody can say, and unreadable ones.
    """
    if build is None or not build.isdigit():
        return False
    builds = data_file("esxi_builds.yaml")["builds"]
    place = bisect_right(builds, int(build), key=itemgetter(0))
    if place == len(builds):
        return False
    day = builds[place][1]
    return now - datetime(day.year, day.month, day.day, tzinfo=UTC) > _YEAR


@lru_cache(maxsize=256)
def newest_hardware(version: str | None) -> int | None:
    """The newest virtual hardware version that a release of ESXi runs; ``None`` for releases outside the table."""
    known: dict[str, int] = data_file("hardware_versions.yaml")["newest"]
    fitting = [start for start in known if version and f"{version}.".startswith(f"{start}.")]
    return known[max(fitting, key=len)] if fitting else None


def self_service_products(extensions: Iterable[Extension]) -> tuple[Product, ...]:
    """Products from which people order machines themselves, among the extensions of a vCenter."""
    return tuple(product for product in registered(extensions) if product.kind == "self_service")


@lru_cache(maxsize=1)
def self_service_keys() -> tuple[str, ...]:
    """The keys under which products of self service own machines, those among them that ship with every vCenter."""
    return tuple(key for product in table() if product.kind == "self_service" for key in product.keys)


@lru_cache(maxsize=1)
def recovery_keys() -> tuple[str, ...]:
    """The keys under which products of recovery own machines."""
    return tuple(key for product in table() if product.kind == "recovery" for key in product.keys)


def is_backup_snapshot(name: str) -> bool:
    """Whether a product for backup or replication made a snapshot, by its name."""
    low, known = name.lower(), data_file("snapshots.yaml")
    words = set(_WORDS.findall(low))
    if any(word in low for word in known["products"]) or not words.isdisjoint(known["short"]):
        return words.isdisjoint(known["before"])
    return any(word in low for word in known["general"]) and words.isdisjoint(known["people"])
