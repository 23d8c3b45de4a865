"""What a recording keeps of the REST exchanges about tags."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vcr.request import Request

from collector.vcenter.anonymise import Anonymiser, Vocabulary
from collector.vcenter.scrub import HOST, PLACEHOLDER, scrub_response

TAG = "urn:vmomi:InventoryServiceTag:0f5b8a52-2b0f-4d5b-8a0d-111111111111:GLOBAL"
CATEGORY = "urn:vmomi:InventoryServiceCategory:0f5b8a52-2b0f-4d5b-8a0d-222222222222:GLOBAL"
SECRET = st.text().map("acme{}".format)
KEYS = st.sampled_from(["name", "id", "value", "type", "object_id", "object_ids", "tag_ids", "category_id"]) | SECRET
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | SECRET,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)
"""Messages whose every text is a secret, but for the keys that are read."""


@pytest.fixture
def anonymiser() -> Anonymiser:
    """One that knows one word of attributes and one of values."""
    vocabulary = Vocabulary(
        attribute=lambda text: "owner" if "owner" in text.lower() else "",
        value=lambda text: "sap" if "sap" in text.lower() else "",
        plain=frozenset({"none"}),
    )
    return Anonymiser(vocabulary, key=b"k")


def answered(anonymiser: Anonymiser, body: object) -> Any:  # noqa: ANN401 - any JSON
    """What a recording says in place of an answer."""
    packed = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": ["application/json"], "Set-Cookie": ["x"]}
    told = scrub_response({"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": packed}})
    left = anonymiser.response(told)
    assert set(left["headers"]) <= {"Content-Type"}
    return json.loads(left["body"]["string"] or b'"nothing"')


def asked(anonymiser: Anonymiser, method: str, path: str, body: bytes | None = None) -> Request:
    """What a recording says in place of a request."""
    return anonymiser.request(Request(method, f"https://{HOST}{path}", body, {"Content-Type": "application/json"}))


@pytest.mark.parametrize("body", ["session-1234", {"value": "session-1234"}])
def test_a_session_is_gone(anonymiser: Anonymiser, body: object) -> None:
    """In both dialects, also where nothing is anonymised."""
    assert "1234" not in json.dumps(answered(anonymiser, body))
    raw = {"status": {"code": 200, "message": ""}, "headers": {}, "body": {"string": json.dumps(body).encode()}}
    assert json.loads(scrub_response(raw)["body"]["string"]) in (PLACEHOLDER, {"value": PLACEHOLDER})


def test_names_become_pseudonyms_that_say_what_they_are(anonymiser: Anonymiser) -> None:
    """A tag as the value of an attribute, a category as its name; what nobody needs is gone."""
    tag = {"id": TAG, "category_id": CATEGORY, "name": "SAP of Acme", "description": "Acme's", "used_by": ["acme"]}
    left = answered(anonymiser, tag)
    assert left["name"].startswith("sap-x")
    assert set(left) == {"id", "category_id", "name"}
    category = {
        "id": CATEGORY,
        "name": "Acme Owner",
        "description": "Acme's",
        "cardinality": "SINGLE",
        "associable_types": ["a"],
    }
    wrapped = answered(anonymiser, {"value": category})["value"]
    assert wrapped["name"].startswith("owner-x")
    assert wrapped["id"] == left["category_id"]
    assert "acme" not in json.dumps([left, wrapped]).lower()
    assert answered(anonymiser, tag | {"name": "None"})["name"] == "None"


def test_what_is_attached_to_what_stays(anonymiser: Anonymiser) -> None:
    """Ids of objects that only number pass, ids of tags are the same everywhere, and still ids of tags."""
    said = [{"object_id": {"id": "vm-42", "type": "VirtualMachine"}, "tag_ids": [TAG]}]
    (left,) = answered(anonymiser, said)
    assert left["object_id"] == {"id": "vm-42", "type": "VirtualMachine"}
    assert left["tag_ids"] == [answered(anonymiser, {"id": TAG, "category_id": CATEGORY, "name": "x"})["id"]]
    assert left["tag_ids"][0].startswith("urn:vmomi:InventoryServiceTag:")
    assert "1111" not in left["tag_ids"][0]
    assert answered(anonymiser, [CATEGORY])[0].startswith("urn:vmomi:InventoryServiceCategory:")


@pytest.mark.parametrize("base", ["/api/cis/tagging/tag/", "/rest/com/vmware/cis/tagging/tag/id:"])
def test_requests_have_the_same_pseudonyms(anonymiser: Anonymiser, base: str) -> None:
    """So that a replay, which has only those, asks for what was recorded."""
    known = answered(anonymiser, [TAG])[0]
    assert asked(anonymiser, "GET", f"{base}{TAG}").uri == f"https://{HOST}{base}{known}"
    assert asked(anonymiser, "GET", f"{base}{TAG.replace(':', '%3A')}").uri == f"https://{HOST}{base}{known}"


def test_requests_for_objects_stay(anonymiser: Anonymiser) -> None:
    """They are asked for by ids that only number."""
    body = json.dumps({"object_ids": [{"id": "vm-42", "type": "VirtualMachine"}], "more": "acme"}, sort_keys=True).encode()
    left = asked(anonymiser, "POST", "/api/cis/tagging/tag-association", body)
    assert json.loads(left.body) == {"object_ids": [{"id": "vm-42", "type": "VirtualMachine"}]}
    assert asked(anonymiser, "DELETE", "/api/session").method == "DELETE"


@pytest.mark.parametrize(
    "path", ["/api/acme", "/api/cis/tagging/tag/a/acme", "/rest/acme", "/api/cis/tagging/acme", "/api/sessions/acme"]
)
def test_other_paths_are_gone(anonymiser: Anonymiser, path: str) -> None:
    """Nothing of them is left."""
    assert asked(anonymiser, "GET", path).uri == f"https://{HOST}/"


@pytest.mark.parametrize(
    "body",
    [
        b"acme is no JSON",
        b'{"acme',
        {"acme": "acme"},
        {"type": "com.vmware.vapi.std.errors.acme", "value": {"messages": [{"default_message": "acme"}]}},
        [{"object_id": {"id": "acme", "type": "Acme"}, "tag_ids": ["acme", {"acme": 1}]}],
        [{"object_id": "acme", "tag_ids": "acme"}],
        [["acme"]],
        {"name": "acme", "id": {"acme": 1}},
        {"name": {"acme": 1}},
        b"\xff\xfeacme",
    ],
)
def test_what_is_not_known_is_gone(anonymiser: Anonymiser, body: object) -> None:
    """It fails closed, and never fails."""
    assert "acme" not in json.dumps(answered(anonymiser, body)).lower()


@pytest.mark.parametrize("body", [{"value": None}, {"value": []}, None, []])
def test_nothing_stays_nothing(anonymiser: Anonymiser, body: object) -> None:
    """An answer without any tag can still be read as one."""
    assert answered(anonymiser, body) == body


@given(JSON)
def test_no_text_passes_as_it_is(body: object) -> None:
    """Whatever the shape of the message."""
    assert "acme" not in json.dumps(answered(Anonymiser(key=b"k"), body))
