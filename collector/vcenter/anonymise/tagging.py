"""Rewriting the JSON about tags by an allow list: what is asked for and answered of them, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from collector.vcenter.anonymise.pseudonyms import Pseudonyms
from collector.vcenter.anonymise.rules import known_type, reference
from collector.vcenter.scrub import PLACEHOLDER

_PATH = re.compile(
    r"(?P<place>(?:/api(?:/cis)?|/rest/com/vmware/cis)/(?:session|tagging/(?:tag-association|tag|category)))"
    r"(?:/(?P<prefix>id:)?(?P<id>[^/]+))?"
)
_URN = re.compile(r"urn:vmomi:(InventoryServiceTag|InventoryServiceCategory):([0-9A-Fa-f-]{1,60}):GLOBAL", re.ASCII)


def rest_path(path: str, pseudonyms: Pseudonyms) -> str | None:
    """The path of a request about tags, with the pseudonym of the tag or category in it; ``None`` for any other path."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    id_ = f"/{found['prefix'] or ''}{quote(_urn(unquote(found['id']), pseudonyms), safe=':')}" if found["id"] else ""
    return f"{found['place']}{id_}"


def rewrite_json(body: bytes, pseudonyms: Pseudonyms) -> bytes:
    """The same message without what may not pass; nothing is left of what is no JSON."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return b""
    if isinstance(said, dict) and "value" in said:
        return _written({"value": _value(said["value"], pseudonyms)})
    return _written(_value(said, pseudonyms))


def _value(said: Any, pseudonyms: Pseudonyms) -> Any:  # noqa: ANN401  # any JSON
    """A session, a tag, a category, objects that are asked for, or a list of ids or of objects with their tags."""
    if said is None:
        return None
    if isinstance(said, str):
        return PLACEHOLDER
    if isinstance(said, list):
        return [_urn(entry, pseudonyms) if isinstance(entry, str) else _entry(entry, pseudonyms) for entry in said]
    return _entry(said, pseudonyms)


def _entry(said: Any, pseudonyms: Pseudonyms) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """What is known of an object; the rest is gone."""
    if not isinstance(said, dict):
        return {}
    kept: dict[str, Any] = {}
    if isinstance(objects := said.get("object_ids"), list):
        kept["object_ids"] = [_object(each, pseudonyms) for each in objects]
    if "object_id" in said:
        kept["object_id"] = _object(said["object_id"], pseudonyms)
        kept["tag_ids"] = [_urn(id_, pseudonyms) for id_ in _texts(said.get("tag_ids"))]
    if isinstance(name := said.get("name"), str):
        is_tag = isinstance(said.get("category_id"), str)
        kept["id"] = _urn(said.get("id"), pseudonyms)
        kept["name"] = pseudonyms.value(name) if is_tag else pseudonyms.attribute(name)
        if is_tag:
            kept["category_id"] = _urn(said["category_id"], pseudonyms)
    return kept


def _object(said: Any, pseudonyms: Pseudonyms) -> Mapping[str, str]:  # noqa: ANN401  # any JSON
    """A reference to an inventory object."""
    known = said if isinstance(said, dict) else {}
    kind, id_ = str(known.get("type", "")), str(known.get("id", ""))
    return {"id": reference(id_, pseudonyms), "type": kind if known_type(kind) is not None else PLACEHOLDER}


def _urn(text: Any, pseudonyms: Pseudonyms) -> str:  # noqa: ANN401  # any JSON
    """The id of a tag or category."""
    found = _URN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return pseudonyms.code("tag", str(text))
    return f"urn:vmomi:{found[1]}:{pseudonyms.uuid(found[2])}:GLOBAL"


def _written(message: Any) -> bytes:  # noqa: ANN401  # any JSON
    """In the spelling of requests, which a replay goes by."""
    return json.dumps(message, sort_keys=True).encode()


def _texts(said: Any) -> list[str]:  # noqa: ANN401  # any JSON
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
