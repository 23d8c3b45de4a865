"""Tags by VMware's client: two dialects, one trust, in bulk, and no password in its log."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING

import pytest

from collector.vcenter.errors import (
    VcenterError,
)
from collector.vcenter.session import Session
from collector.vcenter.tagging import BATCH, Tagging
from collector.vcenter.tls import thumbprint

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter
    from tests.collector.vcenter.wire.conftest import Everything

LIST = "?action=list-attached-tags-on-objects"
TAG = "urn:vmomi:InventoryServiceTag:0f5b8a52-2b0f-4d5b-8a0d-111111111111:GLOBAL"
CATEGORY = "urn:vmomi:InventoryServiceCategory:0f5b8a52-2b0f-4d5b-8a0d-222222222222:GLOBAL"
EVERYTHING = ((CATEGORY,), {"vm-1": (TAG,), "vm-2": ()}, (CATEGORY, "Team A"), "Owner")


@pytest.mark.parametrize("speak", ["modern", "legacy"])
def test_tags_are_read_in_both_dialects(
    fake: FakeVcenter, session: Session, speak: str, request: pytest.FixtureRequest, everything: Everything
) -> None:
    """Ids, names and what objects have; the login is ended in the dialect it was made in."""
    request.getfixturevalue(speak)
    assert everything(session) == EVERYTHING
    rest = [asked for asked in fake.received if "/api" in asked or "/rest" in asked]
    assert rest[0] == "POST /api/session"
    assert rest[-1].startswith("DELETE ")
    assert fake.headers[-1]["vmware-api-session-id"] == "session-id"


@pytest.mark.usefixtures("legacy")
def test_a_dialect_without_tagging_is_left_for_the_next(fake: FakeVcenter, session: Session, everything: Everything) -> None:
    """A login that works and a path that is not there: logged out, and in again the other way."""
    fake.json("POST /api/session", "session-id", 201)
    fake.json("DELETE /api/session", None)
    assert everything(session) == EVERYTHING
    assert fake.received.count("DELETE /api/session") == 1


@pytest.mark.usefixtures("legacy")
def test_the_dialect_that_answered_is_remembered(fake: FakeVcenter, session: Session) -> None:
    """The second reading begins with it."""
    tagging = Tagging(session)
    for _ in range(2):
        with tagging.reading() as reading:
            assert reading.categories == (CATEGORY,)
    assert fake.received.count("POST /api/session") == 1
    assert fake.received.count("POST /rest/com/vmware/cis/session") == 2


@pytest.mark.usefixtures("legacy")
def test_no_category_is_an_empty_answer(fake: FakeVcenter, session: Session) -> None:
    """The simulator leaves an empty list out altogether."""
    fake.json("GET /rest/com/vmware/cis/tagging/category", {})
    with Tagging(session).reading() as reading:
        assert reading.categories == ()


@pytest.mark.usefixtures("modern")
def test_trust_is_that_of_the_soap_session(fake: FakeVcenter, everything: Everything) -> None:
    """By authority, by thumbprint, and not at all where that was asked for."""
    pinned = thumbprint(fake.certificate)
    for changes in ({}, {"ca_file": None, "thumbprint": pinned}, {"ca_file": None, "verify": False}):
        with Session.open(fake.endpoint(**changes)) as session:
            assert everything(session) == EVERYTHING


@pytest.mark.usefixtures("modern")
def test_the_connection_for_tags_checks_the_thumbprint_itself(fake: FakeVcenter, session: Session) -> None:
    """A certificate that changed since the login is not trusted."""
    with Session.open(fake.endpoint(ca_file=None, thumbprint=thumbprint(fake.certificate))) as pinned:
        kind = pinned.another_connection(5.0)
        assert type(kind).__name__ == "Pinned"
    assert type(session.another_connection(5.0)).__name__ == "HTTPSConnection"


@pytest.mark.usefixtures("modern")
def test_requests_are_counted_without_ids(session: Session, everything: Everything) -> None:
    """Names of methods are labels of a metric: few, and the same everywhere."""
    everything(session)
    assert {name: number for name, number in session.requests().items() if " " in name} == {
        "POST /session": 1,
        "GET /cis/tagging/category": 2,
        "GET /cis/tagging/tag": 1,
        f"POST /cis/tagging/tag-association{LIST}": 1,
        "DELETE /session": 1,
    }


@pytest.mark.usefixtures("modern")
def test_objects_are_asked_for_in_bulk(fake: FakeVcenter, session: Session) -> None:
    """One request for a thousand."""
    with Tagging(session).reading() as reading:
        answer = reading.attached({f"vm-{number}": "VirtualMachine" for number in range(BATCH + 1)})
    assert len(answer) == BATCH + 1
    assert answer["vm-1"] == (TAG,)
    assert fake.received.count(f"POST /api/cis/tagging/tag-association{LIST}") == 2
    assert len(json.loads(fake.body)["object_ids"]) == 1


@pytest.mark.usefixtures("modern")
def test_what_is_gone_meanwhile_is_nothing(session: Session) -> None:
    """A tag or category that was deleted after its id was read."""
    with Tagging(session).reading() as reading:
        assert reading.tag("urn:vmomi:InventoryServiceTag:9:GLOBAL") is None
        assert reading.category("urn:vmomi:InventoryServiceCategory:9:GLOBAL") is None


@pytest.mark.usefixtures("modern")
def test_the_client_never_hears_the_password(
    session: Session, caplog: pytest.LogCaptureFixture, everything: Everything
) -> None:
    """It logs headers and bodies when asked to, and they must not hold it."""
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


@pytest.mark.usefixtures("modern")
def test_a_reading_in_flight_can_be_given_up(fake: FakeVcenter, session: Session) -> None:
    """From another thread, as when the service ends; the login is ended all the same."""
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
