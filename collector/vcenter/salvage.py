"""Salvage: what can be read of an answer of which pyVmomi cannot read a part.

Of events those are left out that cannot be read: one must not hide all others while vCenter keeps it. Of objects nothing is
left out, since one that is not in the answer would be taken for gone: their unreadable properties are named as missing, as
vCenter itself names those that the account may not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.parsers import expat

Parse = Callable[[bytes], object]
"""Reads a whole answer; whatever it raises says that the answer cannot be read."""

ENTRIES = {"ReadNextEvents": ("returnval",)}
"""Methods that answer with a list of entries, and where these lie below the element of the answer."""

OBJECTS = {
    "RetrievePropertiesEx": ("returnval", "objects"),
    "ContinueRetrievePropertiesEx": ("returnval", "objects"),
    "WaitForUpdatesEx": ("returnval", "filterSet", "objectSet"),
}
"""Methods that answer with properties of objects, and where the objects lie."""

_AROUND = 3
"""The envelope, its body and the element of the answer are around everything that is said."""

_PROPERTY = frozenset({"propSet", "changeSet"})
_NAME = re.compile(rb"<(?:\w+:)?name>([^<]*)</")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of an answer, and where the properties lie in it."""

    text: bytes
    properties: Sequence[Span]

    def with_only(self, *kept: Span) -> bytes:
        """The element with these properties alone."""
        return self.replaced({own: b"" for own in self.properties if own not in kept})

    def replaced(self, instead: dict[Span, bytes]) -> bytes:
        """The element with other text in the place of some properties."""
        pieces, done = list[bytes](), 0
        for start, end in self.properties:
            pieces += self.text[done:start], instead.get((start, end), self.text[start:end])
            done = end
        return b"".join((*pieces, self.text[done:]))


def salvage(method: str, body: bytes, parse: Parse) -> bytes | None:
    """The answer without what cannot be read; ``None`` where it is cut short, or unreadable otherwise, or nothing is left."""
    path = ENTRIES.get(method) or OBJECTS.get(method)
    found = _elements(body, path) if path else []
    if not found:
        return None
    head, tail = body[: found[0][0][0]], body[found[-1][0][1] :]

    def is_readable(text: bytes) -> bool:
        try:
            parse(head + text + tail)
        except Exception:  # noqa: BLE001 - whatever pyVmomi stumbles over
            return False
        return True

    parts = [_Part(body[start:end], [(a - start, b - start) for a, b in own]) for (start, end), own in found]
    mend = _mended if method in OBJECTS else _left_out
    said = b"".join([part.text if is_readable(part.text) else mend(part, is_readable) for part in parts])
    return head + said + tail if said and is_readable(said) else None


def _left_out(_: _Part, __: Callable[[bytes], bool]) -> bytes:
    """Nothing, in the place of an entry."""
    return b""


def _mended(part: _Part, is_readable: Callable[[bytes], bool]) -> bytes:
    """An object whose unreadable properties are named as missing; where it is itself unreadable nothing helps."""
    if not is_readable(part.with_only()):
        return part.text
    lost = [own for own in part.properties if not is_readable(part.with_only(own))]
    return part.replaced({own: _missing(part.text[slice(*own)]) for own in lost})


def _missing(unreadable: bytes) -> bytes:
    """What stands for a property that cannot be read; the property itself where it has no name."""
    named = _NAME.search(unreadable)
    return b"<missingSet><path>%b</path><fault><fault/></fault></missingSet>" % named[1] if named else unreadable


def _elements(body: bytes, path: Sequence[str]) -> list[tuple[Span, list[Span]]]:
    """Where the elements at a path lie, and the properties in each; none in an answer that is cut short."""
    around: list[tuple[str, int]] = []
    found: list[tuple[Span, list[Span]]] = []
    properties: list[Span] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(name: str, _: object) -> None:
        around.append((name.rpartition(" ")[2], parser.CurrentByteIndex))

    def end(_: str) -> None:
        inside = [name for name, _ in around[_AROUND:]]
        name, start = around.pop()
        if inside[:-1] == [*path] and name in _PROPERTY:
            properties.append((start, after_tag()))
        elif inside == [*path]:
            found.append(((start, after_tag()), properties.copy()))
            properties.clear()

    def after_tag() -> int:
        return body.index(b">", parser.CurrentByteIndex) + 1

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat takes it by place
    except expat.ExpatError:
        return []
    return found
