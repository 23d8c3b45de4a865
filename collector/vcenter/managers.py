"""What vCenter's managers know: extensions, custom attributes, licences, host profiles, scheduled tasks, event retention.

Each may need a privilege the account lacks, or be absent from a release: every read raises its own one-line error, which
costs that topic and no other.
"""

# pyVmomi types its data, not its functions; a server may lack any manager
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyVmomi import vim, vmodl

from collector.facts import Extension
from collector.vcenter.errors import Refused
from collector.vcenter.properties import Watch, properties, retrieve, retrieve_one, this
from collector.vcenter.session import Session
from collector.wants import moment

HEARTBEAT = re.compile(r'^extensionList\["(?P<key>.*)"\]\.lastHeartbeatTime$')


class Managers:
    """The managers of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._extensions: tuple[Extension, ...] = ()
        self._watch: Watch | None = None

    def extensions(self, parse: Callable[[Iterable[Any]], tuple[Extension, ...]]) -> tuple[Extension, ...]:
        """Every registered extension, as ``parse`` makes it of vCenter's own.

        The list is about a megabyte, most of it event ids, and is read again only when vCenter reports a change of it
        that is more than a heartbeat.

        Raises:
            VcenterError: it cannot be read, or the session failed.
        """
        try:
            watch = self._watch_extensions()
            changes = [change for page in watch.pages() for update in page for change in update.changeSet] if watch else None
        except vmodl.MethodFault:
            self.close()
            changes = None
        self._follow(changes, parse)
        return self._extensions

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
                raise self._session.explain(fault, "host profiles") from None
        return found

    def event_retention_days(self) -> int | None:
        """For how many days vCenter keeps events; ``None`` where that is unlimited or not to be read."""
        try:
            told = self._session.content.setting.QueryOptions("event.")
        except vmodl.MethodFault:
            return None
        except AttributeError:  # no such manager
            return None
        options = {option.key: option.value for option in told or ()}
        if options.get("event.maxAgeEnabled") in (False, "false"):
            return None
        try:
            return int(options["event.maxAge"])
        except (KeyError, TypeError, ValueError):
            return None

    def close(self) -> None:
        """Destroy what was made in the session."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _watch_extensions(self) -> Watch | None:
        """The watch on the list of extensions; ``None`` where there is nothing to watch."""
        manager = self._session.content.extensionManager
        if self._watch is None and manager is not None:
            wanted = [properties(type(manager), ["extensionList"])]
            self._watch = Watch(self._session, wanted, [this(manager)], partial=True)
        return self._watch

    def _follow(self, changes: Sequence[Any] | None, parse: Callable[[Iterable[Any]], tuple[Extension, ...]]) -> None:
        """Take over what changed, and read the list where that is not all there is to know; ``None`` is no watch."""
        whole = next((change.val for change in changes or () if change.name == "extensionList" and change.val), None)
        beats = [(HEARTBEAT.match(change.name), change.val) for change in changes or ()]
        if whole is not None:
            self._extensions = parse(whole)
        elif changes is None or not self._extensions or not all(beat for beat, _ in beats):
            self._extensions = parse(self._property("extensionManager", "extensionList", "extensions") or ())
        else:
            beating = {beat["key"]: at for beat, at in beats if beat}
            self._extensions = tuple(
                replace(known, last_heartbeat=moment(beating[known.key])) if known.key in beating else known
                for known in self._extensions
            )

    def _property(self, manager: str, path: str, called: str) -> Any:  # noqa: ANN401 - whatever the property holds
        """One property of one manager; ``None`` where unset."""
        obj = getattr(self._session.content, manager)
        if obj is None:
            raise Refused(self._session.endpoint, f"this server has no {manager}: {called} stay unknown; nothing needs doing")
        try:
            values, faults = retrieve_one(self._session, obj, [path])
        except vmodl.MethodFault as fault:
            raise self._session.explain(fault, f"reading {called}") from None
        if path in faults:
            raise self._session.explain(faults[path], f"reading {called}")
        return values.get(path)
