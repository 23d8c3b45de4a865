"""What an account may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from collector.facts import TOPICS
from collector.vcenter.errors import SessionExpired
from collector.vcenter.privileges import NEEDS, privileges, sees_inventory
from collector.vcenter.session import Endpoint, Session

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter
    from tests.conftest import StartVcsim

METHOD = "HasPrivilegeOnEntities"


def asked(session: Session) -> dict[str, bool | None]:
    """The answer for each privilege."""
    return {privilege.name: privilege.granted for privilege in privileges(session)}


def test_a_server_that_does_not_know_the_method_leaves_all_unknown(session: Session, fake: FakeVcenter) -> None:
    """Unknown is not "no"."""
    fake.fault(METHOD, "NotSupported")
    assert set(asked(session).values()) == {None}


def test_a_refusal_to_answer_is_an_answer_for_the_privilege_it_names(session: Session, fake: FakeVcenter) -> None:
    """Asking needs a privilege itself."""
    fake.fault(METHOD, "NoPermission", inside='<object type="Folder">f</object><privilegeId>System.Read</privilegeId>')
    assert asked(session) == {"System.View": None, "System.Read": False, "Profile.View": None, "Global.Licenses": None}


def test_an_expired_session_is_no_answer(session: Session, fake: FakeVcenter) -> None:
    """It fails instead of reporting that everything is missing."""
    fake.fault(METHOD, "NotAuthenticated", inside='<object type="Folder">f</object><privilegeId>System.View</privilegeId>')
    with pytest.raises(SessionExpired):
        privileges(session)


def test_each_privilege_is_reported_with_what_its_lack_hides(session: Session, fake: FakeVcenter) -> None:
    """The role Read-only lacks two; a privilege the server left out stays unknown."""
    each = {"System.View": "true", "System.Read": "true", "Profile.View": "false"}
    available = "".join(
        f"<privAvailability><privId>{name}</privId><isGranted>{granted}</isGranted></privAvailability>"
        for name, granted in each.items()
    )
    fake.answer(METHOD, f'<returnval><entity type="Folder">group-d1</entity>{available}</returnval>')
    assert asked(session) == {"System.View": True, "System.Read": True, "Profile.View": False, "Global.Licenses": None}
    assert all("unknown" in need.without or "nothing" in need.without for need in privileges(session))


CHILDREN = "<val xsi:type='ArrayOfManagedObjectReference'>{}</val>"
CENTER = "<ManagedObjectReference xsi:type='ManagedObjectReference' type='Datacenter'>datacenter-1</ManagedObjectReference>"
UNTOLD = """<missingSet><path>childEntity</path><fault><fault xsi:type="NoPermission"><object type="Folder">f</object>
<privilegeId>System.View</privilegeId></fault><localizedMessage/></fault></missingSet>"""


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (f"<propSet><name>childEntity</name>{CHILDREN.format(CENTER)}</propSet>", True),
        (f"<propSet><name>childEntity</name>{CHILDREN.format('')}</propSet>", False),
        ("", False),
        (UNTOLD, None),
    ],
)
def test_a_role_without_propagation_shows_an_empty_vcenter(
    session: Session, fake: FakeVcenter, answer: str, seen: bool | None
) -> None:
    """What lies below the root folder is left out of the answer, without a fault."""
    fake.answer("RetrievePropertiesEx", f'<returnval><objects><obj type="Folder">group-d1</obj>{answer}</objects></returnval>')
    assert sees_inventory(session) is seen
    fake.fault("RetrievePropertiesEx", "NotSupported")
    assert sees_inventory(session) is None


def test_every_topic_of_a_snapshot_has_its_privilege() -> None:
    """A new topic must say what it needs, once."""
    named = [topic for need in NEEDS for topic in need.topics]
    assert sorted(named) == sorted(TOPICS)


@pytest.mark.vcsim
def test_the_simulators_account_may_read_everything(vcsim: StartVcsim) -> None:
    """The real exchange."""
    simulator = vcsim()
    endpoint = Endpoint("sim", simulator.host, simulator.username, simulator.password, port=simulator.port, verify=False)
    with Session.open(endpoint) as session:
        assert set(asked(session).values()) == {True}
