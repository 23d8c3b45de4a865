"""Passwords and addresses of stores: where they may stand, and that no problem shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.vjourney.settings.conftest import Problems


@pytest.mark.parametrize(
    "entry",
    [
        "password: hunter2horse",
        "pasword: hunter2horse",
        "password_file: [hunter2horse]",
        "password: *hunter2horse",
        "password: !hunter2horse",
        "password: !hunter2horse!x y",
        "password: 'hunter2horse",
        "password: &hunter2horse",
        "password_env: P, password: hunter2horse",
        "password_env: 'hunter2horse!'",
        "password_env: P, host: 'https://svc:hunter2horse@h'",
    ],
)
def test_a_password_in_the_file_is_never_repeated(entry: str, problems: Problems) -> None:
    """However a password gets into the file, no problem shows it."""
    text = f"vcenters: [{{name: a, username: u, {entry}{'' if 'host:' in entry else ', host: h'}}}]"
    assert "hunter2horse" not in "\n".join(problems(text))


@pytest.mark.parametrize(
    "url",
    ["postgres://u:hunter2horse@h/d", "hunter2horse", "postgresql://u:hunter2horse@h", "postgresql://u:hunter2horse@h:0/d"],
)
def test_a_store_address_that_is_refused_is_not_repeated(url: str, problems: Problems, minimal: str) -> None:
    """A database URL may hold a password and is not shown in the problem about it."""
    (line,) = problems(f"{minimal}store: {{url: '{url}'}}")
    assert line.startswith("2:14: store.url: ")
    assert "hunter2horse" not in line


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:vjourney.db", "sqlite:///a.db?mode=ro", "sqlite:///a\\0"]
)
def test_an_sqlite_store_needs_a_file(url: str, problems: Problems, minimal: str) -> None:
    """History in memory, or with options, is refused."""
    (line,) = problems(f'{minimal}store: {{url: "{url}"}}')
    assert "sqlite:///vjourney.db" in line


def test_a_store_password_needs_a_user_and_a_server(problems: Problems, minimal: str) -> None:
    """A password beside the URL contradicts one inside it, a missing user and an SQLite file."""
    for url in ("postgresql://u:p@h/d", "postgresql://h/d", "sqlite:///x.db"):
        (line,) = problems(f"{minimal}store: {{url: '{url}', password_env: P}}")
        assert "password" in line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff", "is not UTF-8 text"),
        (b"hunter2horse\n\n", "contains more than a password"),
        (b"user\nhunter2horse\n", "contains more than a password"),
        (b"hunter2\0horse", "contains more than a password"),
    ],
)
def test_an_unusable_password_file_is_a_problem(tmp_path: Path, content: bytes, words: str, problems: Problems) -> None:
    """A password file must hold a password."""
    (tmp_path / "pw").write_bytes(content)
    (line,) = problems("vcenters: [{name: a, host: h, username: u, password_file: pw}]")
    assert "vcenters[0].password_file: pw " in line
    assert words in line
    assert "horse" not in line
