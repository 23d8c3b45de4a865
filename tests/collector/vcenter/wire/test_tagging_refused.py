"""Tags that cannot be read: every failure in plain words, and nothing sent but reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from collector.vcenter.errors import (
    ClientMissing,
    MalformedAnswer,
    NotOffered,
    NotReadOnly,
    Refused,
    Unavailable,
    VcenterError,
)
from collector.vcenter.rest import RestWire
from collector.vcenter.session import Session
from collector.vcenter.tagging import CLIENT, installed

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter
    from tests.collector.vcenter.wire.conftest import Everything

LIST = "?action=list-attached-tags-on-objects"
TAG = "urn:vmomi:InventoryServiceTag:0f5b8a52-2b0f-4d5b-8a0d-111111111111:GLOBAL"
CATEGORY = "urn:vmomi:InventoryServiceCategory:0f5b8a52-2b0f-4d5b-8a0d-222222222222:GLOBAL"


@pytest.mark.usefixtures("modern")
@pytest.mark.parametrize(
    ("asked", "status", "kind", "said"),
    [
        ("POST /api/session", 401, Refused, "does not accept the login of svc@corp"),
        ("POST /api/session", 500, Refused, "HTTP 500 to POST /session; see vCenter's vapi-endpoint log"),
        ("GET /api/cis/tagging/category", 503, Unavailable, "not ready"),
        (f"POST /api/cis/tagging/tag-association{LIST}", 403, Refused, "grant it Read-only as a global permission"),
        (f"POST /api/cis/tagging/tag-association{LIST}", 429, Unavailable, "too many requests"),
        (f"GET /api/cis/tagging/tag/{TAG}", 401, Unavailable, "its REST session ended before GET /cis/tagging/tag (HTTP 401)"),
        (f"GET /api/cis/tagging/tag/{TAG}", 403, Refused, "may not read tags"),
        (f"GET /api/cis/tagging/tag/{TAG}", 302, Refused, "HTTP 302 to GET /cis/tagging/tag"),
    ],
)
def test_each_refusal_is_one_sentence(
    fake: FakeVcenter, session: Session, asked: str, status: int, kind: type[VcenterError], said: str, everything: Everything
) -> None:
    """It names the vCenter and says what to do."""
    fake.json(asked, {"error_type": "X"}, status)
    with pytest.raises(kind) as failed:
        everything(session)
    assert said in str(failed.value)
    assert str(failed.value).startswith("prod (127.0.0.1:")
    assert "\n" not in str(failed.value)


def test_a_vcenter_without_the_api_says_so(fake: FakeVcenter, session: Session, everything: Everything) -> None:
    """Neither dialect is there."""
    with pytest.raises(NotOffered, match=r"offers no tagging API, which came with vSphere 6\.5; set tags: false"):
        everything(session)
    assert fake.received[-2:] == ["POST /api/session", "POST /rest/com/vmware/cis/session"]


@pytest.mark.usefixtures("modern")
@pytest.mark.parametrize("answer", ["<html>login</html>", "{"])
def test_an_answer_that_is_no_json_is_named(fake: FakeVcenter, session: Session, answer: str, everything: Everything) -> None:
    """A proxy in between, for example."""
    fake.raw("GET /api/cis/tagging/category", answer)
    with pytest.raises(MalformedAnswer, match="the answer to GET /cis/tagging/category is not JSON"):
        everything(session)


@pytest.mark.usefixtures("modern")
def test_json_that_the_client_cannot_read_is_named(fake: FakeVcenter, session: Session, everything: Everything) -> None:
    """Whatever the client raises becomes one line."""
    fake.json(f"GET /api/cis/tagging/tag/{TAG}", ["odd"])
    with pytest.raises(MalformedAnswer, match="VMware's client cannot read the answer to tag get"):
        everything(session)


def test_a_login_that_gives_no_session_is_no_login(fake: FakeVcenter, session: Session, everything: Everything) -> None:
    """As the JSON-RPC of old releases answers at the same address."""
    fake.json("POST /api/session", {"jsonrpc": "2.0", "error": {}})
    with pytest.raises(NotOffered):
        everything(session)


@pytest.mark.usefixtures("modern")
def test_without_the_client_nothing_is_sent(
    fake: FakeVcenter, session: Session, monkeypatch: pytest.MonkeyPatch, everything: Everything
) -> None:
    """The sentence says how to get it."""
    monkeypatch.setitem(sys.modules, CLIENT, None)
    assert not installed()
    with pytest.raises(ClientMissing, match=r"pip install 'vjourney\[tags\]', or set tags: false"):
        everything(session)
    assert not [asked for asked in fake.received if "/api" in asked or "/rest" in asked]


def test_the_client_is_installed_here() -> None:
    """These tests are worth nothing without it."""
    assert installed()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", f"/cis/tagging/tag/{TAG}"),
        ("POST", "/cis/tagging/tag"),
        ("POST", f"/cis/tagging/tag-association/{TAG}?action=attach"),
        ("PATCH", f"/cis/tagging/category/{CATEGORY}"),
        ("GET", "/vcenter/vm"),
    ],
)
def test_what_is_no_read_is_not_sent(fake: FakeVcenter, session: Session, method: str, path: str) -> None:
    """The gate is below the client."""
    request = type("Request", (), {"method": method, "url_path": path, "body": None})()
    with pytest.raises(NotReadOnly, match="was not sent"):
        RestWire(session).do_request(request)
    assert fake.received[-1] == "Login"
