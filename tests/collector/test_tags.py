"""When tags are read and what becomes of them: the hour, the new machine, the failure, the many names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from collector import tags
from collector.facts import Fact, Tag
from collector.poll import INVENTORY
from collector.tags import NAMES_FOR, REREAD, RETRY, Tagged
from collector.vcenter.errors import Refused
from collector.vcenter.mirror import Mirror

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRODUCTION, TEST = Tag("Environment", "Production"), Tag("Environment", "Test")


@dataclass
class Reader:
    """A tagging API: what objects have, how tags are called, what was asked, and whether it refuses."""

    has: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=lambda: {"t1": "Production", "t2": "Test"})
    categories: tuple[str, ...] = ("c1",)
    asked: list[str] = field(default_factory=list)
    refuses: bool = False
    interrupted: bool = False

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Logged in."""
        self.asked.append("login")
        if self.refuses:
            raise Refused("lab", "may not read tags")
        yield self

    def interrupt(self) -> None:
        """Noted."""
        self.interrupted = True

    def attached(self, objects: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
        """What objects have."""
        self.asked.append("+".join(sorted(objects)))
        return {id_: self.has.get(id_, ()) for id_ in objects}

    def tag(self, id_: str) -> tuple[str, str] | None:
        """A tag of the one category."""
        self.asked.append(id_)
        return ("c1", self.names[id_]) if id_ in self.names else None

    def category(self, id_: str) -> str | None:
        """Its name."""
        self.asked.append(id_)
        return "Environment"


@pytest.fixture
def reader() -> Reader:
    """One machine in production, one without any tag."""
    return Reader(has={"vm-1": ("t1",)})


@pytest.fixture
def tagged(reader: Reader) -> Tagged:
    """Nothing read yet."""
    return Tagged(reader)


@pytest.fixture
def mirror() -> Mirror:
    """Two machines in a cluster."""
    made = Mirror(INVENTORY)
    enter(made, "VirtualMachine", "vm-1", "vm-2")
    enter(made, "ClusterComputeResource", "domain-c1")
    return made


def enter(mirror: Mirror, kind: str, *ids: str) -> None:
    """Objects come."""
    for id_ in ids:
        mirror.update([SimpleNamespace(kind="enter", obj=reference(kind, id_), changeSet=(), missingSet=())])


def leave(mirror: Mirror, id_: str) -> None:
    """A machine goes."""
    mirror.update([SimpleNamespace(kind="leave", obj=reference("VirtualMachine", id_), changeSet=(), missingSet=())])


def reference(kind: str, id_: str) -> object:
    """A managed object reference."""
    return type(kind, (), {"_wsdlName": kind, "_moId": id_})()


def of(mirror: Mirror) -> dict[str, tuple[Tag, ...] | None]:
    """The tags of the machines."""
    return {fact.id: fact.tags for fact in mirror.facts("vms")}


def test_nobody_knows_before_they_are_read(mirror: Mirror) -> None:
    """Unknown is not none."""
    assert of(mirror) == {"vm-1": None, "vm-2": None}
    assert Fact(id="x").tags is None


def test_every_object_learns_its_tags(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """Machines and clusters in one request, each name asked for once."""
    tagged.sync(mirror, NOW)
    assert of(mirror) == {"vm-1": (PRODUCTION,), "vm-2": ()}
    assert [fact.tags for fact in mirror.facts("clusters")] == [()]
    assert (tagged.in_use, tagged.gap) == ((PRODUCTION,), None)
    assert reader.asked == ["login", "domain-c1+vm-1+vm-2", "t1", "c1"]


def test_an_idle_poll_asks_for_nothing(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """Within the hour, nothing changed: not even a login, and nothing counts as changed."""
    tagged.sync(mirror, NOW)
    before, mirror.changed = list(reader.asked), False
    tagged.sync(mirror, NOW + REREAD - timedelta(seconds=1))
    assert reader.asked == before
    assert not mirror.changed


def test_everything_is_read_again_after_an_hour(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """A tag that was attached meanwhile is seen then; names that are known are not asked for again."""
    tagged.sync(mirror, NOW)
    mirror.changed = False
    reader.has["vm-2"] = ("t1",)
    tagged.sync(mirror, NOW + REREAD)
    assert of(mirror)["vm-2"] == (PRODUCTION,)
    assert mirror.changed
    assert reader.asked.count("t1") == 1


def test_a_new_machine_is_read_at_once_and_alone(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """It must not be unknown for an hour."""
    tagged.sync(mirror, NOW)
    reader.has["vm-3"] = ("t2",)
    enter(mirror, "VirtualMachine", "vm-3")
    tagged.sync(mirror, NOW + timedelta(minutes=5))
    assert of(mirror) == {"vm-1": (PRODUCTION,), "vm-2": (), "vm-3": (TEST,)}
    assert reader.asked[-3:] == ["login", "vm-3", "t2"]
    assert tagged.in_use == (PRODUCTION, TEST)


def test_a_machine_that_is_gone_takes_its_tags_along(tagged: Tagged, mirror: Mirror) -> None:
    """No request is needed for that."""
    tagged.sync(mirror, NOW)
    leave(mirror, "vm-1")
    tagged.sync(mirror, NOW + timedelta(minutes=5))
    assert tagged.in_use == ()
    assert of(mirror) == {"vm-2": ()}


def test_an_inventory_that_is_read_anew_keeps_its_tags(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """As after a full read: the facts are new, what is known of them is not."""
    tagged.sync(mirror, NOW)
    mirror.clear("vms")
    enter(mirror, "VirtualMachine", "vm-1", "vm-2")
    tagged.sync(mirror, NOW + timedelta(minutes=5))
    assert of(mirror) == {"vm-1": (PRODUCTION,), "vm-2": ()}
    assert reader.asked.count("login") == 1


def test_without_a_visible_category_no_object_is_asked_for(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """There are no tags without categories."""
    reader.categories = ()
    tagged.sync(mirror, NOW)
    assert of(mirror) == {"vm-1": (), "vm-2": ()}
    assert (tagged.in_use, reader.asked) == ((), ["login"])


def test_a_failure_is_a_gap_and_unknown(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """Nothing is left of what was known, since nobody knows whether it still holds."""
    tagged.sync(mirror, NOW)
    reader.refuses = True
    tagged.sync(mirror, NOW + REREAD)
    assert tagged.gap == "lab: may not read tags"
    assert tagged.in_use is None
    assert of(mirror) == {"vm-1": None, "vm-2": None}


def test_after_a_failure_tags_are_left_alone_for_a_while(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """Each attempt is a login, and directories lock accounts; the gap stays, then goes."""
    reader.refuses = True
    tagged.sync(mirror, NOW)
    reader.refuses = False
    tagged.sync(mirror, NOW + RETRY - timedelta(seconds=1))
    assert reader.asked == ["login"]
    assert tagged.gap
    tagged.sync(mirror, NOW + RETRY)
    assert tagged.gap is None
    assert of(mirror)["vm-1"] == (PRODUCTION,)


def test_a_clock_that_was_set_back_proves_nothing(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """Otherwise tags might not be read for as long as it was set back."""
    tagged.sync(mirror, NOW)
    tagged.sync(mirror, NOW - timedelta(days=30))
    assert reader.asked.count("login") == 2


def test_names_are_asked_for_again_after_a_day(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """Somebody may have renamed a tag."""
    tagged.sync(mirror, NOW)
    reader.names["t1"] = "Prod"
    tagged.sync(mirror, NOW + NAMES_FOR)
    assert tagged.in_use == (Tag("Environment", "Prod"),)


def test_a_tag_that_was_deleted_meanwhile_is_left_out(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """And not asked for at every poll."""
    reader.names = {}
    tagged.sync(mirror, NOW)
    tagged.sync(mirror, NOW + timedelta(minutes=5))
    assert of(mirror)["vm-1"] == ()
    assert reader.asked.count("t1") == 1


def test_many_names_take_several_polls(tagged: Tagged, mirror: Mirror, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until all are known there is a gap: a part of the tags would read as the others being absent."""
    monkeypatch.setattr(tags, "MOST_NAMES", 1)
    reader.has["vm-2"] = ("t2",)
    tagged.sync(mirror, NOW)
    assert tagged.gap == "1 tag names are still to be read; the next polls will do so, and no action is needed"
    assert of(mirror) == {"vm-1": None, "vm-2": None}
    tagged.sync(mirror, NOW + timedelta(minutes=5))
    assert tagged.gap is None
    assert of(mirror) == {"vm-1": (PRODUCTION,), "vm-2": (TEST,)}


def test_giving_up_is_no_gap(tagged: Tagged, mirror: Mirror, reader: Reader) -> None:
    """As when the service ends: whoever reads is told, and the poll fails, since nothing is wrong with the tags."""
    tagged.interrupt()
    assert reader.interrupted
    reader.refuses = True
    with pytest.raises(Refused):
        tagged.sync(mirror, NOW)
    assert tagged.gap is None
