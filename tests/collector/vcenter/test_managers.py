"""What managers know, where they answer, refuse or are not there."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.VmomiSupport import GetVmodlType

from collector.gatherers import host_profiles
from collector.vcenter.errors import MalformedAnswer, Refused, SessionExpired
from collector.vcenter.managers import Managers
from collector.vcenter.session import Session
from collector.wants import Vim

if TYPE_CHECKING:
    from tests.collector.conftest import Server

PROFILES = vim.profile.host.ProfileManager("HostProfileManager", None)
GOLD, BARE = vim.profile.host.HostProfile("gold", None), vim.profile.host.HostProfile("bare", None)
DENIED = vim.fault.NoPermission(object=PROFILES, privilegeId="Profile.View")


def option(key: str, value: object) -> Vim:
    """One setting of the vCenter."""
    return vim.option.OptionValue(key=key, value=value)


def retention(session: Session, answer: object) -> int | None:
    """The retention that follows from an answer to QueryOptions, or from an error."""

    def query(_: str) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    session.content.setting = SimpleNamespace(QueryOptions=query)  # type: ignore[assignment]  # a fake
    return Managers(session).event_retention_days()


@pytest.mark.parametrize(
    "answer",
    [
        vim.fault.InvalidName(name="event."),
        vim.fault.NoPermission(privilegeId="System.Read"),
        None,
        [],
        [option("event.maxAge", "for ever")],
        [option("event.maxAge", 30), option("event.maxAgeEnabled", value=False)],
    ],
)
def test_retention_that_is_unlimited_or_not_told(session: Session, answer: object) -> None:
    """A setting that cannot be read, or that is switched off, yields no number of days."""
    assert retention(session, answer) is None


def test_retention_in_days(session: Session) -> None:
    """The setting counts days, as a number or as text."""
    assert retention(session, [option("event.maxAge", 30), option("event.maxAgeEnabled", value=True)]) == 30
    assert retention(session, [option("event.maxAge", "180")]) == 180


def test_lost_session_is_no_retention(session: Session) -> None:
    """A session that ended is not taken for a setting that is not told."""
    with pytest.raises(SessionExpired):
        retention(session, SessionExpired("lab", "ended"))


def test_retention_that_the_wire_loses_costs_nothing_else(session: Session) -> None:
    """An answer that cannot be read is a setting that is not told: it is worth no poll."""
    assert retention(session, MalformedAnswer("lab", "cut short")) is None


def test_profiles_that_may_not_be_listed(server: Server, session: Session) -> None:
    """Without permission on the list there is an error that names the privilege."""
    server.objects[PROFILES] = {"profile": DENIED}
    session.content.hostProfileManager = PROFILES
    with pytest.raises(Refused, match=r"lacks Profile\.View; grant it"):
        Managers(session).host_profiles(host_profiles.PATHS)


def test_profiles_that_may_not_be_read(server: Server, session: Session) -> None:
    """A fault while reading the profiles themselves is explained too."""
    server.objects |= {
        PROFILES: {"profile": GetVmodlType("vim.profile.Profile[]")([GOLD])},
        GOLD: {"name": "gold"},
    }
    session.content.hostProfileManager = PROFILES
    managers = Managers(session)
    retrieve = session.content.propertyCollector.RetrievePropertiesEx

    def refuse_profiles(specs: Vim, options: Vim) -> Vim:
        if specs[0].propSet[0].type is vim.profile.Profile:
            raise vmodl.fault.NotSupported
        return retrieve(specs, options)

    session.content.propertyCollector.RetrievePropertiesEx = refuse_profiles  # type: ignore[assignment, method-assign]  # a fake
    with pytest.raises(Refused, match="host profiles with NotSupported"):
        managers.host_profiles(host_profiles.PATHS)


def test_profiles_with_what_is_readable(server: Server, session: Session) -> None:
    """Each profile has the properties that are set and readable; an empty list is no error."""
    server.objects[PROFILES] = {"profile": GetVmodlType("vim.profile.Profile[]")([GOLD, BARE])}
    server.objects |= {GOLD: {"name": "gold", "complianceStatus": "compliant"}, BARE: {"name": "bare", "entity": DENIED}}
    session.content.hostProfileManager = PROFILES
    assert Managers(session).host_profiles(host_profiles.PATHS) == [
        {"name": "gold", "complianceStatus": "compliant"},
        {"name": "bare"},
    ]
    server.objects[PROFILES] = {}
    assert Managers(session).host_profiles(host_profiles.PATHS) == []


def test_fault_of_a_manager_is_explained(server: Server, session: Session) -> None:
    """A method that the server lacks ends in one line."""
    session.content.licenseManager = vim.LicenseManager("LicenseManager", None)
    server.fail["RetrievePropertiesEx"] = vmodl.fault.MethodNotFound(receiver=PROFILES, method="x")
    with pytest.raises(Refused, match="licences with MethodNotFound"):
        Managers(session).licenses()


def test_absent_manager_is_named(session: Session) -> None:
    """A server without a manager says what stays unknown."""
    with pytest.raises(Refused, match="no scheduledTaskManager: scheduled tasks stay unknown"):
        Managers(session).scheduled_tasks()
