"""Host profiles and what is attached to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from collector.facts import HostProfile
from collector.wants import moids, text

TOPIC = "host_profiles"
PATHS = ("name", "entity", "complianceStatus")


def parse(profiles: Iterable[Mapping[str, Any]]) -> tuple[HostProfile, ...]:
    """Every profile from the properties of ``PATHS``; one that is unset or unreadable is absent from its mapping."""
    found = (
        HostProfile(
            name=str(profile.get("name") or ""),
            attached=moids(profile.get("entity") or ()),
            compliance=text(profile.get("complianceStatus")),
        )
        for profile in profiles
    )
    return tuple(sorted(found, key=lambda profile: profile.name))
