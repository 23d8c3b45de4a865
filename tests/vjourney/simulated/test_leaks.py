"""The leak test: real vCenters, recorded through the simulator, and searched for everything that tells whose they are."""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote
from xml.etree import ElementTree as ET

import pytest
import pyVmomi

from collector.vcenter.anonymise.platform import PRODUCT_WORDS

if TYPE_CHECKING:
    from tests.vjourney.simulated.conftest import Operator, Recordings

pytestmark = pytest.mark.vcsim

OF_TAGS = {"rax", "jane.doe", "of the corporation"}
"""What is in the tags, and in their descriptions."""

NAMED = {
    "name",
    "hostName",
    "domainName",
    "dnsName",
    "userName",
    "fullName",
    "vmPathName",
    "annotation",
    "licenseKey",
    "password",
}
"""Elements and properties whose text is somebody's own."""

UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
MAC = re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", re.IGNORECASE)
MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
FILE = re.compile(r"\[[^\]<>]+\] [^<>]+\.(?:vmx|vmdk|vmtx)")
THUMBPRINT = re.compile(r"\b(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}\b", re.IGNORECASE)

CODINGS = ("utf-8", "utf-16-le", "utf-16-be")
WORD = re.compile(r"[a-z]{4,}")
LEAST_ENCODED = 6
"""Fewer letters of base64 are met by chance."""

LEAST_HEX = 12
"""So are fewer hexadecimal digits, in UUIDs and pseudonyms."""

HEXADECIMAL = frozenset("0123456789abcdef")
DIGITS = re.compile(r"[0-9a-f]{8,}|[0-9a-f]{4,}(?:-[0-9a-f]{4,})+")
"""Where they are: runs of digits, and UUIDs."""

COMMON = frozenset(
    {
        *("vm", "host", "datastore", "network", "datacenters", "resources", "discovered virtual machine", "root"),
        *(
            "local",
            "management",
            "monitoring",
            "none",
            "pods",
            "shared",
            "vmotion",
            "vsan",
            "workload",
            "esxi",
            "nfs",
            "nsx",
            "filer",
        ),
        *("vcls", "vcenter", "dns", "com.vmware.vim.eam"),
        *("routing", "supermicro", "vmtx", "workloads"),
    }
)
"""Names that are words of the platform, of the lexicon or of XML, or parts of such words: they identify nobody."""


def inventory(directory: Path) -> Iterator[ET.Element]:
    """The documents of a captured vCenter."""
    for file in sorted(directory.glob("*.xml")):
        yield ET.parse(file).getroot()  # noqa: S314  # the captures are ours


def originals(directory: Path) -> dict[str, set[str]]:
    """What is to be gone, by its kind, found in the captured documents without any code of this project."""
    found: dict[str, set[str]] = {"name": set(), "pattern": set()}
    for document in inventory(directory):
        kind = (document.find("obj") or document).get("type")
        for prop in document.iter("propSet"):
            if prop.findtext("name") in NAMED:
                found["name"].add(prop.findtext("val") or "")
        if kind not in {"ExtensionManager", "EventManager", "PerformanceManager", "OptionManager", "AuthorizationManager"}:
            found["name"] |= {element.text or "" for element in document.iter() if element.tag in NAMED - {"name"}}
        text = "\n".join(document.itertext())
        for pattern in (UUID, MAC, MAIL, FILE, THUMBPRINT):
            found["pattern"] |= set(pattern.findall(text))
        found["pattern"] |= {address for address in IPV4.findall(text) if is_address(address)}
    found["name"] = {name.strip() for name in found["name"] if len(name.strip()) > 2 and name.strip().lower() not in COMMON}
    return found


def is_address(text: str) -> bool:
    """Whether four numbers are an address of somebody's and neither a version nor a mask."""
    parts = [int(part) for part in text.split(".")]
    return all(part <= 255 for part in parts) and parts[0] not in {0, 127, 255} and parts[0] > 9


def spellings(secret: str) -> set[str]:
    """A secret as text, in XML, in URLs, in vCenter's own escapes, in hexadecimal, and in base64 wherever it began."""
    forms = {secret, html.escape(secret), html.escape(secret, quote=False), secret.replace("/", "%2f").replace("\\", "%5c")}
    forms |= {quote(secret), quote(secret, safe=""), quote_plus(secret), secret.encode("unicode_escape").decode()}
    for coding in CODINGS:
        forms |= {digits for digits in [secret.encode(coding).hex()] if len(digits) >= LEAST_HEX}
        forms |= {"%".join(["", *(f"{byte:02x}" for byte in secret.encode(coding))])}
    forms |= {
        "".join(f"&#{ord(character)};" for character in secret),
        "".join(f"&#x{ord(character):x};" for character in secret),
    }
    return {form.lower() for form in forms} | {core for coding in CODINGS for core in encoded(secret.encode(coding))}


def is_by_chance(form: str) -> bool:
    """Whether so few hexadecimal digits are met among others by chance."""
    return len(form) < LEAST_HEX and HEXADECIMAL.issuperset(form)


def encoded(secret: bytes) -> set[str]:
    """The base64 of a secret in each of its three positions, without what its neighbours change, where enough is left."""
    texts = (base64.b64encode(b"\0" * shift + secret).decode().rstrip("=") for shift in range(3))
    cores = (text[cut:-2].lower() for text, cut in zip(texts, (0, 2, 3), strict=True))
    return {core for core in cores if len(core) >= LEAST_ENCODED}


def packed(text: str) -> Iterator[str]:
    """What long runs of base64 or hexadecimal in a text hold, unpacked where it is compressed."""
    for run in set(re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text)):
        for decode in (base64.b64decode, bytes.fromhex):
            with contextlib.suppress(ValueError):
                content = decode(run)
                for unpack in (bytes, gzip.decompress, zlib.decompress, partial(zlib.decompress, wbits=-15)):
                    with contextlib.suppress(OSError, EOFError, zlib.error):
                        plain = unpack(content)
                        yield from (plain.decode(coding, errors="replace").lower() for coding in CODINGS)


def searched(file: Path) -> str:
    """All that a recording says, each line once: as it stands, with its escapes resolved, and unpacked."""
    lines = dict.fromkeys(gzip.decompress(file.read_bytes()).decode().splitlines())
    plain = {other: None for line in lines for other in (html.unescape(line), unquote(line)) if other != line}
    return "\n".join([*(line.lower() for line in (*lines, *plain)), *packed("\n".join(lines))])


def words(names: Iterable[str]) -> set[str]:
    """The words that names are made of, but for those that everybody uses: of the API, of the lexicon, of the platform."""
    found = {word for name in names for word in WORD.findall(name.lower())}
    interface = {
        word for file in Path(pyVmomi.__file__).parent.rglob("*.py") for word in WORD.findall(file.read_text().lower())
    }
    data = {word for file in resources.files("inference.data").iterdir() for word in WORD.findall(_text(file).lower())}
    return found - interface - data - PRODUCT_WORDS - COMMON


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def test_nothing_of_a_captured_vcenter_is_left(captures: Mapping[str, Path], recorded: Recordings, operator: Operator) -> None:
    """No name, address, UUID, account, path or thumbprint of the source is anywhere in its recording, in any spelling."""
    leaks: set[str] = set()
    for name, directory in captures.items():
        text = searched(recorded[name][0])
        wanted = originals(directory)
        assert len(wanted["name"]) > 20
        assert len(wanted["pattern"]) > 20
        secrets = wanted["name"] | wanted["pattern"] | OF_TAGS | {operator.vcenter, operator.username, operator.password}
        apart = DIGITS.sub(" ", text)
        leaks |= {secret for secret in secrets for form in spellings(secret) if form in (apart if is_by_chance(form) else text)}
        leaks |= words(wanted["name"]) & set(WORD.findall(apart))
    assert sorted(leaks) == []


def test_the_search_would_find_a_leak() -> None:
    """The leak test is worth something: each spelling of a secret is found in a text that holds it."""
    secret = "rax/esx01 & co"
    for coding in CODINGS:
        content = secret.encode(coding)
        wrapped = base64.b64encode(gzip.compress(content)).decode()
        assert any(form in text for form in spellings(secret) for text in packed(f"<v>{wrapped}</v>"))
        assert any(form in base64.b64encode(b"x" + content + b"y").decode().lower() for form in spellings(secret))
        assert any(form in content.hex() for form in spellings(secret))
    assert any(form in quote_plus(f"a={secret}").lower() for form in spellings(secret))
    assert words(["esx-raxcorp07", "sql-prd01", "vSphere"]) == {"raxcorp"}
    hidden = base64.b64encode(b"name=" + secret.encode() + b"; more").decode().lower()
    assert any(form in hidden for form in spellings(secret))
    assert any(form in "<name>rax%2fesx01 &amp; co</name>" for form in spellings("rax/esx01 & co".replace(" & co", "")))
    assert html.escape(secret).lower() in spellings(secret)
