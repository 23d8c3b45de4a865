"""Tags by their names."""

from __future__ import annotations

from collector.facts import Tag
from collector.gatherers.tags import parse

TAGS = {"t1": ("c1", "Production"), "t2": ("c2", "Team A"), "t3": None, "t4": ("c9", "Lost")}
CATEGORIES = {"c1": "Environment", "c2": "Owner", "c9": None}


def test_an_object_without_tags_has_none() -> None:
    """Read and empty is not unknown."""
    assert parse({"vm-1": ()}, {}, {}) == {"vm-1": ()}


def test_tags_come_with_their_categories_in_the_order_of_names() -> None:
    """Whatever the order of ids."""
    found = parse({"vm-1": ("t2", "t1"), "vm-2": ("t1",)}, TAGS, CATEGORIES)
    assert found == {
        "vm-1": (Tag("Environment", "Production"), Tag("Owner", "Team A")),
        "vm-2": (Tag("Environment", "Production"),),
    }


def test_what_is_gone_or_not_visible_is_left_out() -> None:
    """A tag that was deleted, one without its category, one that nobody asked for."""
    assert parse({"vm-1": ("t3", "t4", "t5", "t1")}, TAGS, CATEGORIES) == {"vm-1": (Tag("Environment", "Production"),)}


def test_objects_with_the_same_tags_share_them() -> None:
    """Ten thousand machines must not hold ten thousand copies."""
    found = parse({"vm-1": ("t1",), "vm-2": ("t1",)}, TAGS, CATEGORIES)
    assert found["vm-1"] is found["vm-2"]
