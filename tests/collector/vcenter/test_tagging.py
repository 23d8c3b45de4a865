"""Tags by VMware's client: two dialects, one trust, every failure in plain words, nothing but reads."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

from collector.vcenter.endpoint import Endpoint
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
from collector.vcenter.tagging import BATCH, CLIENT, Tagging, installed
from collector.vcenter.tls import thumbprint

LIST = "?action=list-attached-tags-on-objects"
TAG = "urn:vmomi:InventoryServiceTag:0f5b8a52-2b0f-4d5b-8a0d-111111111111:GLOBAL"
CATEGORY = "urn:vmomi:InventoryServiceCategory:0f5b8a52-2b0f-4d5b-8a0d-222222222222:GLOBAL"
ATTACHED = [{"object_id": {"id": "vm-1", "type": "VirtualMachine"}, "tag_ids": [TAG]}]


class FakeVcenter(Protocol):
    """The server of these tests."""

    certificate: bytes
    received: list[str]
    headers: list[dict[str, str]]
    body: str
    answers: dict[str, Any]
    release: threading.Event
    endpoint: Callable[..., Endpoint]
    json: Callable[..., None]
    raw: Callable[..., None]
    silent: Callable[[str], None]


def modern(fake: FakeVcenter) -> None:
    """A vCenter of today: answers as they are, under /api."""
    fake.json("POST /api/session", "session-id", 201)
    fake.json("DELETE /api/session", None)
    fake.json("GET /api/cis/tagging/category", [CATEGORY])
    fake.json(f"GET /api/cis/tagging/category/{CATEGORY}", {"id": CATEGORY, "name": "Owner", "cardinality": "SINGLE"})
    fake.json(f"GET /api/cis/tagging/tag/{TAG}", {"id": TAG, "name": "Team A", "category_id": CATEGORY})
    fake.json(f"POST /api/cis/tagging/tag-association{LIST}", ATTACHED)


def legacy(fake: FakeVcenter) -> None:
    """An older one, and the simulator: answers wrapped, under /rest, empty lists null or left out."""
    base = "/rest/com/vmware/cis"
    fake.json(f"POST {base}/session", {"value": "session-id"})
    fake.raw(f"DELETE {base}/session", "")
    fake.json(f"GET {base}/tagging/category", {"value": [CATEGORY]})
    fake.json(f"GET {base}/tagging/category/id:{CATEGORY}", {"value": {"id": CATEGORY, "name": "Owner"}})
    fake.json(f"GET {base}/tagging/tag/id:{TAG}", {"value": {"id": TAG, "name": "Team A", "category_id": CATEGORY}})
    nothing = {"object_id": {"id": "vm-2", "type": "VirtualMachine"}, "tag_ids": None}
    fake.json(f"POST {base}/tagging/tag-association?~action=list-attached-tags-on-objects", {"value": [*ATTACHED, nothing]})


@pytest.fixture
def session(fake: FakeVcenter) -> Iterator[Session]:
    """Logged in to the SOAP API."""
    with Session.open(fake.endpoint()) as opened:
        yield opened


def everything(session: Session) -> tuple[object, ...]:
    """What a reading says of two machines, their tag and its category."""
    with Tagging(session).reading() as reading:
        attached = reading.attached({"vm-1": "VirtualMachine", "vm-2": "VirtualMachine"})
        return reading.categories, attached, reading.tag(TAG), reading.category(CATEGORY)


EVERYTHING = ((CATEGORY,), {"vm-1": (TAG,), "vm-2": ()}, (CATEGORY, "Team A"), "Owner")


@pytest.mark.parametrize("speak", [modern, legacy])
def test_tags_are_read_in_both_dialects(fake: FakeVcenter, session: Session, speak: Callable[[FakeVcenter], None]) -> None:
    """Ids, names and what objects have; the login is ended in the dialect it was made in."""
    speak(fake)
    assert everything(session) == EVERYTHING
    rest = [asked for asked in fake.received if "/api" in asked or "/rest" in asked]
    assert rest[0] == "POST /api/session"
    assert rest[-1].startswith("DELETE ")
    assert fake.headers[-1]["vmware-api-session-id"] == "session-id"


def test_a_dialect_without_tagging_is_left_for_the_next(fake: FakeVcenter, session: Session) -> None:
    """A login that works and a path that is not there: logged out, and in again the other way."""
    legacy(fake)
    fake.json("POST /api/session", "session-id", 201)
    fake.json("DELETE /api/session", None)
    assert everything(session) == EVERYTHING
    assert fake.received.count("DELETE /api/session") == 1


def test_the_dialect_that_answered_is_remembered(fake: FakeVcenter, session: Session) -> None:
    """The second reading begins with it."""
    legacy(fake)
    tagging = Tagging(session)
    for _ in range(2):
        with tagging.reading() as reading:
            assert reading.categories == (CATEGORY,)
    assert fake.received.count("POST /api/session") == 1
    assert fake.received.count("POST /rest/com/vmware/cis/session") == 2


def test_no_category_is_an_empty_answer(fake: FakeVcenter, session: Session) -> None:
    """The simulator leaves an empty list out altogether."""
    legacy(fake)
    fake.json("GET /rest/com/vmware/cis/tagging/category", {})
    with Tagging(session).reading() as reading:
        assert reading.categories == ()


def test_trust_is_that_of_the_soap_session(fake: FakeVcenter) -> None:
    """By authority, by thumbprint, and not at all where that was asked for."""
    modern(fake)
    pinned = thumbprint(fake.certificate)
    for changes in ({}, {"ca_file": None, "thumbprint": pinned}, {"ca_file": None, "verify": False}):
        with Session.open(fake.endpoint(**changes)) as session:
            assert everything(session) == EVERYTHING


def test_the_connection_for_tags_checks_the_thumbprint_itself(fake: FakeVcenter, session: Session) -> None:
    """A certificate that changed since the login is not trusted."""
    modern(fake)
    with Session.open(fake.endpoint(ca_file=None, thumbprint=thumbprint(fake.certificate))) as pinned:
        kind = pinned.another_connection(5.0)
        assert type(kind).__name__ == "Pinned"
    assert type(session.another_connection(5.0)).__name__ == "HTTPSConnection"


def test_requests_are_counted_without_ids(fake: FakeVcenter, session: Session) -> None:
    """Names of methods are labels of a metric: few, and the same everywhere."""
    modern(fake)
    everything(session)
    assert {name: number for name, number in session.requests().items() if " " in name} == {
        "POST /session": 1,
        "GET /cis/tagging/category": 2,
        "GET /cis/tagging/tag": 1,
        f"POST /cis/tagging/tag-association{LIST}": 1,
        "DELETE /session": 1,
    }


def test_objects_are_asked_for_in_bulk(fake: FakeVcenter, session: Session) -> None:
    """One request for a thousand."""
    modern(fake)
    with Tagging(session).reading() as reading:
        answer = reading.attached({f"vm-{number}": "VirtualMachine" for number in range(BATCH + 1)})
    assert len(answer) == BATCH + 1
    assert answer["vm-1"] == (TAG,)
    assert fake.received.count(f"POST /api/cis/tagging/tag-association{LIST}") == 2
    assert len(json.loads(fake.body)["object_ids"]) == 1


def test_what_is_gone_meanwhile_is_nothing(fake: FakeVcenter, session: Session) -> None:
    """A tag or category that was deleted after its id was read."""
    modern(fake)
    with Tagging(session).reading() as reading:
        assert reading.tag("urn:vmomi:InventoryServiceTag:9:GLOBAL") is None
        assert reading.category("urn:vmomi:InventoryServiceCategory:9:GLOBAL") is None


@pytest.mark.parametrize(
    ("asked", "status", "kind", "said"),
    [
        ("POST /api/session", 401, Refused, "does not accept the login of svc@corp"),
        ("POST /api/session", 500, Refused, "HTTP 500 to POST /session; see vCenter's vapi-endpoint log"),
        ("GET /api/cis/tagging/category", 503, Unavailable, "not ready"),
        (f"POST /api/cis/tagging/tag-association{LIST}", 403, Refused, "grant it Read-only as a global permission"),
        (f"POST /api/cis/tagging/tag-association{LIST}", 429, Unavailable, "too many requests"),
        (f"GET /api/cis/tagging/tag/{TAG}", 403, Refused, "may not read tags"),
        (f"GET /api/cis/tagging/tag/{TAG}", 302, Refused, "HTTP 302 to GET /cis/tagging/tag"),
    ],
)
def test_each_refusal_is_one_sentence(
    fake: FakeVcenter, session: Session, asked: str, status: int, kind: type[VcenterError], said: str
) -> None:
    """It names the vCenter and says what to do."""
    modern(fake)
    fake.json(asked, {"error_type": "X"}, status)
    with pytest.raises(kind) as failed:
        everything(session)
    assert said in str(failed.value)
    assert str(failed.value).startswith("prod (127.0.0.1:")
    assert "\n" not in str(failed.value)


def test_a_vcenter_without_the_api_says_so(fake: FakeVcenter, session: Session) -> None:
    """Neither dialect is there."""
    with pytest.raises(NotOffered, match=r"offers no tagging API, which came with vSphere 6\.5; set tags: false"):
        everything(session)
    assert fake.received[-2:] == ["POST /api/session", "POST /rest/com/vmware/cis/session"]


@pytest.mark.parametrize("answer", ["<html>login</html>", "{"])
def test_an_answer_that_is_no_json_is_named(fake: FakeVcenter, session: Session, answer: str) -> None:
    """A proxy in between, for example."""
    modern(fake)
    fake.raw("GET /api/cis/tagging/category", answer)
    with pytest.raises(MalformedAnswer, match="the answer to GET /cis/tagging/category is not JSON"):
        everything(session)


def test_json_that_the_client_cannot_read_is_named(fake: FakeVcenter, session: Session) -> None:
    """Whatever the client raises becomes one line."""
    modern(fake)
    fake.json(f"GET /api/cis/tagging/tag/{TAG}", ["odd"])
    with pytest.raises(MalformedAnswer, match="VMware's client cannot read the answer to tag get"):
        everything(session)


def test_a_login_that_gives_no_session_is_no_login(fake: FakeVcenter, session: Session) -> None:
    """As the JSON-RPC of old releases answers at the same address."""
    fake.json("POST /api/session", {"jsonrpc": "2.0", "error": {}})
    with pytest.raises(NotOffered):
        everything(session)


def test_without_the_client_nothing_is_sent(fake: FakeVcenter, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how to get it."""
    modern(fake)
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


def test_the_client_never_hears_the_password(fake: FakeVcenter, session: Session, caplog: pytest.LogCaptureFixture) -> None:
    """It logs headers and bodies when asked to, and they must not hold it."""
    modern(fake)
    wire = logging.getLogger("vmware.vapi.lib.log.client.wirelogging")
    wire.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, wire.name):
            everything(session)
    finally:
        wire.removeHandler(caplog.handler)
    assert "request headers" in caplog.text
    assert "t0p-secret" not in caplog.text
    assert "Basic" not in caplog.text


def test_a_reading_in_flight_can_be_given_up(fake: FakeVcenter, session: Session) -> None:
    """From another thread, as when the service ends; the login is ended all the same."""
    modern(fake)
    asked = threading.Event()

    def hang(_: object) -> None:
        asked.set()
        fake.release.wait()

    fake.answers["GET /api/cis/tagging/category"] = hang
    tagging = Tagging(session)
    ended: list[Exception] = []

    def read() -> None:
        try:
            with tagging.reading():
                pass
        except VcenterError as error:
            ended.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert asked.wait(20)
    tagging.interrupt()
    thread.join(20)
    assert len(ended) == 1
    assert fake.received[-1] == "DELETE /api/session"
