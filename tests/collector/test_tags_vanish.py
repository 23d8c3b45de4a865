"""Tags that an account saw and no longer sees: sight that was lost is not that nothing is tagged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from collector.facts import Tag
from collector.poll import INVENTORY
from collector.tags import REREAD, RETRY, Tagged
from collector.vcenter.mirror import Mirror

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRODUCTION = Tag("Environment", "Production")


@dataclass
class Reader:
    """A tagging API in which the machine has a tag; of those that the account may not see it says nothing."""

    categories: tuple[str, ...] = ("c1",)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Logged in."""
        yield self

    def interrupt(self) -> None:
        """Nothing is in flight."""

    def attached(self, objects: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
        """What the account sees."""
        return dict.fromkeys(objects, ("t1",) if self.categories else ())

    def tag(self, _id: str) -> tuple[str, str] | None:
        """The one tag."""
        return "c1", "Production"

    def category(self, _id: str) -> str | None:
        """Its category."""
        return "Environment"


@pytest.fixture
def mirror() -> Mirror:
    """One machine."""
    made = Mirror(INVENTORY)
    machine = type("VirtualMachine", (), {"_wsdlName": "VirtualMachine", "_moId": "vm-1"})()
    made.update([SimpleNamespace(kind="enter", obj=machine, changeSet=(), missingSet=())])
    return made


def of(mirror: Mirror) -> tuple[Tag, ...] | None:
    """The tags of the machine."""
    [fact] = mirror.facts("vms")
    return fact.tags


def test_categories_that_vanish_are_a_gap(mirror: Mirror) -> None:
    """As after a global permission was revoked, which vCenter does not say; and they come back with it."""
    reader = Reader()
    tagged = Tagged(reader)
    tagged.sync(mirror, NOW)
    assert of(mirror) == (PRODUCTION,)
    reader.categories = ()
    for later in (REREAD, REREAD + RETRY):
        tagged.sync(mirror, NOW + later)
        assert (of(mirror), tagged.in_use) == (None, None)
        assert "no category is visible any more" in (tagged.gap or "")
        assert "global permission" in (tagged.gap or "")
    reader.categories = ("c1",)
    tagged.sync(mirror, NOW + REREAD + 2 * RETRY)
    assert (of(mirror), tagged.in_use, tagged.gap) == ((PRODUCTION,), (PRODUCTION,), None)


def test_an_account_that_never_saw_any_has_no_gap(mirror: Mirror) -> None:
    """Most vCenters have no tags at all."""
    tagged = Tagged(Reader(categories=()))
    for later in (0, 1):
        tagged.sync(mirror, NOW + later * REREAD)
        assert (of(mirror), tagged.in_use, tagged.gap) == ((), (), None)
