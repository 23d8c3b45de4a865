"""Values of the configuration that mean something else than they seem to: blanks, odd numbers, homes, folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.vjourney.settings.conftest import Problems

OTHERS = {"name": "a", "host": "vc.example.com", "username": "u", "password_env": "P"}


def vcenter(**given: str) -> str:
    """A configuration with one vCenter that has these keys besides."""
    return f"vcenters: [{{{', '.join(f'{key}: {value}' for key, value in (OTHERS | given).items())}}}]\n"


@pytest.mark.parametrize("key", ["name", "host", "port", "username", "password_env", "tls", "poll_interval", "tags", "replay"])
def test_a_key_without_a_value_is_no_default(key: str, problems: Problems) -> None:
    """A blank would be an empty password, a vCenter without an address, or a page that everyone may read."""
    assert any(f"vcenters[0].{key}: has no value; write one" in line for line in problems(vcenter(**{key: ""})))


@pytest.mark.parametrize(
    "section", ["web: {config_file:}", "store: {password_file:}", "declared:", "workloads:", "alerts:", "model:", "hysteresis:"]
)
def test_nor_is_one_of_another_section(section: str, problems: Problems) -> None:
    """One line for each, with the place of what is missing."""
    (line,) = problems(vcenter() + section)
    assert line.startswith("2:")
    assert line.endswith("has no value; write one, or leave the key out")


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 5000, "1" + "0" * 18, "-1" + "0" * 400])
def test_a_number_that_nothing_can_hold_is_a_problem(number: str, problems: Problems) -> None:
    """Neither Python's limits nor those of a database show."""
    (line,) = problems(vcenter(port=number))
    assert line.endswith("vcenters[0].port: is too large a number; write a smaller one, or put text in quotes")


@pytest.mark.parametrize("number", ["0443", "7:23", "12:34:56"])
def test_a_number_that_is_not_decimal_is_a_problem(number: str, problems: Problems) -> None:
    """YAML reads 0443 as 291 and 7:23 as 443, which nobody means."""
    (line,) = problems(vcenter(port=number))
    assert "vcenters[0].port: is a number of base 8 or 60 to YAML" in line


@pytest.mark.parametrize("key", ["password_file", "replay", "ca_file", "declared", "workloads", "model"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("~no-such-user/file", "~no-such-user/file begins with an unknown home folder; write the full path"),
        (r'"a\0b/c"', r"'a\x00b/c' is not the name of a file"),
        (r'"a\nb/c"', r"'a\nb/c' is not the name of a file"),
        (2048 * "a/", f"'{40 * 'a/'}…' is not the name of a file"),
    ],
)
def test_a_path_that_cannot_be_one_is_a_problem(key: str, name: str, said: str, problems: Problems) -> None:
    """Wherever a file is named."""
    text = {
        "password_file": f"vcenters: [{{name: a, host: h, username: u, password_file: {name}}}]",
        "replay": f"vcenters: [{{name: a, replay: {name}}}]",
        "ca_file": vcenter(tls=f"{{ca_file: {name}}}"),
    }.get(key, vcenter() + f"{key}: {name}")
    (line,) = problems(text)
    assert line.endswith(f"{key}: {said}")


@pytest.mark.parametrize("host", ["10.0.0", "300.1.1.1", "10.0.0.256", "1"])
def test_a_failed_address_is_no_host_name(host: str, problems: Problems) -> None:
    """No top level domain is a number."""
    (line,) = problems(vcenter(host=f"'{host}'"))
    assert f"{host!r} is not a host name or IP address" in line


def test_a_store_is_no_folder(tmp_path: Path, problems: Problems) -> None:
    """Named is the file, not where it lies."""
    (line,) = problems(vcenter() + "store: {url: 'sqlite:///.'}")
    assert line == f"2:14: store.url: names the folder {tmp_path}; name a file in it"


def test_a_variable_holds_one_line(problems: Problems) -> None:
    """As a password file does; what is no name of a variable may be the password itself."""
    (lines,) = problems(vcenter(password_env="LINES"), LINES="a\nb")
    assert "the environment variable LINES contains more than a password" in lines
    (line,) = problems(vcenter(password_env="''"))
    assert "is not the name of an environment variable" in line


def test_what_cannot_be_read_is_told_once(problems: Problems) -> None:
    """A value with a tag is one mistake."""
    assert problems(vcenter(host="!x y")) == [
        "1:28: vcenters[0].host: is not a plain value; put text that starts with ! in quotes, and use no tags"
    ]


def test_long_text_is_not_repeated_at_length(problems: Problems) -> None:
    """A message is for people."""
    (line,) = problems(vcenter(poll_interval="x" * 5000))
    assert len(line) < 250
