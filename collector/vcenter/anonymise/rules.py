"""Rules: what becomes of one text. Each takes what vCenter sent and answers what may be written, or ``None`` for a placeholder.

A rule lets pass only what it recognises. Whatever it does not is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from pyVmomi import vim
from pyVmomi.VmomiSupport import GetWsdlType

from collector.vcenter.anonymise.platform import PRODUCT_WORDS, SINGLETONS
from collector.vcenter.anonymise.pseudonyms import LONGEST, Pseudonyms
from collector.vcenter.scrub import PLACEHOLDER

Rule = Callable[[str, Pseudonyms], str | None]

NAMESPACE = "urn:vim25"

_NUMBERED = re.compile(
    r"(?:vm|host|datastore|network|network-o|dvportgroup|dvs|domain-[cs]|group-[a-z]?|folder|resgroup|resgroup-v|datacenter|storage_pod"
    r"|pod|task|alarm|schedule|hostprofile|profile|snapshot|EventHistoryCollector|TaskHistoryCollector)-?\d{1,12}(?:-\d{1,12})?"
)
_SCHEMA_TYPES = frozenset({"string", "int", "long", "short", "byte", "boolean", "float", "double", "dateTime", "anyURI"})
_WORDS = re.compile(r"[^\W\d_]+")
_HARDWARE = re.compile(r"[A-Za-z0-9 ,()@/+._\[\]-]{1,80}")
_ADDRESS_LIKE = re.compile(
    r"\d+\.\d+\.\d+\.\d+|(?:[0-9a-f]{1,4}:){2}|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){3}|[a-z]\w*\.[a-z]\w*\.[a-z]|[^ ]{28}|//|\w/\w+/"
    r"|\.(?:local|lan|com|net|org|corp|int|internal|intra|io|example|test|lab|[a-z]{2})\b|\d{7}",
    re.IGNORECASE,
)
_GUEST_ID = re.compile(
    r"(?:windows|win|vmkernel|vmwarePhoton|rhel|centos|fedora|ubuntu|debian|sles|suse|opensuse|oracleLinux|rockylinux|almalinux|other)"
    r"[\dx_]{0,8}(?:Server|srv|Linux|Next|srvNext)?(?:_64)?Guest"
)
_GUEST_IDS: frozenset[str] = frozenset(map(str, cast("Any", vim.vm.GuestOsDescriptor.GuestOsIdentifier).values))
_PLAIN_PART = r"[A-Za-z][A-Za-z_]*\d{0,3}[A-Za-z_]*"
_REST_OF_KEY = re.compile(rf"(?:{_PLAIN_PART})?(?:(?:(?<=\.)|\.){_PLAIN_PART})*(?=[.-]|\Z)", re.ASCII)
_JOINTS = ".-"
_SITE_NUMBER = re.compile(r"-\d{1,3}", re.ASCII)
_EVENT_CLASS = re.compile(r"[A-Z][A-Za-z]{2,60}")
_EVENT = re.compile(
    r"(?:Vm|Drs|Das)[A-Z][A-Za-z]{1,60}Event|(?:com\.vmware|hbr|vim\.event|esx|vprob|vsan\.health)(?:\.[A-Za-z][A-Za-z0-9_]{0,60})+"
)
_ADDRESS = re.compile(r"(?:[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])){3}", re.ASCII)
"""Versions of four numbers begin with one figure, or have a build among them."""
_TEXTS = {
    "moment": re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?"),
    "whole": re.compile(r"[+-]?\d{1,20}"),
    "decimal": re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?"),
    "version": re.compile(r"v?\d{1,10}(?:[._-](?:\d{1,10}[a-z]?|build|update|alpha|beta|rc|ga|u|p)\d{0,10}){0,6}", re.ASCII),
}


def matching(pattern: str | re.Pattern[str]) -> Rule:
    """Texts that match as a whole pass."""
    compiled = re.compile(pattern)
    return lambda text, _: text if compiled.fullmatch(text) else None


def among(*values: str) -> Rule:
    """These very texts pass, whatever their case."""
    known = frozenset(value.lower() for value in values)
    return lambda text, _: text if text.lower() in known else None


MOMENT = matching(_TEXTS["moment"])
WHOLE = matching(_TEXTS["whole"])
DECIMAL = matching(_TEXTS["decimal"])
BOOLEAN = among("true", "false", "0", "1")


def version(text: str, _: Pseudonyms) -> str | None:
    """A version or a build; four numbers that may as well be an address are none."""
    return text if _TEXTS["version"].fullmatch(text) and not _ADDRESS.fullmatch(text) else None


def name(text: str, pseudonyms: Pseudonyms) -> str:
    """A name of an inventory object, a group, a rule."""
    return pseudonyms.name(text)


def user(text: str, pseudonyms: Pseudonyms) -> str:
    """An account."""
    return pseudonyms.user(text)


def note(text: str, pseudonyms: Pseudonyms) -> str | None:
    """Free text, of which at most known words stay."""
    return pseudonyms.vocabulary.note(text) or None


def attribute(text: str, pseudonyms: Pseudonyms) -> str:
    """The name of a custom attribute."""
    return pseudonyms.attribute(text)


def value(text: str, pseudonyms: Pseudonyms) -> str:
    """The value of a custom attribute."""
    return pseudonyms.value(text)


def snapshot(text: str, pseudonyms: Pseudonyms) -> str:
    """The name of a snapshot."""
    return pseudonyms.snapshot(text)


def uuid(text: str, pseudonyms: Pseudonyms) -> str | None:
    """A UUID; whatever else stands in its place is no more."""
    return pseudonyms.uuid(text)


def reference(text: str, pseudonyms: Pseudonyms) -> str:
    """A managed object id: one of a kind that only numbers its objects passes, any other may name something."""
    if text in SINGLETONS or _NUMBERED.fullmatch(text):
        return text
    session = f"session[{PLACEHOLDER}]" if text.startswith("session[") else ""
    return f"{session}{pseudonyms.uuid(text)}"


def token(text: str, pseudonyms: Pseudonyms) -> str:
    """A cursor of the server."""
    return text if _TEXTS["whole"].fullmatch(text) else pseudonyms.code("token", text)


def type_name(text: str, _: Pseudonyms) -> str | None:
    """The name of a type of the API."""
    return text if known_type(text) is not None or text.removeprefix("xsd:") in _SCHEMA_TYPES else None


def product(text: str, _: Pseudonyms) -> str | None:
    """A product or edition of the platform: known words, numbers and what stands between them."""
    if len(text) > LONGEST or _ADDRESS_LIKE.search(text):
        return None
    strange = [word for word in _WORDS.findall(text) if word.lower() not in PRODUCT_WORDS]
    return None if strange else text


def hardware(text: str, pseudonyms: Pseudonyms) -> str:
    """Maker, model or processor of a host, which are product names; a pseudonym where something looks like an address."""
    return text if _HARDWARE.fullmatch(text) and not _ADDRESS_LIKE.search(text) else pseudonyms.code("hardware", text)


def guest_id(text: str, _: Pseudonyms) -> str | None:
    """An operating system by its id in the API, or by one of a release to come that is formed alike."""
    return text if text in _GUEST_IDS or _GUEST_ID.fullmatch(text) else None


def extension_key(text: str, pseudonyms: Pseudonyms) -> str:
    """The key of a known vendor's product without what a site added to it; any other becomes a pseudonym.

    The beginning that tells the vendor stays in any case; after it a site may have written anything.
    """
    low = text.lower()
    vendor = next((known.rstrip("-") for known in pseudonyms.vocabulary.extensions if low.startswith(known)), "")
    if len(text) > LONGEST or not vendor:
        return pseudonyms.code("extension", text)
    plain = _REST_OF_KEY.match(text, len(vendor))
    product = text[: plain.end() if plain else len(vendor)]
    site = text[len(product) :]
    if not site or _SITE_NUMBER.fullmatch(site):
        return text
    joint = "" if product[-1] in _JOINTS else site[0] if site[0] in _JOINTS else "."
    return f"{product}{joint}{pseudonyms.code('site', site.lstrip(_JOINTS))}"


def event_id(text: str, pseudonyms: Pseudonyms) -> str:
    """The type id of an event: one of the platform passes, one of an extension as its key does."""
    if _EVENT.fullmatch(text) or (_EVENT_CLASS.fullmatch(text) and known_type(text) is not None):
        return text
    key, dot, last = text.rpartition(".")
    if dot and re.fullmatch(r"[A-Za-z]{1,60}", last) and key.lower().startswith(pseudonyms.vocabulary.extensions):
        return f"{extension_key(key, pseudonyms)}.{last}"
    return pseudonyms.code("event", text)


def known_type(text: str) -> type | None:
    """The type of the API with this name."""
    try:
        found: type = GetWsdlType(NAMESPACE, text)
    except KeyError:
        return None
    return found


def nothing(_text: str, _: Pseudonyms) -> str | None:
    """Asked for and never needed as it is: always replaced."""
    return None
