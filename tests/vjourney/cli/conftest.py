"""Configurations for the command line: bundled recordings, and a vCenter that refuses."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vjourney.demo import recordings

Configure = Callable[..., Path]


@pytest.fixture
def refused_port() -> Iterator[int]:
    """A port on loopback where nobody listens, kept from others."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def configuration(tmp_path: Path) -> Configure:
    """``configuration(*names, refused=None)``: a file with these bundled recordings, and a vCenter at a port that refuses."""

    def write(*names: str, refused: int | None = None) -> Path:
        (tmp_path / "password").write_text("secret-word\n")
        entries = [f"name: {name}, replay: {recordings()[name]}" for name in names]
        if refused is not None:
            entries.append(f"name: down, host: 127.0.0.1, port: {refused}, username: u, password_file: password")
        file = tmp_path / "vjourney.yaml"
        file.write_text("vcenters:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries))
        return file

    return write
