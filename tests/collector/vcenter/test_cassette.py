"""Recordings: what goes in, what must not, and how they come back."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr"
from __future__ import annotations

import errno
import gzip
import os
import threading
import tracemalloc
from contextlib import nullcontext
from http.client import HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyVmomi import vim

from collector.vcenter import packing
from collector.vcenter.cassette import description, record, replay, replay_endpoint
from collector.vcenter.errors import LoginRejected, NotRecorded, RecordingEnded, RecordingUnreadable
from collector.vcenter.packing import Readable
from collector.vcenter.session import Session
from collector.vcenter.tls import connection_class

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter
    from tests.conftest import StartVcsim

LICENSES = (
    '<returnval xsi:type="ArrayOfLicenseManagerLicenseInfo"><LicenseManagerLicenseInfo><licenseKey>A1B2C-SECRET</licenseKey>'
    "<editionKey>esx</editionKey><name>vSphere 8 &lt;Plus&gt;</name><total>4</total></LicenseManagerLicenseInfo></returnval>"
)
SECRETS = (
    "t0p-secret",
    "svc@corp",
    "52aa-key",
    "CORP",
    "Service Account",
    "10.9.8.7",
    "secret-agent",
    "A1B2C",
    "cookie-of-mine",
)


def converse(session: Session) -> tuple[str, ...]:
    """A short conversation that brings up everything worth hiding."""
    licenses = vim.LicenseManager("LicenseManager", session.service_instance._stub).licenses  # noqa: SLF001
    user = session.content.sessionManager.currentSession.userName
    alive = session.content.sessionManager.SessionIsActive(session.key, user)
    told = (session.now().isoformat(), session.now().isoformat(), licenses[0].name, str(alive))
    session.close()
    return told


def recorded(fake: FakeVcenter, file: Path) -> tuple[str, ...]:
    """What that conversation said while it was recorded."""
    answers = {"licenses": LICENSES, "currentSession": fake.user_session}
    cookie = {"Set_Cookie": 'vmware_soap_session="cookie-of-mine"; Path=/'}
    fake.fetch(answers, **cookie)
    fake.answer("SessionIsActive", "<returnval>true</returnval>")
    times = iter(["2026-03-01T12:00:00Z", "2026-03-01T12:00:05Z"] * 2)
    fake.each("CurrentTime", lambda: f"<returnval>{next(times)}</returnval>")
    with record(file, base=connection_class(fake.endpoint())) as connection:
        return converse(Session.open(fake.endpoint(), connection=connection))


@pytest.fixture
def recording(fake: FakeVcenter, tmp_path: Path) -> Path:
    """A recording of the conversation with the fake vCenter."""
    file = tmp_path / "conversation.yaml.gz"
    recorded(fake, file)
    return file


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"plain text", "not compressed"),
        (gzip.compress(b"version: 1\n", mtime=0)[:-12], "cut short"),
        (gzip.compress(b"\xff\xfe\x00", mtime=0), "not a recording"),
        (gzip.compress(b"- just\n- a list\n", mtime=0), "not a recording"),
        (gzip.compress(b"a: [unclosed", mtime=0), "not a recording"),
        (gzip.compress(b"interactions: []\nversion: 1\n", mtime=0), "no request to a vSphere API"),
        (b"", "it is empty"),
        (gzip.compress(b"", mtime=0), "it is empty"),
        (gzip.compress(b"interactions: []\nversion: 1\n", mtime=0)[:-8] + bytes(8), "damaged"),
        (
            gzip.compress(b"recording:\n  format: 2\n  made_by: vjourney 9.0\ninteractions: []\n", mtime=0),
            "made by vjourney 9.0",
        ),
        (gzip.compress(b"recording:\n  format: [\ninteractions: []\n", mtime=0), "not a recording"),
        (gzip.compress(b"interactions:\n" + b"- " * 5000, mtime=0), "not a recording"),
        (gzip.compress(b"!!python/object/apply:os.system ['true']", mtime=0), "not a recording"),
    ],
)
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, content: bytes | None, says: str) -> None:
    """Missing, cut short or foreign: one line with its path, and nothing in it is executed."""
    file = tmp_path / "other.yaml.gz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RecordingUnreadable, match=says) as failed:
        replay(file)
    assert str(failed.value).startswith(f"{file}: ")
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize("beginning", [b"interactions:\n", b""])
def test_a_file_that_unpacks_without_end_is_refused(beginning: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that would fill the memory is given up early: at once where it does not even begin like a recording."""
    monkeypatch.setattr(packing, "LARGEST", 5_000_000 if beginning else 10**12)
    file = tmp_path / "bomb.yaml.gz"
    file.write_bytes(gzip.compress(beginning + bytes(20_000_000), mtime=0))
    read = []
    unpack = gzip.GzipFile.read

    def note(self: gzip.GzipFile, size: int | None = -1) -> bytes:
        read.append(size)
        return unpack(self, size)

    monkeypatch.setattr(gzip.GzipFile, "read", note)
    with pytest.raises(RecordingUnreadable, match="larger than 5 MB" if beginning else "not a recording"):
        replay(file)
    assert len(read) == (6 if beginning else 1)


def test_a_disk_that_is_full_leaves_no_part_of_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written whole is taken away again."""

    def fill(file: Path, _content: bytes) -> int:
        file.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match="No space left"):
        packing.Gzipped.save_cassette(tmp_path / "ours.yaml.gz", {"requests": [], "responses": []}, Readable)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("beginning", [b"recording:\n", b""])
def test_what_a_recording_says_of_itself_fills_no_memory(
    beginning: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of one endless line is no recording, and neither is one that tells of itself without end."""
    monkeypatch.setattr(packing, "LARGEST", 5_000_000)
    file = tmp_path / "bomb.yaml.gz"
    file.write_bytes(gzip.compress(beginning + b" " * 50_000_000, mtime=0))
    tracemalloc.start()
    try:
        with pytest.raises(RecordingUnreadable, match="larger than 5 MB") if beginning else nullcontext():
            assert description(file) == {}
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_recording_cut_anywhere_is_refused(recording: Path) -> None:
    """No part of a recording passes for a whole one."""
    whole = recording.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        recording.write_bytes(whole[:length])
        with pytest.raises(RecordingUnreadable):
            replay(recording)


def test_a_recording_holds_no_secret(recording: Path) -> None:
    """Neither credentials nor cookies, session keys, licence keys, addresses or the account's name."""
    text = gzip.decompress(recording.read_bytes()).decode()
    assert [secret for secret in SECRETS if secret in text] == []
    assert "127.0.0.1" not in text


def test_a_failed_conversation_leaves_no_recording(fake: FakeVcenter, tmp_path: Path) -> None:
    """Half a recording would replay as a broken vCenter."""
    fake.fault("Login", "InvalidLogin")
    file = tmp_path / "failed.yaml.gz"
    with pytest.raises(LoginRejected), record(file) as connection:
        Session.open(fake.endpoint(), connection=connection)
    assert list(tmp_path.iterdir()) == []


def test_a_replay_ends_where_the_recording_does(recording: Path) -> None:
    """One answer more than was recorded is an error that names the request; so is a request that never was."""
    connection, version = replay(recording)
    session = Session.open(replay_endpoint("demo"), connection=connection, api_version=version)
    session.now()
    session.now()
    with pytest.raises(RecordingEnded, match="CurrentTime") as ended:
        session.now()
    assert str(recording) in str(ended.value)
    with pytest.raises(NotRecorded, match="CreateContainerView"):
        vim.view.ViewManager("ViewManager", session.service_instance._stub).CreateContainerView(  # noqa: SLF001
            session.content.rootFolder, [], recursive=True
        )
    session.close()


def test_a_replay_says_what_the_server_said(fake: FakeVcenter, tmp_path: Path) -> None:
    """In the recorded order, as often as one likes from the beginning, without the server, and without knowing the login."""
    file = tmp_path / "conversation.yaml.gz"
    said = recorded(fake, file)
    assert said[:2] == ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:05+00:00")
    heard = len(fake.received)
    for _ in range(2):
        connection, version = replay(file)
        assert version == "7.0.3.0"
        assert converse(Session.open(replay_endpoint("demo"), connection=connection, api_version=version)) == said
    connection, _ = replay(file)
    assert converse(Session.open(replay_endpoint("demo"), connection=connection)) == said, "asking for versions replays too"
    assert len(fake.received) == heard


def test_the_same_conversation_gives_the_same_bytes(fake: FakeVcenter, tmp_path: Path) -> None:
    """So that a recording made again shows in version control only where something changed."""
    first, second = tmp_path / "a.yaml.gz", tmp_path / "b.yaml.gz"
    recorded(fake, first)
    fake.packed = True
    recorded(fake, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_recording_can_be_read(recording: Path) -> None:
    """Answers are text, one element a line, also where the server compressed them."""
    lines = [line.strip() for line in gzip.decompress(recording.read_bytes()).decode().splitlines()]
    assert "<version>7.0.3</version>" in lines
    assert "<name>vSphere 8 &lt;Plus&gt;</name>" in lines
    assert not any("!!binary" in line or "Date:" in line for line in lines)


def test_replays_run_side_by_side(recording: Path) -> None:
    """Nothing is patched, so several vCenters replay in threads at once."""
    told: list[tuple[str, ...]] = []

    def run() -> None:
        connection, version = replay(recording)
        told.append(converse(Session.open(replay_endpoint("demo"), connection=connection, api_version=version)))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 6
    assert len(set(told)) == 1


@pytest.mark.parametrize("types", [["VmPoweredOnEvent"], ["com.example.New", "VmPoweredOnEvent"], []])
def test_a_recording_answers_also_whoever_asks_for_more_types_of_events(
    fake: FakeVcenter, tmp_path: Path, types: list[str]
) -> None:
    """The list grows with the program; to ask for all events, without a list, is another request."""

    def ask(session: Session, types: list[str]) -> str:
        events = vim.event.EventManager("EventManager", session.service_instance._stub)  # noqa: SLF001
        made = events.CreateCollectorForEvents(vim.event.EventFilterSpec(eventTypeId=types))
        return str(made._moId)  # noqa: SLF001

    fake.answer("CreateCollectorForEvents", '<returnval type="EventHistoryCollector">collector-1</returnval>')
    file = tmp_path / "events.yaml.gz"
    with (
        record(file, base=connection_class(fake.endpoint())) as connection,
        Session.open(fake.endpoint(), connection=connection) as session,
    ):
        ask(session, ["VmPoweredOnEvent", "VmMigratedEvent"])
    connection, version = replay(file)
    session = Session.open(replay_endpoint("demo"), connection=connection, api_version=version)
    with pytest.raises(NotRecorded) if not types else nullcontext():
        assert ask(session, types) == "collector-1"


def test_the_real_connection_underneath_can_be_another(fake: FakeVcenter, tmp_path: Path) -> None:
    """A recorder may put its own connections under the recording ones."""
    sent: list[str] = []

    class Noticing(HTTPSConnection):
        def request(self, method: str, url: str, *rest: object, **named: object) -> None:
            sent.append(f"{method} {url}")
            super().request(method, url, *rest, **named)  # type: ignore[arg-type]

    with record(tmp_path / "noticed.yaml.gz", base=Noticing) as connection:
        Session.open(fake.endpoint(), connection=connection).close()
    assert sent == ["GET /sdk/vimServiceVersions.xml", *["POST /sdk"] * 3]


@settings(deadline=None, max_examples=80)
@given(st.text())
def test_any_text_survives_the_file(text: str) -> None:
    """Line ends of all kinds, control characters and emoji come back as they were."""
    assert Readable.deserialize(Readable.serialize({"body": text})) == {"body": text}


@pytest.mark.vcsim
def test_a_simulators_inventory_is_recorded_and_replayed(vcsim: StartVcsim, tmp_path: Path) -> None:
    """Through the real conversation, with its own session objects."""
    simulator = vcsim()
    endpoint = replay_endpoint("sim").__class__(
        "sim", simulator.host, simulator.username, simulator.password, port=simulator.port, verify=False
    )
    file = tmp_path / "sim.yaml.gz"

    def names(session: Session) -> list[str]:
        view = session.content.viewManager.CreateContainerView(session.content.rootFolder, [vim.VirtualMachine], recursive=True)
        found = [machine.name for machine in view.view]
        view.DestroyView()
        session.close()
        return found

    with record(file) as connection:
        said = names(Session.open(endpoint, connection=connection))
    simulator.stop()
    connection, version = replay(file)
    assert len(said) == 4
    assert names(Session.open(replay_endpoint("sim"), connection=connection, api_version=version)) == said
