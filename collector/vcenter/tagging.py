"""Tags by VMware's official client, an optional extra: bulk reads over one short login, and nothing else of that client."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import ClientMissing, MalformedAnswer, NotOffered, Refused, VcenterError
from collector.vcenter.rest import DIALECTS, RestWire
from collector.vcenter.session import Session
from collector.vcenter.translate import detail

CLIENT = "com.vmware.cis.tagging_client"

BATCH = 1000
"""Objects asked for at once."""


def installed() -> bool:
    """Whether the official client is there."""
    try:
        return find_spec(CLIENT) is not None
    except ModuleNotFoundError:  # not even the packages around it
        return False


class Tagging:
    """The tags of the vCenter of one session; logged in only inside ``reading``.

    Nothing of the client is imported before that.
    """

    def __init__(self, session: Session) -> None:
        self._endpoint = session.endpoint
        self._wire = RestWire(session)
        self._api: _Api | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        """Log in to the REST API, in the dialect that the vCenter speaks, and out again whatever happens.

        Raises:
            VcenterError: ``ClientMissing``, or the API refused, or the wire failed; inside the block too.
        """
        self._api = self._api or _Api(self._wire, self._endpoint)
        try:
            yield Reading(self._api, self._log_in(self._api))
        finally:
            self._log_out(self._api)

    def interrupt(self) -> None:
        """From another thread: give up what is being read; it fails then."""
        self._wire.interrupt()

    def _log_in(self, api: _Api) -> tuple[str, ...]:
        """The ids of the categories that the account sees, in the first dialect that answers."""
        refused: VcenterError | None = None
        for dialect in (self._wire.dialect, *(other for other in DIALECTS if other != self._wire.dialect)):
            self._log_out(api)
            self._wire.dialect = dialect
            try:
                api.call("session", "create")
                return tuple(sorted(api.call("category", "list")))
            except (Refused, MalformedAnswer) as error:  # whatever an older release makes of the new path
                refused = refused if isinstance(error, NotOffered) and refused else error
        self._wire.dialect = DIALECTS[0]
        if isinstance(refused, NotOffered):
            raise NotOffered(
                self._endpoint, "it offers no tagging API, which came with vSphere 6.5; set tags: false to leave tags out"
            ) from refused
        raise refused or NotOffered(self._endpoint, "no dialect of the tagging API is known")

    def _log_out(self, api: _Api) -> None:
        """End the session if there is one; a failure is ignored."""
        if self._wire.logged_in:
            with contextlib.suppress(VcenterError):
                api.call("session", "delete")
        self._wire.disconnect()


class Reading:
    """What can be asked while logged in.

    ``categories`` are the ids of those that the account sees. Tags that it may not see are left out of every answer, and
    vCenter does not say so.
    """

    def __init__(self, api: _Api, categories: tuple[str, ...]) -> None:
        self.categories = categories
        self._api = api

    def attached(self, objects: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """The ids of the tags of objects, given as API types by managed object id; every object is in the answer.

        Raises:
            VcenterError: they cannot be read.
        """
        found: dict[str, tuple[str, ...]] = dict.fromkeys(objects, ())
        every = sorted(objects.items())
        for start in range(0, len(every), BATCH):
            answer = self._api.attached(every[start : start + BATCH])
            found.update((entry.object_id.id, tuple(sorted(entry.tag_ids))) for entry in answer)
        return found

    def tag(self, id_: str) -> tuple[str, str] | None:
        """Category id and name of a tag; ``None`` where it is gone.

        Raises:
            VcenterError: it cannot be read.
        """
        with contextlib.suppress(NotOffered):  # as HTTP says it
            model = self._api.call("tag", "get", id_)
            return str(model.category_id), str(model.name)
        return None

    def category(self, id_: str) -> str | None:
        """The name of a category; ``None`` where it is gone.

        Raises:
            VcenterError: it cannot be read.
        """
        with contextlib.suppress(NotOffered):
            return str(self._api.call("category", "get", id_).name)
        return None


class _Api:
    """The client's services over our wire."""

    def __init__(self, wire: RestWire, endpoint: Endpoint) -> None:
        # only here: the client is optional, and half a second of imports
        try:
            from com.vmware.cis.tagging_client import Category, Tag, TagAssociation  # noqa: PLC0415
            from com.vmware.cis_client import Session as Login  # noqa: PLC0415
            from com.vmware.vapi.std_client import DynamicID  # noqa: PLC0415
            from vmware.vapi.protocol.client.msg.rest_connector import get_protocol_connector  # noqa: PLC0415
            from vmware.vapi.stdlib.client.factories import StubConfigurationFactory  # noqa: PLC0415
        except ImportError as error:
            raise ClientMissing(
                endpoint,
                "tags are not read, since VMware's client is not installed or too old: pip install 'vjourney[tags]', "
                "or set tags: false",
            ) from error
        config = StubConfigurationFactory.new_std_configuration(get_protocol_connector(wire))
        self._services: dict[str, Any] = {
            "session": Login(config),
            "category": Category(config),
            "tag": Tag(config),
            "association": TagAssociation(config),
        }
        self._object_id = DynamicID
        self._endpoint = endpoint

    def attached(self, objects: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401  # of the client
        """The tags of up to ``BATCH`` objects, given as id and type."""
        asked = [self._object_id(type=kind, id=id_) for id_, kind in objects]
        return self.call("association", "list_attached_tags_on_objects", asked)

    def call(self, service: str, operation: str, *arguments: object) -> Any:  # noqa: ANN401  # of the client
        """One operation of the client."""
        try:
            return getattr(self._services[service], operation)(*arguments)
        except VcenterError:
            raise
        except Exception as error:
            said = detail(error, self._endpoint)
            raise MalformedAnswer(
                self._endpoint,
                f"VMware's client cannot read the answer to {service} {operation} ({type(error).__name__}: {said}); "
                "upgrade vmware-vcenter",
            ) from error
