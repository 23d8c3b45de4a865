"""Bundled recordings hold nothing of a real vCenter: no address, host, account, key or certificate but invented ones.

Whoever hands in a recording made by ``vjourney record`` passes. The lists below are for names that somebody made up for an
estate; a name of a real organisation belongs on none of them.
"""

from __future__ import annotations

import base64
import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import fixtures

RECORDINGS = sorted(path for path in (Path(fixtures.__file__).parent / "recordings").rglob("*") if path.is_file())

INVENTED_DOMAINS = frozenset(
    {
        *("vsphere.local", "larkspur", "northwind", "marlow"),
        *("aldermoor", "ashcombe", "bellw", "bfht", "caldera", "enclave", "haldane", "omw", "pennyfield", "pmu", "qf"),
        *("sablewood", "strato", "tilden", "tisbury", "vtg"),
    }
)
"""Domains of accounts: those of the estates, and the one that every vCenter has."""

RESERVED_HOSTS = re.compile(r"(?:.*\.)?(?:example|invalid|test|localhost|example\.(?:com|net|org))", re.IGNORECASE)
"""Domains that belong to nobody (RFC 2606, RFC 6761)."""

SCHEMAS = frozenset({"schemas.xmlsoap.org", "www.w3.org"})
RESERVED_NETS = re.compile(r"(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}")
"""Addresses for documentation (RFC 5737)."""

PSEUDONYM = re.compile(r"[a-z-]*x\d{9}z|")
PLACEHOLDER = "recorded"

ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
LEAST_OCTET = 10
"""Versions have four numbers too, and begin with less."""

ADDRESS_6 = re.compile(
    r"(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![0-9a-f:])|[0-9a-f]{1,4}::[0-9a-f]{1,4}", re.IGNORECASE
)
HARDWARE_ADDRESS = re.compile(r"\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE)
HOST = re.compile(r"(?<![\w.@/-])(?:[a-z0-9][a-z0-9-]*\.)+(?:[a-z]{2,24})(?![\w.-])", re.IGNORECASE)
TOP_LEVEL = re.compile(
    r"com|net|org|info|biz|edu|gov|mil|int|io|dev|app|cloud|corp|lan|lab|local|localdomain|home|internal|intra|intranet|private|priv"
    r"|ad|ae|at|au|be|br|ca|ch|cn|cz|de|dk|es|eu|fi|fr|gr|hk|hu|ie|il|in|it|jp|kr|lu|mx|nl|no|nz|pl|pt|ro|ru|se|sg|sk|tr|tw|ua|uk|us|za"
)
REVERSED = re.compile(r"(?:com|org|net|io|vim|esx|hbr|vprob|vsan)\.", re.IGNORECASE)
"""Identifiers of software are written the other way round."""

ACCOUNT = re.compile(r"<(?:userName|assignedTo)\b[^<>]*>([^<]+)</")
PERSON = re.compile(r"<fullName\b[^<>]*>(?!recorded<|VMware )([^<]+)<")
MAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)*[\w-]+)")
LICENCE_KEY = re.compile(r"\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b")
SECRET_ELEMENT = re.compile(
    r"<(licenseKey|password|sessionId|vcSessionCookie|sslThumbprint|thumbprint|certificate)\b[^<>]*>([^<]+)<"
)
CERTIFICATE = re.compile(
    r"BEGIN [A-Z ]*(?:CERTIFICATE|KEY)|\bMII[A-Za-z0-9+/]{40}|\b(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}\b", re.IGNORECASE
)
BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])")
COOKIE = re.compile(r"vmware_soap_session|set-cookie|authorization:", re.IGNORECASE)


def suspicious(text: str) -> Iterator[str]:
    """Whatever in a text looks like somebody's own, with what it looks like."""
    for found in ADDRESS.findall(text):
        if int(found.partition(".")[0]) >= LEAST_OCTET and not RESERVED_NETS.fullmatch(found):
            yield f"address {found}"
    yield from (f"IPv6 address {found}" for found in ADDRESS_6.findall(text))
    yield from (f"hardware address {found}" for found in HARDWARE_ADDRESS.findall(text))
    for found in HOST.findall(text):
        top = found.rpartition(".")[2].lower()
        known = found.lower() in SCHEMAS | INVENTED_DOMAINS or RESERVED_HOSTS.fullmatch(found) or REVERSED.match(found)
        if TOP_LEVEL.fullmatch(top) and not known:
            yield f"host {found}"
    yield from (f"account {found}" for found in ACCOUNT.findall(text) if not is_invented(found))
    yield from (f"person {found}" for found in PERSON.findall(text))
    yield from (f"e-mail at {found}" for found in MAIL.findall(text) if not is_free(found))
    yield from (f"licence key {found}" for found in LICENCE_KEY.findall(text))
    yield from (f"{kind} {content}" for kind, content in SECRET_ELEMENT.findall(text) if content != PLACEHOLDER)
    yield from (f"certificate {found}" for found in CERTIFICATE.findall(text))
    yield from (f"cookie {found}" for found in COOKIE.findall(text))


def is_free(domain: str) -> bool:
    """Whether a domain is invented, reserved, an address for documentation or a pseudonym."""
    low = domain.lower()
    reserved = RESERVED_HOSTS.fullmatch(low) or RESERVED_NETS.fullmatch(low)
    return bool(low in INVENTED_DOMAINS or reserved or PSEUDONYM.fullmatch(low))


def is_invented(account: str) -> bool:
    """Whether an account is a placeholder, a pseudonym, the platform's own or of an invented domain."""
    plain = html.unescape(account)
    domain, backslash, name = plain.rpartition("\\")
    if not backslash:
        name, _, domain = plain.partition("@")
    return is_free(domain) if domain else bool(name in {PLACEHOLDER, "root", "vpxuser", "dcui"} or PSEUDONYM.fullmatch(name))


def texts(file: Path) -> Iterator[str]:
    """What a recording says, each line once: as it stands, without escapes, and what is in base64 in it."""
    raw = "\n".join(dict.fromkeys(gzip.decompress(file.read_bytes()).decode().splitlines()))
    yield raw
    plain = html.unescape(raw)
    if plain != raw:
        yield plain
    for found in set(BASE64.findall(raw)):
        try:
            yield base64.b64decode(found, validate=True).decode("ascii")
        except ValueError:
            continue


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: str(file.name))
def test_a_recording_holds_nothing_of_anybody(file: Path) -> None:
    """Every file in the folder is a recording, and nothing in it looks like it came from a real vCenter."""
    assert file.name.endswith(".yaml.gz")
    found = sorted({what for text in texts(file) for what in suspicious(text)})
    assert found == [], f"{file.name}: make it with `vjourney record`, or list what was invented for an estate in this test"


@pytest.mark.parametrize(
    "text",
    [
        "<name>10.1.2.3</name>",
        "<name>fe80::1ff</name>",
        "<v>2001:db8:0:0:1:0:0:1</v>",
        "<macAddress>00:50:56:aa:bb:cc</macAddress>",
        "<name>esx01.acme.com</name>",
        "<name>vc.rax.lab</name>",
        "<userName>jdoe</userName>",
        "<userName>CORP\\jdoe</userName>",
        "<userName>jdoe@acme.com</userName>",
        "<fullName>Jane Doe</fullName>",
        "<annotation>call jdoe@acme.com</annotation>",
        "<licenseKey>0A1B2-C3D4E-5F6G7-H8I9J-0K1L2</licenseKey>",
        "<note>0A1B2-C3D4E-5F6G7-H8I9J-0K1L2</note>",
        "<password>hunter2</password>",
        "-----BEGIN CERTIFICATE-----",
        "<sslThumbprint>AB</sslThumbprint>",
        "Set-Cookie: vmware_soap_session",
    ],
)
def test_what_looks_like_somebodys_own_is_found(text: str) -> None:
    """The search above finds each of the kinds it is there for."""
    assert list(suspicious(text)) != []


@pytest.mark.parametrize("text", ["10.1.2.3", "jdoe@acme.com and nobody else", "esx01.acme.com is the first host"])
def test_base64_and_escapes_hide_nothing(text: str, tmp_path: Path) -> None:
    """What stands in base64 or as character references is searched too."""
    file = tmp_path / "r.yaml.gz"
    hidden = "".join(f"&#{ord(character)};" for character in text)
    coded = base64.b64encode(f"the text is: {text}".encode()).decode()
    for content in (hidden, f"<v>{coded}</v>"):
        file.write_bytes(gzip.compress(content.encode()))
        assert [what for found in texts(file) for what in suspicious(found)] != []
