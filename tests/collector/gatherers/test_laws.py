"""Laws that hold for every topic of the inventory."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from pyVmomi import vim

from collector.facts import TOPICS
from collector.poll import INVENTORY
from collector.wants import Topic, Want

EVERY_WANT = [pytest.param(topic, wanted, id=f"{topic.name}-{wanted.path}") for topic in INVENTORY for wanted in topic.wants]
EVERY_PATH = [
    pytest.param(kind, path, id=f"{kind}-{path}")
    for topic in INVENTORY
    for kind, paths in {
        topic.types[0]: (*topic.paths(every_poll=False), *topic.paths(every_poll=True), *topic.stamps),
        **topic.apart,
    }.items()
    for path in paths
]


@pytest.mark.parametrize(("kind", "path"), EVERY_PATH)
def test_path_leads_through_declared_types(kind: str, path: str) -> None:
    """A vCenter refuses a path into a member that only a subtype has, so each step must be a member of the declared type."""
    declared = getattr(vim, kind)
    for step in path.split("."):
        members = {member.name: member.type for member in declared._GetPropertyList()}  # noqa: SLF001 - the only table there is
        assert step in members
        declared = members[step]


@pytest.mark.parametrize(("topic", "wanted"), EVERY_WANT)
def test_unset_property_leaves_defaults(topic: Topic[Any], wanted: Want) -> None:
    """Without the property every field is at its default and readable."""
    fact = topic.parse("x-1", topic.types[0], {wanted.path: None})
    assert fact == topic.fact(id="x-1")
    assert fact.knows(*wanted.fields)


@pytest.mark.parametrize(("topic", "wanted"), EVERY_WANT)
def test_missing_property_is_unreadable(topic: Topic[Any], wanted: Want) -> None:
    """A property that could not be read names its fields, and only those."""
    assert topic.parse("x-1", topic.types[0], {}, [wanted.path]).unreadable == set(wanted.fields)


@pytest.mark.parametrize(("topic", "wanted"), EVERY_WANT)
def test_nonsense_is_unreadable_or_read(topic: Topic[Any], wanted: Want) -> None:
    """A value of an unexpected type never fails a poll."""
    fact = topic.parse("x-1", topic.types[0], {wanted.path: object()})
    assert isinstance(fact, topic.fact)


@pytest.mark.parametrize("topic", INVENTORY, ids=lambda topic: topic.name)
def test_every_path_is_asked_for_in_one_way(topic: Topic[Any]) -> None:
    """Watched, at every poll, or of one type alone, whose objects can be told from the others."""
    asked = [
        *topic.paths(every_poll=False),
        *topic.paths(every_poll=True),
        *(path for of in topic.apart.values() for path in of),
    ]
    assert sorted(asked) == sorted(wanted.path for wanted in topic.wants)
    assert all(topic.by_type[kind] for kind in topic.apart)


@pytest.mark.parametrize("topic", INVENTORY, ids=lambda topic: topic.name)
def test_each_field_has_one_source(topic: Topic[Any]) -> None:
    """No two wants fill the same field, and every field of the fact is filled by a want or by the type, but for tags."""
    filled = [name for wanted in topic.wants for name in wanted.fields]
    by_type = {name for given in topic.by_type.values() for name in given}
    assert len(filled) == len(set(filled))
    assert {*filled, *by_type, "id", "unreadable", "tags"} == {field.name for field in fields(topic.fact)}


def test_topics_are_those_of_the_vocabulary() -> None:
    """Inventory topics come first in the vocabulary, in its order."""
    assert tuple(topic.name for topic in INVENTORY) == TOPICS[: len(INVENTORY)]
