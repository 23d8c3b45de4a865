"""Rewriting XML by the allow list: one pass over what expat reads, with the types that the API declares.

Nothing is copied. Elements, attributes and texts are written anew from what is known, so that comments, processing
instructions, foreign namespaces and texts between elements are gone by themselves. What is unknown keeps its place and its
kind and loses its content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from pyVmomi.VmomiSupport import DataObject, Enum, ManagedObject

from collector.vcenter.anonymise import types
from collector.vcenter.anonymise.pseudonyms import Pseudonyms
from collector.vcenter.anonymise.rules import NAMESPACE, Rule, known_type, matching, reference, version
from collector.vcenter.anonymise.types import Place, is_a
from collector.vcenter.scrub import PLACEHOLDER

UNPLACED = Place()

UNKNOWN = PLACEHOLDER
"""The name of an element, type or attribute value that is not known."""

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI_TYPE = "http://www.w3.org/2001/XMLSchema-instance type"

_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMAS = (
    ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)
_SOAP_PARTS = frozenset({"Envelope", "Header", "Body", "Fault"})
_FAULT_PARTS: Mapping[str, Rule | None] = {"faultcode": matching("ServerFaultCode"), "faultstring": None, "detail": None}
_VERSION_PARTS: Mapping[str, Rule | None] = {
    "namespaces": None,
    "namespace": None,
    "name": matching(r"urn:[a-z0-9]{1,30}"),
    "version": version,
    "priorVersions": None,
}
_BLANK = re.compile(r"[ \t\r\n]*")


class NotRewritable(Exception):  # noqa: N818  # a failure is named after what happened
    """The text is no XML, or declares a document type of its own."""


@dataclass(slots=True)
class Element:
    """An open element: where it stands and what was read in it so far.

    ``object`` is the type of the object it tells of, ``property`` the path it names. Nothing inside a closed one may pass.
    """

    tag: str
    place: Place = UNPLACED
    part: str = ""
    object: str | None = None
    property: str | None = None
    text: list[str] = field(default_factory=list)
    leaf: bool = True
    closed: bool = False


def rewrite(xml: bytes, pseudonyms: Pseudonyms) -> bytes:
    """The same message without what may not pass.

    Raises:
        NotRewritable: it cannot be read as XML, or declares a document type.
    """
    writer = _Writer(pseudonyms)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003  # expat takes it by place
    except expat.ExpatError as error:
        raise NotRewritable(str(error)) from None
    return "".join([_PROLOGUE, *writer.parts]).encode()


def _refuse(*_: object) -> None:
    raise NotRewritable("it declares a document type")


class _Writer:
    """Writes what it hears of, as far as it may."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self.parts: list[str] = []
        self._pseudonyms = pseudonyms
        self._open: list[Element] = []

    def start(self, name: str, attributes: Sequence[str]) -> None:
        """An element begins."""
        space, _, local = name.rpartition(" ")
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if not self._open:
            element = _root(space, local)
        else:
            parent = self._open[-1]
            self._blank(parent)
            parent.leaf = False
            element = _child(parent, space, local, given)
            if local == "obj" and (kind := given.get("type")):
                parent.object = kind
        self._open.append(element)
        self.parts.append(f"<{element.tag}{self._attributes(element, space, given)}>")

    def end(self, _name: str) -> None:
        """An element ends."""
        element = self._open.pop()
        if element.leaf:
            text = self._text(element.place, "".join(element.text))
            if element.tag == "name" and self._open:
                self._open[-1].property = text
            self.parts.append(escape(text))
        else:
            self._blank(element)
        self.parts.append(f"</{element.tag}>")

    def data(self, text: str) -> None:
        """Text inside an element."""
        self._open[-1].text.append(text)

    def _blank(self, element: Element) -> None:
        """White space between elements stays, anything else there does not."""
        between = "".join(element.text)
        element.text.clear()
        if between and _BLANK.fullmatch(between):
            self.parts.append(between)

    def _attributes(self, element: Element, space: str, given: Mapping[str, str]) -> str:
        written = _SCHEMAS if element.tag == "soapenv:Envelope" else ""
        if space == NAMESPACE and element.part in {"message", "fault"}:
            written += f' xmlns="{NAMESPACE}"'
        return written + "".join(self._attribute(name, value) for name, value in given.items())

    def _attribute(self, name: str, value: str) -> str:
        if name == XSI_TYPE:
            local = value.rpartition(":")[2]
            prefix = "xsd:" if local in types.PRIMITIVES else ""
            return f' xsi:type="{prefix}{local if types.sent(value) is not None else UNKNOWN}"'
        if name == "type":
            return f' type="{value if known_type(value) is not None else UNKNOWN}"'
        if name in {"version", "versionId"}:
            return f' {name}="{version(value, self._pseudonyms) or UNKNOWN}"'
        return f' serverGuid="{self._pseudonyms.uuid(value)}"' if name == "serverGuid" else ""

    def _text(self, place: Place, text: str) -> str:
        if not text:
            return text
        if is_a(place.kind, ManagedObject):
            return reference(text, self._pseudonyms)
        rule = types.passes(place)
        passed = rule(text, self._pseudonyms) if rule is not None else None
        if passed is not None:
            return passed
        if is_a(place.kind, Enum):
            known = text in types.values(place.kind)
            return text if known else self._pseudonyms.code("unknown", text).replace("-", "")
        return types.placeholder(place.kind, text)


def _root(space: str, local: str) -> Element:
    if space == SOAP and local == "Envelope":
        return Element("soapenv:Envelope", part="soap")
    return Element(local if local in _VERSION_PARTS else UNKNOWN, part="versions")


def _child(parent: Element, space: str, local: str, given: Mapping[str, str]) -> Element:
    """What an element is, by its parent and its name."""
    if parent.part == "versions":
        known = local in _VERSION_PARTS
        return Element(local if known else UNKNOWN, Place(str, known, _VERSION_PARTS.get(local)), "versions")
    if space == SOAP and parent.part == "soap" and local in _SOAP_PARTS:
        return Element(f"soapenv:{local}", Place(str), "soap")
    if parent.tag == "soapenv:Fault" and local in _FAULT_PARTS:
        return Element(local, Place(str, allowed=True, rule=_FAULT_PARTS[local]), "soap")
    if parent.tag == "soapenv:Body" and parent.part == "soap":
        known = types.method(local.removesuffix("Response")) is not None
        return Element(local if known else UNKNOWN, part="message" if known else "")
    if parent.tag == "detail" and parent.part == "soap":
        kind = types.sent(given[XSI_TYPE]) if XSI_TYPE in given else known_type(local.removesuffix("Fault"))
        return Element(local if known_type(local.removesuffix("Fault")) else f"{UNKNOWN}Fault", Place(kind), "fault")
    return _member(parent, local, given)


def _member(parent: Element, local: str, given: Mapping[str, str]) -> Element:
    """An element inside a message."""
    place, known = _place(parent, local)
    if not known:
        return Element(UNKNOWN)
    if XSI_TYPE in given and not types.is_name_of_api(place.kind):
        place = place._replace(kind=types.sent(given[XSI_TYPE]))
    closed = parent.closed or (local == "val" and not place.allowed)
    return Element(local, place._replace(allowed=False) if closed else place, object=parent.object, closed=closed)


def _place(parent: Element, local: str) -> tuple[Place, bool]:
    """Where an element stands, and whether the API knows an element of this name there."""
    kind = parent.place.kind
    if parent.part == "message":
        if parent.tag.endswith("Response") and types.method(parent.tag) is None:
            return types.answer(parent.tag.removesuffix("Response")), local == "returnval"
        place = types.parameter(parent.tag, local)
        return place, place.kind is not None
    if is_a(kind, list):
        known = local in types.PRIMITIVES or known_type(local.removesuffix("Reference")) is not None
        return parent.place._replace(kind=kind.Item), known
    if not is_a(kind, DataObject):
        return UNPLACED, False
    if local == "val" and parent.object and parent.property:
        return types.of_object(parent.object, parent.property), True
    place = types.member(kind, local)
    return place, place.kind is not None
