"""What vCenter's managers know: extensions, custom attributes, licences, host profiles, scheduled tasks, event retention.

Each may need a privilege the account lacks, or be absent from a release: every read raises its own one-line error, which
costs that topic and no other.
"""

# pyVmomi types its data, not its functions; a server may lack any manager
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyVmomi import vim, vmodl

from collector.vcenter.errors import RecordingEnded, Refused, SessionExpired, VcenterError
from collector.vcenter.properties import retrieve, retrieve_one
from collector.vcenter.session import Session
from collector.wants import Vim


class Managers:
    """The managers of one session, read at every poll: what they know is small."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def extensions(self) -> Sequence[Any]:
        """Every registered extension; about a megabyte, most of it event ids.

        Raises:
            VcenterError: they cannot be read, or the session failed.
        """
        return self._property("extensionManager", "extensionList", "extensions") or ()

    def custom_fields(self) -> Sequence[Any]:
        """Every custom attribute definition.

        Raises:
            VcenterError: they cannot be read, or the session failed.
        """
        return self._property("customFieldsManager", "field", "custom attributes") or ()

    def licenses(self) -> Sequence[Any]:
        """Every installed licence, its key included: read names and editions only.

        Raises:
            VcenterError: they cannot be read, or the session failed.
        """
        return self._property("licenseManager", "licenses", "licences") or ()

    def scheduled_tasks(self) -> Sequence[Any]:
        """References to every scheduled task.

        Raises:
            VcenterError: they cannot be read, or the session failed.
        """
        return self._property("scheduledTaskManager", "scheduledTask", "scheduled tasks") or ()

    def host_profiles(self, paths: Sequence[str]) -> list[Mapping[str, Any]]:
        """The properties at ``paths`` of every host profile, those that are set and readable.

        Raises:
            VcenterError: they cannot be read, or the session failed.
        """
        profiles = self._property("hostProfileManager", "profile", "host profiles") or ()
        found: list[Mapping[str, Any]] = []
        if profiles:
            try:
                for page in retrieve(self._session, vim.profile.Profile, profiles, paths):
                    found += [{prop.name: prop.val for prop in content.propSet} for content in page]
            except vmodl.MethodFault as fault:
                raise self._session.explain(fault, "the request for host profiles") from None
        return found

    def event_retention_days(self) -> int | None:
        """For how many days vCenter keeps events; ``None`` where that is unlimited or not to be read.

        Raises:
            SessionExpired: the session has ended.
            RecordingEnded: a recording holds no answer.
        """
        if (settings := self._session.content.setting) is None:
            return None
        try:
            told = settings.QueryOptions("event.")
        except (SessionExpired, RecordingEnded):
            raise
        except (VcenterError, vmodl.MethodFault):
            return None
        options = {option.key: option.value for option in told or ()}
        if options.get("event.maxAgeEnabled") in (False, "false"):
            return None
        try:
            return int(options["event.maxAge"])
        except (KeyError, TypeError, ValueError):
            return None

    def _property(self, manager: str, path: str, called: str) -> Vim:
        """One property of one manager; ``None`` where unset."""
        obj = getattr(self._session.content, manager)
        if obj is None:
            raise Refused(self._session.endpoint, f"this server has no {manager}: {called} stay unknown; no action is needed")
        try:
            values, faults = retrieve_one(self._session, obj, [path])
        except vmodl.MethodFault as fault:
            raise self._session.explain(fault, f"the request for {called}") from None
        if path in faults:
            raise self._session.explain(faults[path], f"the request for {called}")
        return values.get(path)
