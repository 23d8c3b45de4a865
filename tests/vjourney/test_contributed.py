"""Recordings that others hand in: anonymised by ``vjourney record``, whole, small, and replayed without a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import fixtures
from collector.vcenter.cassette import description
from vjourney import recording
from vjourney.demo import recordings
from vjourney.replaying.replay import NothingToReplay, replay

RECORDINGS = Path(fixtures.__file__).parent / "recordings"
MOST = 20_000_000
"""Bytes of all recordings together."""


def faults(file: Path) -> Iterator[str]:
    """What is wrong with a recording that somebody hands in."""
    said = description(file)
    if said.get("anonymised") is not True:
        yield f"{file.name} was not made by vjourney record"
    try:
        document = replay([file])
    except NothingToReplay as nothing:
        yield from nothing.problems
        return
    (vcenter,) = document["vcenters"]
    if vcenter["status"] == "failed":
        yield vcenter["error"]
    if not document["assessments"] or not said.get("polls"):
        yield f"{file.name} holds no poll"


def test_recordings_that_were_handed_in_are_sound() -> None:
    """Each of them, however many there are."""
    found = sorted((RECORDINGS / "contributed").glob("*"))
    assert [fault for file in found for fault in faults(file)] == []
    assert all(file.name.endswith(".yaml.gz") for file in found)


def test_all_recordings_together_stay_small() -> None:
    """A repository is no place for more."""
    assert sum(path.stat().st_size for path in RECORDINGS.rglob("*.gz")) < MOST


def test_what_is_wrong_is_found(tmp_path: Path, record_bundled: Callable[..., recording.Recorded]) -> None:
    """An invented estate is not anonymised, a file cut short does not replay, and one by ``vjourney record`` is sound."""
    bundled, sound = recordings()["experimentation"], tmp_path / "sound.yaml.gz"
    record_bundled("experimentation", sound, 2)
    assert list(faults(sound)) == []
    assert any("was not made by vjourney record" in fault for fault in faults(bundled))
    sound.write_bytes(sound.read_bytes()[:-100])
    assert any("cut short or damaged" in fault for fault in faults(sound))
