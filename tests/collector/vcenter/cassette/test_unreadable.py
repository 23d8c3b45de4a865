"""Files that are no recordings: missing, cut short, foreign, or larger than any recording."""

from __future__ import annotations

import gzip
import tracemalloc
from contextlib import nullcontext
from pathlib import Path

import pytest

from collector.vcenter import packing
from collector.vcenter.cassette import description, replay
from collector.vcenter.errors import RecordingUnreadable


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
