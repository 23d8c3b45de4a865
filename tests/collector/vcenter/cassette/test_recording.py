"""What goes into a recording, what must not, and what is left where there can be none."""

from __future__ import annotations

import errno
import gzip
import os
from http.client import HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.vcenter import packing
from collector.vcenter.cassette import record
from collector.vcenter.errors import LoginRejected
from collector.vcenter.packing import Readable
from collector.vcenter.session import Session

if TYPE_CHECKING:
    from tests.collector.vcenter.cassette.conftest import Recorded
    from tests.collector.vcenter.conftest import FakeVcenter

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


def test_a_recording_holds_no_secret(recording: Path) -> None:
    """Neither credentials nor cookies, session keys, licence keys, addresses or the account's name."""
    text = gzip.decompress(recording.read_bytes()).decode()
    assert [secret for secret in SECRETS if secret in text] == []
    assert "127.0.0.1" not in text


def test_a_recording_can_be_read(recording: Path) -> None:
    """Answers are text, one element a line, also where the server compressed them."""
    lines = [line.strip() for line in gzip.decompress(recording.read_bytes()).decode().splitlines()]
    assert "<version>7.0.3</version>" in lines
    assert "<name>vSphere 8 &lt;Plus&gt;</name>" in lines
    assert not any("!!binary" in line or "Date:" in line for line in lines)


def test_the_same_conversation_gives_the_same_bytes(fake: FakeVcenter, tmp_path: Path, recorded: Recorded) -> None:
    """So that a recording made again shows in version control only where something changed."""
    first, second = tmp_path / "a.yaml.gz", tmp_path / "b.yaml.gz"
    recorded(first)
    fake.packed = True
    recorded(second)
    assert first.read_bytes() == second.read_bytes()


@settings(deadline=None, max_examples=80)
@given(st.text())
def test_any_text_survives_the_file(text: str) -> None:
    """Line ends of all kinds, control characters and emoji come back as they were."""
    assert Readable.deserialize(Readable.serialize({"body": text})) == {"body": text}


def test_the_real_connection_underneath_can_be_another(fake: FakeVcenter, tmp_path: Path) -> None:
    """A recorder may put its own connections under the recording ones."""
    sent: list[str] = []

    class Noticing(HTTPSConnection):
        def request(self, method: str, url: str, *rest: object, **named: object) -> None:
            sent.append(f"{method} {url}")
            super().request(method, url, *rest, **named)  # type: ignore[arg-type]

    with record(tmp_path / "noticed.yaml.gz", base=Noticing) as tape:
        Session.open(fake.endpoint(), connection=tape.connection).close()
    assert sent == ["GET /sdk/vimServiceVersions.xml", *["POST /sdk"] * 3]


def test_a_failed_conversation_leaves_no_recording(fake: FakeVcenter, tmp_path: Path) -> None:
    """Half a recording would replay as a broken vCenter."""
    fake.fault("Login", "InvalidLogin")
    file = tmp_path / "failed.yaml.gz"
    with pytest.raises(LoginRejected), record(file) as tape:
        Session.open(fake.endpoint(), connection=tape.connection)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_no_part_of_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written whole is taken away again."""

    def fill(file: Path, _content: bytes) -> int:
        file.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match="No space left"):
        packing.Gzipped.save_cassette(tmp_path / "ours.yaml.gz", {"requests": [], "responses": []}, Readable)
    assert list(tmp_path.iterdir()) == []
