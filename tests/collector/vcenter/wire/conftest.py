"""A session with the server of these tests, and what that server says of tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from collector.vcenter.session import Session
from collector.vcenter.tagging import Tagging

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter

LIST = "?action=list-attached-tags-on-objects"
TAG = "urn:vmomi:InventoryServiceTag:0f5b8a52-2b0f-4d5b-8a0d-111111111111:GLOBAL"
CATEGORY = "urn:vmomi:InventoryServiceCategory:0f5b8a52-2b0f-4d5b-8a0d-222222222222:GLOBAL"
ATTACHED = [{"object_id": {"id": "vm-1", "type": "VirtualMachine"}, "tag_ids": [TAG]}]

Everything = Callable[[Session], tuple[object, ...]]


@pytest.fixture
def session(fake: FakeVcenter) -> Iterator[Session]:
    """A session with the server of these tests."""
    with Session.open(fake.endpoint()) as opened:
        yield opened


@pytest.fixture
def modern(fake: FakeVcenter) -> None:
    """A vCenter of today: answers as they are, under /api."""
    fake.json("POST /api/session", "session-id", 201)
    fake.json("DELETE /api/session", None)
    fake.json("GET /api/cis/tagging/category", [CATEGORY])
    fake.json(f"GET /api/cis/tagging/category/{CATEGORY}", {"id": CATEGORY, "name": "Owner", "cardinality": "SINGLE"})
    fake.json(f"GET /api/cis/tagging/tag/{TAG}", {"id": TAG, "name": "Team A", "category_id": CATEGORY})
    fake.json(f"POST /api/cis/tagging/tag-association{LIST}", ATTACHED)


@pytest.fixture
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
def everything() -> Everything:
    """``everything(session)``: what a reading says of two machines, their tag and its category."""

    def read(session: Session) -> tuple[object, ...]:
        with Tagging(session).reading() as reading:
            attached = reading.attached({"vm-1": "VirtualMachine", "vm-2": "VirtualMachine"})
            return reading.categories, attached, reading.tag(TAG), reading.category(CATEGORY)

    return read
