"""The wheel holds the program, its data and the bundled recordings; what makes and tests them stays in the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("collector", "inference", "exporters", "vjourney")
STAGES = ["business-production", "experimentation", "it-as-a-service", "it-production"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation unpacks, built from a copy of the sources: a build leaves its folders beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in (*PACKAGES, "fixtures"):
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(folder / "source")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # pip itself
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def files_in(folder: Path) -> set[str]:
    """The files of a folder and of those in it, by their paths from there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_holds_the_program_and_the_recordings_alone(installed: Path) -> None:
    """Every module, template, rule, dashboard, table and migration; of the fixtures nothing but what the demo replays."""
    program = {f"{name}/{file}" for name in PACKAGES for file in files_in(ROOT / name) if "__pycache__" not in file}
    recordings = {f"fixtures/recordings/{stage}.yaml.gz" for stage in STAGES}
    shipped = {file for file in files_in(installed) if ".dist-info/" not in file}
    assert sorted(shipped ^ (program | recordings)) == []


def test_an_installed_demo_finds_the_recordings(installed: Path) -> None:
    """Also where no other module of the fixtures is. Without ``site`` only the wheel and what it depends on are found."""
    code = "from vjourney import demo; print(*(f'{name}={file}' for name, file in demo.recordings().items()))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(installed), sysconfig.get_path("purelib")))}
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=installed.parent, env=environment)  # noqa: S603
    assert done.stdout.split() == [f"{stage}={installed}/fixtures/recordings/{stage}.yaml.gz" for stage in STAGES]
