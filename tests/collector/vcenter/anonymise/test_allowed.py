"""The allow list follows what the collector asks: a recording of it could not be replayed otherwise."""

from __future__ import annotations

import pytest

from collector.gatherers import events, host_profiles
from collector.poll import INVENTORY
from collector.vcenter.anonymise.allowed import ANSWERS, DATA, OBJECTS, PATHS, REQUESTS
from collector.vcenter.anonymise.pseudonyms import Pseudonyms
from collector.vcenter.anonymise.rules import event_id, known_type, type_name
from collector.vcenter.anonymise.types import answer, member, method, of_object, parameter
from collector.vcenter.anonymise.vocabulary import Vocabulary

PLAIN = Pseudonyms(Vocabulary(), b"key")

ASKED = [
    *((wanted.only or topic.types[0], wanted.path) for topic in INVENTORY for wanted in topic.wants),
    *((topic.types[0], path) for topic in INVENTORY for path in topic.stamps),
]
MANAGED = [
    ("ExtensionManager", "extensionList"),
    ("CustomFieldsManager", "field"),
    ("LicenseManager", "licenses"),
    ("ScheduledTaskManager", "scheduledTask"),
    ("HostProfileManager", "profile"),
    *(("Profile", path) for path in host_profiles.PATHS),
]


@pytest.mark.parametrize(("kind", "path"), [*ASKED, *MANAGED])
def test_every_property_that_is_asked_for_has_a_rule(kind: str, path: str) -> None:
    """Whoever adds a want says what of it may stay in a recording: nothing is decided by forgetting."""
    assert of_object(kind, path).allowed, f"add {path} of {kind} to OBJECTS of collector/vcenter/anonymise/allowed.py"
    assert path in PATHS


@pytest.mark.parametrize("kind", [kind for topic in INVENTORY for kind in topic.types])
def test_every_type_that_is_asked_for_passes(kind: str) -> None:
    """The names of the API's types are in every request."""
    assert type_name(kind, PLAIN) == kind


@pytest.mark.parametrize("asked", events.type_ids(()))
def test_every_event_that_is_asked_for_passes(asked: str) -> None:
    """A request must be the same when it is replayed."""
    assert event_id(asked, PLAIN) == asked


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, fields in DATA.items() for name in fields])
def test_the_list_names_properties_that_exist(kind: str, name: str) -> None:
    """An entry that the API does not know would be a slip of the pen."""
    assert member(known_type(kind), name).kind is not None


def test_the_list_names_objects_and_methods_that_exist() -> None:
    """So would an object, a method or a parameter."""
    assert all(known_type(kind) is not None for kind in OBJECTS)
    assert all(answer(called).kind is not None for called in ANSWERS)
    assert all(method(called) is not None for called in REQUESTS)
    assert all(parameter(called, name).kind is not None for called, fields in REQUESTS.items() for name in fields)
