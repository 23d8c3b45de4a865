"""The demonstration, which leaves nothing behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vjourney import demo


def test_a_poll_in_flight_keeps_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may make a file again while its folder is removed; the folder is gone all the same, and nothing fails."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    remove, removals = shutil.rmtree, []

    def interfered(folder: Path, *, ignore_errors: bool) -> None:
        removals.append(folder)
        if len(removals) > 1:
            remove(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", interfered)
    with demo.settings(0) as settings:
        (folder,) = tmp_path.iterdir()
        assert str(folder) in settings.store.url.get_secret_value()
        (folder / "demo.db-journal").touch()
    assert removals == [folder, folder]
    assert list(tmp_path.iterdir()) == []
