"""Recordings of the conversation with a vCenter, made and replayed by vcrpy.

A recording is a cassette of vcrpy in gzip: ``gunzip -c FILE | less`` shows it. vcrpy is not patched into the process but bound
to the connections of one session, so that several threads can record and replay at the same time.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.stubs import VCRHTTPSConnection

from collector.vcenter.anonymise import Anonymiser
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import NotRecorded, RecordingEnded, RecordingUnreadable
from collector.vcenter.packing import ABOUT, FORMAT, Gzipped, Readable
from collector.vcenter.scrub import HOST, PLACEHOLDER, scrub_request, scrub_response
from collector.vcenter.session import Session

_EVENT_TYPES = re.compile(rb"(?:<eventTypeId>[^<>]*</eventTypeId>)+")


def replay_endpoint(name: str) -> Endpoint:
    """The endpoint to open a replay with; nothing is ever sent to it."""
    return Endpoint(name=name, host=HOST, username=PLACEHOLDER, password=PLACEHOLDER, verify=False)


@dataclass(frozen=True, slots=True)
class Playback:
    """A recording that is being replayed, by the class of its connections; ``api_version`` is that of the recording.

    Each request gets its recorded answers in their order. When they are used up, ``RecordingEnded`` is raised; a request that
    was never recorded raises ``NotRecorded``.
    """

    connection: type[HTTPConnection]
    api_version: str
    _cassette: _Queues

    def open(self, name: str) -> Session:
        """Open a session that continues the replay; ``name`` is what errors call the vCenter."""
        return Session.open(replay_endpoint(name), connection=self.connection, api_version=self.api_version)

    def upcoming(self) -> datetime | None:
        """The recorded time of the next poll that can be replayed; ``None`` after the last.

        A poll begins by asking for the time, and apart from polls only a login asks for it.
        """
        waiting = self._cassette.waiting
        clocks = (queue for (_, _, body), queue in waiting.items() if b"<CurrentTime " in body)
        answers = (re.search(rb"<returnval[^<>]*>([^<]+)<", answer["body"]["string"]) for queue in clocks for answer in queue)
        told = next(filter(None, answers), None)  # the first may say that the session has ended
        return datetime.fromisoformat(told[1].decode()) if told else None

    def holds_tags(self) -> bool:
        """Whether tags were recorded."""
        return any(request.parsed_uri.path.startswith(("/api/", "/rest/")) for request in self._cassette.requests)


def replay(file: Path) -> Playback:
    """Replay a recording from its beginning.

    Raises:
        RecordingUnreadable: the file is missing, damaged or no recording.
    """
    about = description(file)
    if about.get("format", FORMAT) != FORMAT:
        made_by = about.get("made_by", "another program")
        raise RecordingUnreadable(file, f"it was made by {made_by} in a form that this version cannot read; update vjourney")
    cassette = _Queues.load(
        path=file,
        persister=Gzipped,
        serializer=Readable,
        record_mode=RecordMode.NONE,
        before_record_request=scrub_request,
    )
    actions = (str(request.headers.get("SOAPAction", "")) for request in cassette.requests)
    version = next((found[1] for action in actions if (found := re.search(r"urn:vim25/([\w.]+)", action))), None)
    if version is None:
        raise RecordingUnreadable(file, "it holds no request to a vSphere API; name a file made by vjourney record")
    return Playback(type("Replaying", (_Replaying,), {"cassette": cassette}), version, cassette)


def description(file: Path) -> Mapping[str, Any]:
    """What a recording says about itself: what made it, when, and how many polls it has; empty where it says nothing.

    Raises:
        RecordingUnreadable: the file is missing, damaged or no recording.
    """
    return Gzipped.about(file)


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording that is being made; ``connection`` is for ``Session.open``."""

    connection: type[HTTPConnection]
    _cassette: _Growing

    def exchanges(self) -> int:
        """How many exchanges were recorded so far."""
        return len(self._cassette.data)

    def keep(self, exchanges: int) -> None:
        """Keep the first ``exchanges`` alone, and forget what was recorded after them."""
        del self._cassette.data[exchanges:]


@contextmanager
def record(
    file: Path,
    *,
    base: type[HTTPConnection] = HTTPSConnection,
    anonymiser: Anonymiser | None = None,
    about: Callable[[], Mapping[str, Any]] = dict,
) -> Iterator[Tape]:
    """Record what goes through the connections of the tape, and write it to ``file`` at the end of the block.

    Nothing is written if the block raises. The same conversation gives the same bytes. Secrets are removed before anything is
    kept, and with an ``anonymiser`` also all that shows whose vCenter it is. ``base`` is the class of the real connections
    underneath; ``about`` gives what the recording says about itself, and is called at the end.
    """

    def of_request(request: Request) -> Request:
        scrubbed = scrub_request(request)
        return scrubbed if anonymiser is None else anonymiser.request(scrubbed)

    def of_response(response: dict[str, Any]) -> dict[str, Any]:
        scrubbed = scrub_response(response)
        return scrubbed if anonymiser is None else anonymiser.response(scrubbed)

    cassette = _Growing(
        path=file,
        record_mode=RecordMode.ALL,
        before_record_request=of_request,
        before_record_response=of_response,
    )
    yield Tape(type("Recording", (VCRHTTPSConnection,), {"cassette": cassette, "_baseclass": base}), cassette)
    kept = {"requests": cassette.requests, "responses": cassette.responses, ABOUT: dict(about())}
    Gzipped.save_cassette(file, kept, Readable)


class _Queues(Cassette):  # type: ignore[misc]  # vcrpy has no types
    """A cassette whose answers wait in one queue for each different request: vcrpy compares every request with all others."""

    @cached_property
    def waiting(self) -> dict[tuple[str, str, bytes], deque[dict[str, Any]]]:
        """The answers not given yet, in recorded order, by request."""
        queues: dict[tuple[str, str, bytes], deque[dict[str, Any]]] = defaultdict(deque)
        for request, response in self.data:
            queues[_identity(request)].append(response)
        return queues

    def knows(self, request: Request) -> bool:
        """Whether this request was ever recorded."""
        return _identity(scrub_request(request)) in self.waiting

    def can_play_response_for(self, request: Request) -> bool:
        """Whether an answer to this request is left."""
        return bool(self.waiting.get(_identity(scrub_request(request))))

    def play_response(self, request: Request) -> dict[str, Any]:
        """The next answer to this request, which is then used up."""
        return self.waiting[_identity(scrub_request(request))].popleft()


class _Growing(Cassette):  # type: ignore[misc]  # vcrpy has no types
    """A cassette that records every exchange, even if it has recorded the same request before."""

    def can_play_response_for(self, request: Request) -> bool:  # noqa: ARG002  # as vcrpy's
        """Never: what is recorded comes from the server."""
        return False


def _identity(request: Request) -> tuple[str, str, bytes]:
    """What makes two requests the same: method, path and body, without the types in a filter of events.

    New versions of the program ask for more types, and pseudonyms may have replaced some. A recording answers with events of
    the types that were asked for when it was made.
    """
    body = _EVENT_TYPES.sub(b"<eventTypeId/>", request.body or b"")
    return request.method, request.parsed_uri.path, body


class _Replaying(VCRHTTPSConnection):  # type: ignore[misc]  # vcrpy has no types
    """A connection that answers from its cassette and never touches the network."""

    def getresponse(self, _: object = False, **options: object) -> Any:  # noqa: ANN401  # as vcrpy's
        """The next recorded answer to the request."""
        request = self._vcr_request
        if not self.cassette.can_play_response_for(request):
            body = (request.body or b"").decode(errors="replace")
            asked = re.search(r":Body>\s*<(\w+)", body)
            what = asked[1] if asked else f"{request.method} {request.path}"
            raise (RecordingEnded if self.cassette.knows(request) else NotRecorded)(
                self.cassette.path,
                f"it holds no (further) answer to this {what}; it ended, or was made by another version: record it again",
            )
        return super().getresponse(**options)
