"""What the API declares about each place of a message: its type, and the rule of the allow list."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from pyVmomi.VmomiSupport import GetWsdlMethod, ManagedObject, PropertyPath

from collector.vcenter.anonymise.allowed import ANSWERS, DATA, KEEP, OBJECTS, REQUESTS, Fields
from collector.vcenter.anonymise.rules import BOOLEAN, DECIMAL, MOMENT, NAMESPACE, WHOLE, Rule, known_type
from collector.vcenter.scrub import MOMENT as SOME_MOMENT
from collector.vcenter.scrub import PLACEHOLDER

PRIMITIVES: Mapping[str, type] = {
    "string": str,
    "anyURI": str,
    "boolean": bool,
    "byte": int,
    "short": int,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "dateTime": datetime,
    "base64Binary": bytes,
    "anyType": object,
}
ANY_TYPE = "ManagedEntity"
"""What stands for the name of a type that does not pass: no other text could be read in its place."""

REFERENCE = "ManagedObjectReference"

_PLAIN: tuple[tuple[type, Rule, str], ...] = (
    (bool, BOOLEAN, "false"),
    (int, WHOLE, "0"),
    (float, DECIMAL, "0"),
    (datetime, MOMENT, SOME_MOMENT),
)
_LOOKS: tuple[tuple[Rule, str], ...] = ((BOOLEAN, "false"), (DECIMAL, "0"), (MOMENT, SOME_MOMENT))


class Place(NamedTuple):
    """A place in a message: its declared type, ``None`` where the API knows no such place, and whether and how text passes."""

    kind: Any = None
    allowed: bool = False
    rule: Rule | None = None


def is_a(kind: Any, base: type) -> bool:  # noqa: ANN401  # a type, or the nothing of an unknown place
    """Whether a type is known and of this base."""
    return isinstance(kind, type) and issubclass(kind, base)


@lru_cache(maxsize=20_000)
def method(name: str) -> Any:  # noqa: ANN401  # pyVmomi's description of a method
    """The method of the API with this name; ``None`` where there is none."""
    try:
        return GetWsdlMethod(NAMESPACE, name).info
    except KeyError:
        return None


@lru_cache(maxsize=20_000)
def parameter(called: str, name: str) -> Place:
    """A parameter of a method."""
    if name == "_this":
        return Place(ManagedObject, allowed=True)
    declared = next((found.type for found in method(called).params if found.name == name), None)
    fields = REQUESTS.get(called, {})
    return Place(_single(declared), name in fields, fields.get(name))


def answer(called: str) -> Place:
    """What a method returns."""
    return Place(_single(method(called).result), called in ANSWERS, ANSWERS.get(called))


@lru_cache(maxsize=20_000)
def member(kind: Any, name: str) -> Place:  # noqa: ANN401  # a data type
    """A property of a data type."""
    try:
        declared = _single(kind._GetPropertyInfo(name).type)  # noqa: SLF001  # pyVmomi's way to ask
    except AttributeError:
        return Place()
    return Place(declared, *_listed(kind, DATA, name))


@lru_cache(maxsize=20_000)
def of_object(kind: str, path: str) -> Place:
    """The property at a path of a managed object type."""
    found = known_type(kind)
    return Place(object, *_listed(found, OBJECTS, path)) if found is not None else Place(object)


def _listed(kind: Any, listing: Mapping[str, Fields], name: str) -> tuple[bool, Rule | None]:  # noqa: ANN401  # a type
    """Whether the allow list names this member of a type, or of one it inherits from, and the rule there."""
    for base in kind.__mro__:
        fields = listing.get(base.__dict__.get("_wsdlName", ""), {})
        if name in fields:
            return True, fields[name]
    return False, None


def _single(kind: Any) -> Any:  # noqa: ANN401  # a type
    """The type of one element of a list, which SOAP repeats."""
    return kind.Item if is_a(kind, list) else kind


@lru_cache(maxsize=20_000)
def sent(name: str) -> Any:  # noqa: ANN401  # a type, or none
    """The type that ``xsi:type`` names; ``None`` where the API knows none of this name."""
    local = name.rpartition(":")[2]
    if local in PRIMITIVES:
        return PRIMITIVES[local]
    return known_type(local.removesuffix("Reference") if local.endswith(REFERENCE) else local)


def is_name_of_api(kind: Any) -> bool:  # noqa: ANN401  # a type
    """Whether values of a type are themselves names of the API, whose ``xsi:type`` means nothing."""
    return kind is type or is_a(kind, PropertyPath)


def passes(place: Place) -> Rule | None:
    """The rule by which text may pass: its own, or that of its type where the list says so."""
    if not place.allowed:
        return None
    if place.rule is not KEEP:
        return place.rule
    return next((rule for base, rule, _ in _PLAIN if is_a(place.kind, base)), None)


@lru_cache(maxsize=20_000)
def values(kind: Any) -> frozenset[str]:  # noqa: ANN401  # an enumeration
    """The values of an enumeration that pyVmomi came with."""
    return frozenset(map(str, kind.values))


def placeholder(kind: Any, text: str) -> str:  # noqa: ANN401  # a type, or none
    """What stands for a text of this type; for one of unknown type, what looks like it."""
    if is_a(kind, bytes):
        return ""
    if kind is type:
        return ANY_TYPE
    for base, _, instead in _PLAIN:
        if is_a(kind, base):
            return instead
    if kind is None or kind is object:
        for rule, instead in _LOOKS:
            if rule(text, None) is not None:  # type: ignore[arg-type]  # a rule of plain texts asks for no pseudonym
                return instead
    return PLACEHOLDER
