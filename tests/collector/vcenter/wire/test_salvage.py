"""What can be read of an answer of which a part cannot."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyVmomi import vim, vmodl

from collector.vcenter.errors import MalformedAnswer
from collector.vcenter.salvage import salvage
from collector.vcenter.session import Session

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter

STRANGE = '<{tag}><name>config</name><val xsi:type="Quantum"/></{tag}>'
GOOD = '<{tag}><name>name</name><val xsi:type="xsd:string" xmlns:xsd="http://www.w3.org/2001/XMLSchema">{name}</val></{tag}>'


def contents(session: Session) -> list[Any]:
    """The objects of an answer, whatever was asked."""
    collector = vmodl.query.PropertyCollector
    wanted = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=session.content.rootFolder)],
        propSet=[collector.PropertySpec(type=vim.HostSystem, pathSet=["name", "config"])],
    )
    result = session.content.propertyCollector.RetrievePropertiesEx([wanted], collector.RetrieveOptions())
    assert result is not None
    return result.objects


def told(contents: list[Any]) -> dict[str, tuple[dict[str, str], list[str]]]:
    """What is said of each object, and the paths that are missing."""
    return {
        content.obj._moId: (  # noqa: SLF001 - pyVmomi offers the id nowhere else
            {prop.name: prop.val for prop in getattr(content, "propSet", None) or content.changeSet},
            [entry.path for entry in content.missingSet],
        )
        for content in contents
    }


EXPECTED = {"host-1": ({"name": "one"}, []), "host-2": ({"name": "two"}, ["config"])}


def test_a_property_that_cannot_be_read_is_missing_and_costs_no_other(session: Session, fake: FakeVcenter) -> None:
    """The object is there, with all else that is said of it; that something was not read is said once."""
    one = f'<objects><obj type="HostSystem">host-1</obj>{GOOD.format(tag="propSet", name="one")}</objects>'
    two = '<objects><obj type="HostSystem">host-2</obj>{}{}</objects>'.format(
        STRANGE.format(tag="propSet"), GOOD.format(tag="propSet", name="two")
    )
    fake.answer("RetrievePropertiesEx", f"<returnval>{one}{two}</returnval>")
    assert [told(contents(session)), told(contents(session))] == [EXPECTED, EXPECTED]
    (sentence,) = session.unknown_values
    assert "some properties contain what pyVmomi" in sentence
    assert "and are unknown: upgrade pyvmomi" in sentence


def test_so_it_is_where_changes_are_told(session: Session, fake: FakeVcenter) -> None:
    """A watch brings everything at first, and its cursor has moved on: nothing can be asked twice."""
    one = '<objectSet><kind>enter</kind><obj type="HostSystem">host-1</obj>{}</objectSet>'.format(
        GOOD.format(tag="changeSet", name="one").replace("</name>", "</name><op>assign</op>")
    )
    two = '<objectSet><kind>enter</kind><obj type="HostSystem">host-2</obj>{}{}</objectSet>'.format(
        GOOD.format(tag="changeSet", name="two").replace("</name>", "</name><op>assign</op>"),
        STRANGE.format(tag="changeSet").replace("</name>", "</name><op>assign</op>"),
    )
    filters = f'<filterSet><filter type="PropertyFilter">p</filter>{one}{two}</filterSet>'
    fake.answer("WaitForUpdatesEx", f"<returnval><version>1</version>{filters}<truncated>false</truncated></returnval>")
    update = session.content.propertyCollector.WaitForUpdatesEx("", None)
    assert update is not None
    assert told(update.filterSet[0].objectSet) == EXPECTED
    assert (update.version, update.truncated) == ("1", False)


def test_what_is_unreadable_around_the_properties_is_damage(session: Session, fake: FakeVcenter) -> None:
    """There is nothing that could be left out."""
    good = f'<objects><obj type="HostSystem">host-1</obj>{GOOD.format(tag="propSet", name="one")}</objects>'
    fake.answer("RetrievePropertiesEx", f"<returnval>{good}<news>7</news></returnval>")
    with pytest.raises(MalformedAnswer, match="upgrade pyvmomi"):
        contents(session)
    assert session.unknown_values == ()


def parse(text: bytes) -> None:
    """A reader that stumbles over one thing."""
    if b"<bad" in text:
        raise KeyError(text)


INNER = st.sampled_from([b"", b"7", b"<propSet><name>n</name></propSet>", b"<a b='&gt;'>&lt;</a>", "é".encode(), b"<obj/>"])
PROPERTIES = st.lists(st.tuples(INNER, st.booleans()), max_size=4)


@given(st.lists(PROPERTIES, min_size=1, max_size=5))
def test_what_is_readable_stays_as_it_is(objects: list[list[tuple[bytes, bool]]]) -> None:
    """Byte for byte, whatever stands inside the values; only those that cannot be read are replaced, each by its name."""

    def answer(*, mended: bool) -> bytes:
        said = b""
        for number, properties in enumerate(objects):
            said += b'<objects><obj type="X">%d</obj>' % number
            for place, (inner, bad) in enumerate(properties):
                if bad and mended:
                    said += b"<missingSet><path>p%d</path><fault><fault/></fault></missingSet>" % place
                else:
                    said += b"<propSet><name>p%d</name><val>%b%b</val></propSet>" % (place, inner, b"<bad/>" if bad else b"")
            said += b"</objects>"
        return b"<E><B><R xmlns='urn:vim25'><returnval>%b<token>t</token></returnval></R></B></E>" % said

    assert salvage("RetrievePropertiesEx", answer(mended=False), parse) == answer(mended=True)


@pytest.mark.parametrize("body", [b"", b"<E><B><R><returnval><objects><bad/>", b"<E><B><R><returnval/></R></B></E>"])
def test_nothing_comes_of_what_is_cut_short_or_empty(body: bytes) -> None:
    """The rest would be lost."""
    assert salvage("RetrievePropertiesEx", body, parse) is None


def test_nothing_comes_of_other_answers() -> None:
    """Of those nothing is known that could be left out."""
    assert salvage("Login", b"<E><B><R><returnval><bad/></returnval></R></B></E>", parse) is None
