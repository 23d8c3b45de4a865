"""The gate of every request: reads only, counted, and tolerant of values that newer releases send."""

# pyVmomi types its data, not its functions; wrong arguments are a point of the tests
# mypy: disable-error-code="no-untyped-call,arg-type"
from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pyVmomi
from pyVmomi import vim, vmodl

from collector.vcenter.errors import MalformedAnswer, NotReadOnly, Refused, SessionExpired
from collector.vcenter.methods import ALLOWED
from collector.vcenter.session import Session

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter

STATE = vim.HostSystem.ConnectionState
CHANGES = re.compile(
    r"(_Task|^(Add|Remove|Delete|Update|Reconfig|Power|Register|Unregister|Apply|Set(?!CollectorPageSize)).*)$"
)


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Take values that a test taught pyVmomi out of its enumerations again."""
    before = set(vars(STATE))
    yield
    for name in set(vars(STATE)) - before:
        delattr(STATE, name)


def hosts(*states: str) -> str:
    """The objects of an answer with a host in each of these connection states."""
    return "".join(
        f'<objects><obj type="HostSystem">host-{number}</obj><propSet><name>runtime.connectionState</name>'
        f'<val xsi:type="HostSystemConnectionState">{state}</val></propSet></objects>'
        for number, state in enumerate(states)
    )


def read(session: Session) -> list[str]:
    """The connection states of all hosts."""
    collector = vmodl.query.PropertyCollector
    wanted = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=session.content.rootFolder)],
        propSet=[collector.PropertySpec(type=vim.HostSystem, pathSet=["runtime.connectionState"])],
    )
    answer: Any = session.content.propertyCollector.RetrievePropertiesEx([wanted], collector.RetrieveOptions())
    return [part.propSet[0].val for part in answer.objects]


def test_no_method_that_changes_anything_is_allowed() -> None:
    """The list of allowed methods is made of methods that exist and holds none that changes the inventory."""
    definitions = "".join(file.read_text() for file in Path(pyVmomi.__file__).parent.glob("_typeinfo_*.py"))
    assert {method for method in ALLOWED - {"Fetch"} if f'"{method}"' not in definitions} == set()
    assert {method for method in ALLOWED if CHANGES.search(method)} == set()


@pytest.mark.parametrize(
    "change",
    [
        lambda session: vim.VirtualMachine("vm-1", session.service_instance._stub).PowerOff(),  # noqa: SLF001
        lambda session: vim.VirtualMachine("vm-1", session.service_instance._stub).Destroy_Task(),  # noqa: SLF001
        lambda session: session.content.sessionManager.TerminateSession(["other"]),
        lambda session: session.content.rootFolder.CreateFolder("new"),
        lambda session: session.content.rootFolder.Rename_Task("new"),
    ],
)
def test_a_method_that_changes_something_never_leaves(session: Session, fake: FakeVcenter, change: Any) -> None:  # noqa: ANN401
    """The attempt is an error here, and the server hears nothing of it."""
    heard = len(fake.received)
    with pytest.raises(NotReadOnly, match="was not sent"):
        change(session)
    assert len(fake.received) == heard


def test_wrong_arguments_are_the_callers_mistake_and_no_failure_of_the_vcenter(session: Session) -> None:
    """A request that could not even be written is not blamed on the wire."""
    with pytest.raises(TypeError):
        session.content.propertyCollector.RetrievePropertiesEx(3, None)
    incomplete = vmodl.query.PropertyCollector.FilterSpec(objectSet=[vmodl.query.PropertyCollector.ObjectSpec()])
    with pytest.raises(TypeError, match="not optional"):
        session.content.propertyCollector.RetrievePropertiesEx([incomplete], vmodl.query.PropertyCollector.RetrieveOptions())


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("packed", [False, True])
def test_unknown_enumeration_values_are_kept_and_reported(session: Session, fake: FakeVcenter, packed: bool) -> None:
    """A new release's value and an empty one come through as they are, the known ones beside them too, asked only once."""
    fake.answer("RetrievePropertiesEx", f"<returnval>{hosts('connected', 'hibernated', '', 'hibernated')}</returnval>")
    fake.packed = packed
    assert read(session) == ["connected", "hibernated", "", "hibernated"]
    assert len(session.unknown_values) == 2
    assert "HostSystemConnectionState 'hibernated'" in session.unknown_values[0]
    assert "upgrade pyvmomi" in session.unknown_values[0]
    assert fake.received.count("RetrievePropertiesEx") == 1
    assert read(session)[1] == "hibernated"
    assert len(session.unknown_values) == 2


@pytest.mark.usefixtures("forgetful")
def test_an_answer_full_of_unknown_values_is_damaged(session: Session, fake: FakeVcenter) -> None:
    """There is an end to learning."""
    states = [f"state{number}" for number in range(150)]
    fake.answer("RetrievePropertiesEx", f"<returnval>{hosts(*states)}</returnval>")
    with pytest.raises(MalformedAnswer, match="unknown values"):
        read(session)


@pytest.mark.usefixtures("forgetful")
def test_damage_behind_an_unknown_value_is_still_damage(session: Session, fake: FakeVcenter) -> None:
    """Reading the answer again meets the next fault of it."""
    fake.answer("RetrievePropertiesEx", f"<returnval>{hosts('hibernated')}<objects><nonsense/></objects></returnval>")
    with pytest.raises(MalformedAnswer):
        read(session)


def test_an_expired_session_is_told_from_a_missing_privilege(session: Session, fake: FakeVcenter) -> None:
    """The API derives the one fault from the other; only one of them needs a new login."""
    fake.fault(
        "CurrentTime", "NotAuthenticated", inside='<object type="Folder">f</object><privilegeId>System.View</privilegeId>'
    )
    with pytest.raises(SessionExpired, match="logs in again"):
        session.now()
    fake.fault("CurrentTime", "NoPermission", inside='<object type="Folder">f</object><privilegeId>System.View</privilegeId>')
    with pytest.raises(Refused, match=r"lacks System\.View"):
        session.now()


@pytest.mark.parametrize("kind", ["RetrievePropertiesEx", "WaitForUpdatesEx"])
def test_an_expired_session_is_seen_inside_an_answer(session: Session, fake: FakeVcenter, kind: str) -> None:
    """Property reads answer with missing properties instead of a fault."""
    missing = (
        '<missingSet><path>name</path><fault><fault xsi:type="NotAuthenticated"><object type="Folder">f</object>'
        "<privilegeId>System.View</privilegeId></fault><localizedMessage/></fault></missingSet>"
    )
    collector = session.content.propertyCollector
    if kind == "WaitForUpdatesEx":
        objects = f'<objectSet><kind>enter</kind><obj type="Folder">f</obj>{missing}</objectSet>'
        filters = f'<filterSet><filter type="PropertyFilter">p</filter>{objects}</filterSet>'
        fake.answer(kind, f"<returnval><version>1</version>{filters}</returnval>")
        with pytest.raises(SessionExpired):
            collector.WaitForUpdatesEx("", None)
    else:
        fake.answer(kind, f'<returnval><objects><obj type="Folder">f</obj>{missing}</objects></returnval>')
        with pytest.raises(SessionExpired):
            read(session)


def test_faults_of_the_api_reach_the_caller_as_they_are(session: Session, fake: FakeVcenter) -> None:
    """Who asks for something special must see what the API said about it."""
    fake.fault("RetrievePropertiesEx", "InvalidProperty", "no such property", inside="<name>nothing</name>")
    with pytest.raises(vmodl.query.InvalidProperty) as refused:
        read(session)
    assert refused.value.name == "nothing"
    assert str(session.explain(refused.value, "RetrievePropertiesEx")).endswith(
        "vCenter answered RetrievePropertiesEx with InvalidProperty (no such property)"
    )


@pytest.mark.parametrize("body", ["", "<html>Oops</html>", "<p>Oops", "no XML at all"])
def test_an_error_that_is_no_fault_of_the_api_is_no_matter_of_pyvmomi(session: Session, fake: FakeVcenter, body: str) -> None:
    """A proxy, or a service of vCenter that fell over, answers so: whom to ask is said, and the topic is tried again."""
    fake.raw("CurrentTime", body, 500)
    with pytest.raises(MalformedAnswer, match=r"answered HTTP 500 to CurrentTime without a fault of the API; try again"):
        session.now()


EVENT = (
    '<returnval xsi:type="VmPoweredOnEvent"><key>{key}</key><chainId>1</chainId>'
    "<createdTime>2026-03-01T12:00:00Z</createdTime><userName>ann</userName>{more}<template>false</template></returnval>"
)
BEGINNING = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/'
    'XMLSchema-instance"><soapenv:Body><ReadNextEventsResponse xmlns="urn:vim25">'
)
STRANGE = ("<newThing>7</newThing>", '<vm xsi:type="Quantum"/>')


def told_keys(session: Session) -> list[int]:
    """The keys of the next page of events."""
    collector = vim.event.EventHistoryCollector("collector-1", session.service_instance._stub)  # noqa: SLF001
    return [event.key for event in collector.ReadNextEvents(1000)]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("strange", STRANGE)
def test_an_event_that_cannot_be_read_hides_no_other(session: Session, fake: FakeVcenter, strange: str, packed: bool) -> None:
    """It is left out, which is said once; it would come again at every poll for as long as vCenter keeps it."""
    page = [EVENT.format(key=key, more=strange if key == 2 else "") for key in (1, 2, 3)]
    fake.answer("ReadNextEvents", "".join(page))
    fake.packed = packed
    assert [told_keys(session), told_keys(session)] == [[1, 3], [1, 3]]
    (sentence,) = session.unknown_values
    assert "left out: upgrade pyvmomi" in sentence


@pytest.mark.parametrize("strange", [1, 2])
def test_events_of_which_none_can_be_read_are_damage(session: Session, fake: FakeVcenter, strange: int) -> None:
    """An empty page would say that there are no more."""
    fake.answer("ReadNextEvents", EVENT.format(key=1, more=STRANGE[0]) * strange)
    with pytest.raises(MalformedAnswer, match="upgrade pyvmomi"):
        told_keys(session)
    assert session.unknown_values == ()


def test_events_that_are_cut_short_are_damage(session: Session, fake: FakeVcenter) -> None:
    """Whatever is in the beginning: the rest would be lost."""
    fake.raw("ReadNextEvents", BEGINNING + EVENT.format(key=1, more="") + EVENT.format(key=2, more="")[:60])
    with pytest.raises(MalformedAnswer, match="cut short"):
        told_keys(session)


def test_events_in_damaged_gzip_are_damage(session: Session, fake: FakeVcenter) -> None:
    """It is told as what it is, and not as a network that fails."""
    packed = gzip.compress((BEGINNING + EVENT.format(key=1, more="")).encode())
    fake.raw("ReadNextEvents", packed[:-20], Content_Encoding="gzip")
    with pytest.raises(MalformedAnswer, match="ReadNextEvents"):
        told_keys(session)


def test_objects_that_cannot_be_read_are_not_left_out(session: Session, fake: FakeVcenter) -> None:
    """They would be taken for gone."""
    fake.answer("RetrievePropertiesEx", f"<returnval>{hosts('connected')}<objects><nonsense/></objects></returnval>")
    with pytest.raises(MalformedAnswer, match="upgrade pyvmomi"):
        read(session)


def test_every_call_is_counted_by_its_method(session: Session, fake: FakeVcenter) -> None:
    """The counts are those of the server."""
    fake.answer("RetrievePropertiesEx", f"<returnval>{hosts('connected')}</returnval>")
    read(session)
    read(session)
    counted = session.requests()
    assert counted["RetrievePropertiesEx"] == 2
    assert dict(counted) == {method: fake.received.count(method) for method in counted}
