"""Basic authentication: who is kept out, and what it costs to let someone in."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import bcrypt
import httpx
import pytest
from starlette.responses import PlainTextResponse

from exporters.web.security import MOST_REMEMBERED, BasicAuth

Ask = Callable[..., httpx.Response]
PASSWORD = "correct horse"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(rounds=4)).decode()
USERS = {"prom": HASH, "zoë": HASH.replace("$2b$", "$2y$")}


def basic(user: str, password: str) -> dict[str, str]:
    """The Authorization header of these credentials."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The hashes that passwords were compared with, in order."""
    seen: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        seen.append(hashed)
        return check(password, hashed)

    monkeypatch.setattr("exporters.web.security.bcrypt.checkpw", counted)
    return iter([seen])


@pytest.fixture
def guarded() -> BasicAuth:
    """An application behind basic authentication."""
    return BasicAuth(PlainTextResponse("secret"), USERS)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("prom", "wrong"),
        basic("nobody", PASSWORD),
        basic("", ""),
        basic("prom", "x" * 100),
        basic("prom", HASH),
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:x").decode()},
        {"Authorization": "Bearer " + base64.b64encode(f"prom:{PASSWORD}".encode()).decode()},
    ],
)
def test_wrong_credentials_are_kept_out(guarded: BasicAuth, ask: Ask, headers: dict[str, str]) -> None:
    """Whatever is wrong, the answer is the same and shows nothing."""
    answer = ask(guarded, "/", headers=headers)
    assert (answer.status_code, answer.text) == (401, "A user name and a password are required.\n")
    assert answer.headers["www-authenticate"].startswith('Basic realm="vjourney"')


def test_a_hash_that_is_none_is_refused_at_once() -> None:
    """A password in clear in the file is an error with the command that helps."""
    with pytest.raises(ValueError, match="user 'prom' is not a bcrypt hash; make one with: htpasswd -nBC 10 prom"):
        BasicAuth(PlainTextResponse(""), {"prom": "secret"})


@pytest.mark.parametrize("user", list(USERS))
def test_the_right_password_is_let_in(guarded: BasicAuth, ask: Ask, user: str) -> None:
    """Hashes of htpasswd and of bcrypt are both read, names may be any letters."""
    assert ask(guarded, "/", headers=basic(user, PASSWORD)).text == "secret"


def test_a_verified_password_is_not_hashed_again(guarded: BasicAuth, ask: Ask, checks: Iterator[list[bytes]]) -> None:
    """The second scrape costs no bcrypt; a wrong password still does."""
    seen = next(checks)
    for _ in range(3):
        assert ask(guarded, "/", headers=basic("prom", PASSWORD)).status_code == 200
    assert len(seen) == 1
    assert ask(guarded, "/", headers=basic("prom", "wrong")).status_code == 401
    assert len(seen) == 2


def test_an_unknown_user_costs_as_much_as_a_wrong_password(guarded: BasicAuth, ask: Ask, checks: Iterator[list[bytes]]) -> None:
    """Time must not tell which users there are."""
    seen = next(checks)
    ask(guarded, "/", headers=basic("nobody", PASSWORD))
    ask(guarded, "/", headers=basic("nobody", PASSWORD))
    assert len(seen) == 2


def test_remembered_credentials_are_bounded(ask: Ask) -> None:
    """Many users do not fill the memory, and all are still let in."""
    users = {f"user{number}": HASH for number in range(MOST_REMEMBERED + 5)}
    guarded = BasicAuth(PlainTextResponse("secret"), users)
    assert {ask(guarded, "/", headers=basic(user, PASSWORD)).status_code for user in [*users, "user0"]} == {200}
