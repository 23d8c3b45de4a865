"""Whatever inference reads in a text, an anonymised recording of it says too: for every word of the data, in every place.

A word that is added to ``inference/data`` is tried here by itself, and so is a file that is added there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyVmomi import vim

from collector.facts import CustomField, License, ManagedBy, Tag, VirtualMachine
from collector.gatherers import events
from collector.vcenter.anonymise import rules
from collector.vcenter.anonymise.allowed import OBJECTS
from collector.vcenter.anonymise.pseudonyms import LONGEST, Pseudonyms
from inference.classification.attributes import Attributes, denies, is_tagged_as_edge, is_tagged_for_backup
from inference.classification.lexicon import builtin
from inference.classification.notes import read_note
from inference.estate.places import SHARED_BY_DESIGN
from inference.estate.population import sort_out
from inference.events.accounts import is_import, role_of
from inference.events.event_kinds import kind_of
from inference.products import data_file, hints_at_replication, is_backup_snapshot, table, unlicensed
from vjourney.vocabulary import vocabulary

LEXICON = builtin()
FILES = sorted(file.name for file in resources.files("inference.data").iterdir() if file.name.endswith(".yaml"))
FIELDS = {
    kind: Attributes([CustomField(1, words[0])], LEXICON) for kind, words in data_file("attributes.yaml")["fields"].items()
}
CATEGORIES = {
    words[0]: Attributes((), LEXICON, [Tag(words[0], "")]) for words in data_file("attributes.yaml")["fields"].values()
}
FEATURES = sorted({feature for edition in data_file("products.yaml")["editions"] for feature in edition["lacks"]})

Shape = Callable[[str], str]


class Place(NamedTuple):
    """A place that holds text: what inference reads there, the rule of the anonymiser, and what stands around a word."""

    read: Callable[[str], object]
    rule: rules.Rule
    shapes: tuple[Shape, ...]


def a_machine(**said: Any) -> VirtualMachine:  # noqa: ANN401  # any of its fields
    """A virtual machine of which nothing else is known."""
    return VirtualMachine(id="vm-1", **{"name": "", **said})


def read_name(text: str) -> object:
    """All that the name of a machine, folder, cluster or datastore says."""
    machine = a_machine(name=text)
    meaning = LEXICON.read(text)
    apart = set(sort_out([machine], {machine.id: meaning}, {machine.id: meaning}, LEXICON).excluded)
    return meaning, is_import(text), hints_at_replication(text), apart


def read_value(text: str) -> object:
    """All that the value of a custom attribute says, whatever the attribute is for."""
    machine = a_machine(custom_values=((1, text),))
    said = [(known.owner(machine) is None, known.tenant(machine) is None, known.meaning(machine)) for known in FIELDS.values()]
    fields = (CustomField(1, "Backup"), CustomField(1, "Policy"))
    return said, [Attributes([field], LEXICON).is_backed_up(machine) for field in fields]


def read_attribute(text: str) -> object:
    """What a custom attribute of this name is for."""
    known = Attributes([CustomField(1, text)], LEXICON)
    return known.kinds, known.is_backed_up(a_machine(custom_values=((1, "Gold"),)))


def read_category(text: str) -> object:
    """What the tags of a category of this name are about."""
    tags = [Tag(text, "Gold")]
    kinds = tuple(Attributes((), LEXICON, [Tag(text, "")]).categories.values())
    return kinds, is_tagged_for_backup(tags), is_tagged_as_edge(tags)


def read_tag(text: str) -> object:
    """All that the name of a tag says, whatever its category is for."""
    said = []
    for category, known in CATEGORIES.items():
        machine = a_machine(tags=(Tag(category, text),))
        said.append((known.owner(machine) is None, known.tenant(machine) is None, known.tag_meaning(machine)))
    tags = [Tag("Backup", text)], [Tag("Policy", text)], [Tag("Site", text)], [Tag("Edge", text)]
    return said, denies(text), list(map(is_tagged_for_backup, tags)), list(map(is_tagged_as_edge, tags))


def read_extension(key: str) -> object:
    """Every product that has this key, and what machines that its extension owns are."""
    low = key.lower()
    owned = a_machine(managed_by=ManagedBy(key, "vm"))
    meaning = LEXICON.read("")
    apart = set(sort_out([owned], {owned.id: meaning}, {owned.id: meaning}, LEXICON).excluded)
    return [product.id for product in table() if low.startswith(product.keys)], apart


SHAPES: tuple[Shape, ...] = (
    str,
    str.upper,
    str.title,
    lambda word: f"{word}01",
    lambda word: f"acme-{word}-07",
    lambda word: f"acme {word} payroll",
    lambda word: f"{word}.acme.example.com",
)
PLACES: Mapping[str, Place] = {
    "name": Place(read_name, rules.name, (*SHAPES, lambda word: f"{word}acme")),
    "account": Place(
        lambda text: (role_of(text), is_import(text)),
        rules.user,
        (*SHAPES[:5], lambda word: f"ACME\\{word}", lambda word: f"{word}-acme@acme.example.com", lambda word: f"{word}acme"),
    ),
    "attribute": Place(read_attribute, rules.attribute, (*SHAPES, lambda word: f"{word}Of")),
    "value": Place(read_value, rules.value, (*SHAPES, lambda word: f" ({word}!) ", "-".join)),
    "category": Place(read_category, rules.attribute, (*SHAPES, lambda word: f"{word}Of")),
    "tag": Place(read_tag, rules.value, (*SHAPES, lambda word: f" ({word}!) ", "-".join, lambda word: f"no {word}")),
    "snapshot": Place(is_backup_snapshot, rules.snapshot, SHAPES),
    "note": Place(read_note, rules.note, (*SHAPES, lambda word: f"{word}: Jane Doe", lambda word: f"{word}=acme:{word}")),
    "extension": Place(
        read_extension,
        rules.extension_key,
        (
            str,
            str.upper,
            *(lambda word, end=end: f"{word}{end}" for end in (".acme", "-7f4e", "-2", ": ", ":x", " x", "_x", "ü")),
        ),
    ),
    "licence": Place(
        lambda text: [bool(unlicensed(feature, [License(text, "", 1, 1)])) for feature in FEATURES],
        rules.product,
        (lambda word: f"VMware vSphere 8 {word}",),
    ),
}
LICENCE_WORDS = [word for edition in data_file("products.yaml")["editions"] for word in edition["match"]]


def texts_in(data: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from (key, *texts_in(value))
    elif isinstance(data, list):
        for value in data:
            yield from texts_in(value)
    else:
        yield str(data)


WORDS = sorted({text for file in FILES for text in texts_in(data_file(file)) if len(text) < 40})


def left_of(place: Place, text: str) -> str:
    """What a recording says in place of a text."""
    passed = place.rule(text, Pseudonyms(vocabulary()))
    return "recorded" if passed is None else passed


@pytest.mark.parametrize("kind", sorted(PLACES.keys() - {"licence"}))
def test_every_word_of_the_data_is_read_in_a_recording_as_in_the_original(kind: str) -> None:
    """Nothing that is read depends on whether a recording was made in between."""
    place = PLACES[kind]
    assert len(WORDS) > 600
    wrong = {
        (text, left)
        for word in WORDS
        for text in (shape(word) for shape in place.shapes)
        if place.read(left := left_of(place, text)) != place.read(text)
    }
    assert sorted(wrong)[:20] == []


@pytest.mark.parametrize("word", LICENCE_WORDS)
def test_an_edition_stays_readable(word: str) -> None:
    """The words by which editions are told pass, in every licence of the platform."""
    place = PLACES["licence"]
    if word not in {"enterpriseplus", "essentialsplus", "essplus", "vvf", "vcf"}:  # words of keys, not of names
        text = f"VMware vSphere 8 {word.title()}"
        assert rules.product(text, Pseudonyms(vocabulary())) == text
    assert place.read(left_of(place, f"VMware vSphere 8 {word}")) == place.read(f"VMware vSphere 8 {word}")


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(PLACES.keys() - {"licence"})),
    parts=st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from([": ", "=", " ", "-", "\n", "1"]), st.text()), max_size=6),
)
def test_so_is_whatever_is_made_of_words(kind: str, parts: list[str]) -> None:
    """Several words, signs and letters of any script in one text, as long as somebody may have given it."""
    text = "".join(parts)[:LONGEST]
    place = PLACES[kind]
    assert place.read(left_of(place, text)) == place.read(text)


def test_builds_and_versions_pass() -> None:
    """Ages of builds and newest hardware versions are read from tables of numbers."""
    known = [str(number) for number, _ in data_file("esxi_builds.yaml")["builds"]]
    known += [f"{start}.0" for start in data_file("hardware_versions.yaml")["newest"]]
    assert [text for text in known if rules.version(text, Pseudonyms(vocabulary())) != text] == []


def test_guests_are_told_apart_as_before() -> None:
    """Every operating system of the API, and one to come, is a client, a nested host or neither as it was."""

    def read(text: str) -> object:
        return LEXICON.is_client_guest(text), text.lower().startswith("vmkernel")

    guests: Any = vim.vm.GuestOsDescriptor.GuestOsIdentifier
    known = [*map(str, guests.values), "windows13_64Guest", "windows2030srv_64Guest"]
    pseudonyms = Pseudonyms(vocabulary())
    assert {text for text in known if read(rules.guest_id(text, pseudonyms) or "recorded") != read(text)} == set()


def test_events_keep_their_kind() -> None:
    """Each type that is asked for means what it meant, also those of a recovery product under a site's own key."""
    pseudonyms = Pseudonyms(vocabulary())
    own = (
        "com.vmware.vcDr-acme.PlanExecTestEnd",
        "com.vmware.vcHms.replicationConfiguredEvent",
    )
    for text in (*events.type_ids(()), *own):
        assert kind_of(rules.event_id(text, pseudonyms)) == kind_of(text)
    assert kind_of(own[0]) is not None
    assert "acme" not in rules.event_id(own[0], pseudonyms)


def test_kinds_of_storage_pass() -> None:
    """Storage that every host of a cluster reaches by design is told by its type."""
    rule = OBJECTS["Datastore"]["summary.type"]
    assert rule is not None
    assert {kind for kind in SHARED_BY_DESIGN if rule(kind, Pseudonyms(vocabulary())) != kind} == set()


@pytest.mark.parametrize("model", ["ProLiant DL380 Gen10", "esx01.acme.example.com", "S/N 1234567890", "Ω-Server"])
def test_models_stay_different(model: str) -> None:
    """What may not pass as the model of a host becomes a pseudonym, so that two models are still two."""
    pseudonyms = Pseudonyms(vocabulary())
    assert rules.hardware(model, pseudonyms) != rules.hardware(f"{model}b", pseudonyms)
    assert "acme" not in rules.hardware(model, pseudonyms)


@pytest.mark.parametrize(("one", "other"), [("重要度1", "部門1"), ("Tier-1", "tier 1"), ("Jane 0", "John 0")])
def test_values_stay_different(one: str, other: str) -> None:
    """Projects and owners are counted, also where a value amounts to a known word; nothing of the rest is left."""
    pseudonyms = Pseudonyms(vocabulary())
    left = [pseudonyms.value(text) for text in (one, other)]
    assert left[0] != left[1]
    assert not set("重要度部門Jho") & set("".join(left))
    assert pseudonyms.value(f" {one.upper()} ") == pseudonyms.value(one.upper())
