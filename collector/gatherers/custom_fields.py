"""Definitions of custom attributes, which say what the values on a virtual machine mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collector.facts import CustomField
from collector.wants import api_name

TOPIC = "custom_fields"


def parse(definitions: Iterable[Any]) -> tuple[CustomField, ...]:
    """Every definition, in the order of its key; ``type`` is the kind of object it is for, ``None`` for all."""
    found = (
        CustomField(key=int(entry.key), name=str(entry.name or ""), type=api_name(entry.managedObjectType))
        for entry in definitions
    )
    return tuple(sorted(found, key=lambda definition: definition.key))
