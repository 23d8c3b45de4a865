"""Configurations from text: what they mean, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vjourney.settings import ConfigurationError, Settings, load

Accepted = Callable[..., Settings]
Problems = Callable[..., list[str]]


@pytest.fixture
def minimal() -> str:
    """The least that is a configuration, in one line."""
    return "vcenters: [{name: a, host: vc.example.com, username: u, password_env: P}]\n"


@pytest.fixture
def accepted(tmp_path: Path) -> Accepted:
    """``accepted(text, **environ)``: the settings that this text means."""

    def read(text: str, **environ: str) -> Settings:
        path = tmp_path / "vjourney.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ or {"P": "secret"})

    return read


@pytest.fixture
def problems(tmp_path: Path) -> Problems:
    """``problems(text, **environ)``: the problems of a configuration with this text, without the name of its file."""

    def read(text: str | bytes, **environ: str) -> list[str]:
        path = tmp_path / "vjourney.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(ConfigurationError) as caught:
            load(path, environ or {"P": "secret"})
        lines = str(caught.value).splitlines()
        assert len(lines) == len(caught.value.problems)
        return [line.removeprefix(f"{path}:").strip() for line in lines]

    return read
