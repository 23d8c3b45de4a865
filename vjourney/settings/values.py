"""The values of the configuration file: each function takes text or a number and gives the typed value, or a clear sentence."""

from __future__ import annotations

import re
import ssl
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, urlsplit

from vjourney.settings.cron import cron_fields
from vjourney.settings.places import read_text, shown

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_HOST = re.compile(
    r"(?=.{1,253}\.?$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_BCRYPT = re.compile(r"\$2[abxy]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")
_DIGESTS = {40: "SHA-1", 64: "SHA-256"}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LONGEST_PATH = 4096
"""From so many characters on no system call takes a path."""

_STORES = ("sqlite", "postgresql", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to serve on; ``host`` is empty for every address of the machine, an IPv6 address stands without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        """The address as it is written in the configuration."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def duration(value: object) -> timedelta:
    """``90s``, ``5m``, ``1h30m`` or ``1d``."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found or not value:
        raise ValueError(f"{shown(value)} is not a duration; write a number with s, m, h or d, such as 5m")
    try:
        return timedelta(
            seconds=sum(int(number or 0) * unit for number, unit in zip(found.groups(), _UNITS.values(), strict=True))
        )
    except (OverflowError, ValueError):  # the second for more digits than Python reads
        raise ValueError(f"{shown(value)} is too long to be counted; write a shorter one, such as 5m") from None


def between(shortest: str, longest: str) -> Callable[[timedelta], timedelta]:
    """A check that a duration is neither shorter nor longer than these."""

    def check(value: timedelta) -> timedelta:
        if value < duration(shortest):
            raise ValueError(f"is too short; at least {shortest} is allowed")
        if value > duration(longest):
            raise ValueError(f"is too long; at most {longest} is allowed")
        return value

    return check


def word(value: str) -> str:
    """Text that is not empty and has no line breaks or other control characters."""
    if not value.strip():
        raise ValueError("is empty; write some text")
    if not value.isprintable():
        raise ValueError("contains a line break or another control character; remove it")
    return value


def host(value: str) -> str:
    """A host name or IP address; brackets around an IPv6 address are taken off."""
    if "://" in value:
        raise ValueError("is a URL; write only the host name, such as vcenter.example.com")
    bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    if re.fullmatch(r"[^:]+:\d+", value):
        raise ValueError(f"{shown(value)} contains a port; write it under the key port")
    if not _HOST.fullmatch(value) or value.rstrip(".").rpartition(".")[2].isdigit():  # a failed attempt at an IPv4 address
        raise ValueError(f"{shown(value)} is not a host name or IP address; write one such as vcenter.example.com")
    return value


def port(value: int) -> int:
    """A TCP port."""
    if not 1 <= value <= 65535:  # noqa: PLR2004  # the range of TCP ports
        raise ValueError(f"{value} is not a port; write a number from 1 to 65535")
    return value


def listen(value: object) -> Listen:
    """``127.0.0.1:9747``, ``[::1]:9747``, or ``:9747`` for every address; port 0 is any free one."""
    found = re.fullmatch(r"(\[[^\[\]]+\]|[^:\[\]]*):(\d{1,5})", value, re.ASCII) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{shown(value)} is not an address to listen on; write host:port, such as 127.0.0.1:9747")
    return Listen(host(found[1]) if found[1] else "", port(int(found[2])) if int(found[2]) else 0)


def thumbprint(value: str) -> str:
    """A SHA-1 or SHA-256 certificate thumbprint, as ``AA:BB:…``."""
    digits = value.replace(":", "")
    if len(digits) not in _DIGESTS or not re.fullmatch(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*|[0-9A-Fa-f]+", value):
        raise ValueError(
            f"{shown(value)} is not a thumbprint; write the 20 bytes of SHA-1 or 32 of SHA-256 in hex, such as AA:BB:…"
        )
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def path_in(folder: Path, value: str) -> Path:
    """A path, relative to ``folder``; ``~`` is a home."""
    if not value or len(value) >= _LONGEST_PATH or _has_control_characters(value):  # messages repeat the others in full
        raise ValueError(f"{shown(value)} is not the name of a file")
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:  # no such user, or none with a home
        raise ValueError(f"{value} begins with an unknown home folder; write the full path") from None


def file_in(folder: Path, value: str) -> Path:
    """A readable file, relative to ``folder``."""
    path = path_in(folder, value)
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise ValueError(f"{value} cannot be read: {(error.strerror or str(error)).lower()}") from None


def authorities_in(folder: Path, value: str) -> Path:
    """A readable file with at least one certificate in PEM format."""
    path = file_in(folder, value)
    try:
        ssl.create_default_context(cafile=str(path))
    except (ssl.SSLError, OSError, ValueError):
        raise ValueError(f"{value} contains no certificate in PEM format") from None
    return path


def secret_in(folder: Path, value: str) -> str:
    """The content of a file without the one line break at its end."""
    path = path_in(folder, value)
    try:
        secret = read_text(path)
    except ValueError as error:
        raise ValueError(f"{value} {error}") from None
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise ValueError(f"{value} is empty; write the password into it")
    return _one_line(secret, value)


def secret_of(environ: Mapping[str, str], name: str) -> str:
    """The content of an environment variable; what cannot be the name of one is not repeated, since it may be a password."""
    if not _VARIABLE.fullmatch(name):
        raise ValueError("is not the name of an environment variable; write one such as VJOURNEY_PROD_PASSWORD")
    secret = environ.get(name)
    if not secret:
        raise ValueError(f"the environment variable {name} is {'not set' if secret is None else 'empty'}")
    return _one_line(secret, f"the environment variable {name}")


def _one_line(secret: str, where: str) -> str:
    """A password that can be sent: no XML can hold the control characters of a wrong file."""
    if _has_control_characters(secret):
        raise ValueError(f"{where} contains more than a password: a second line or another control character; remove it")
    return secret


def _has_control_characters(text: str) -> bool:
    return any(unicodedata.category(sign) == "Cc" for sign in text)


def bcrypt_hash(value: str) -> str:
    """A bcrypt hash; a refused one is not repeated, since it may be a password."""
    if not _BCRYPT.fullmatch(value):
        raise ValueError("is not a bcrypt hash; make one with: htpasswd -nBC 10 NAME")
    return value


def web_url(value: str) -> str:
    """The address of a web service; a refused one is not repeated, since it may hold a password."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is not a web address; write one such as http://alertmanager.example.com:9093")
    return value


def store_url(folder: Path, value: str, password: str = "") -> str:
    """A database URL, an SQLite file made absolute; a refused one is not repeated, since it may hold a password."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in _STORES:
        raise ValueError("is not a store; write sqlite:///vjourney.db or postgresql+psycopg://user@host/database")
    if scheme == "sqlite" and password:
        raise ValueError("is a file and has no password; remove the password beside it")
    if scheme == "sqlite":
        return f"sqlite:///{_database_in(folder, rest)}"
    try:
        parts = urlsplit(value)
        usable = bool(parts.path.strip("/")) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("names no database; write postgresql+psycopg://user@host/database")
    if password and (parts.password or not parts.username):
        raise ValueError("must name a user and no password, because a password is given beside it")
    if password:
        _, _, address = parts.netloc.rpartition("@")
        parts = parts._replace(netloc=f"{parts.username}:{quote(password, safe='')}@{address}")
    return parts._replace(scheme="postgresql+psycopg").geturl()


def _database_in(folder: Path, rest: str) -> Path:
    """The file that an SQLite URL names behind its two slashes."""
    name = rest.removeprefix("/")
    if not rest.startswith("/") or not name or "?" in name or "\0" in name or name.startswith(":"):
        raise ValueError("names no file; write sqlite:///vjourney.db, or with four slashes for an absolute path")
    file = (folder / name).absolute()
    try:
        is_folder, has_folder = file.is_dir(), file.parent.is_dir()
    except OSError as error:  # a name that is too long for any file
        raise ValueError(f"names no file that could be there ({error.strerror}); write a shorter path") from None
    if is_folder:
        raise ValueError(f"names the folder {file}; name a file in it")
    if not has_folder:
        raise ValueError(f"names a file in {file.parent}, which is not a folder; create it")
    return file


def cron(value: str) -> str:
    """A schedule of five fields: minute, hour, day of the month, month, day of the week."""
    cron_fields(value)
    return value
