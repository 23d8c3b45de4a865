"""Which version of the API to speak: the newest that the server and this pyVmomi both know."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from http.client import OK, HTTPConnection
from ssl import SSLContext
from typing import Any
from xml.etree import ElementTree as ET

from pyVmomi.Version import IsChildVersion
from pyVmomi.VmomiSupport import GetServiceVersions, versionIdMap

from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import NotVsphere
from collector.vcenter.translate import status, translate

PATH = "/sdk/vimServiceVersions.xml"
NAMESPACE = "urn:vim25"


def known() -> dict[str, str]:
    """Every version this pyVmomi knows: its name of it by the API's own, newest first."""
    return {versionIdMap[name]: name for name in GetServiceVersions("vim25")}


def to_name(version: str, endpoint: Endpoint) -> str:
    """The name pyVmomi has for a version such as ``8.0.3.0``.

    Raises:
        NotVsphere: this pyVmomi does not know it.
    """
    try:
        return known()[version]
    except KeyError:
        raise NotVsphere(endpoint, f"this pyvmomi does not know version {version} of the API: upgrade pyvmomi") from None


def newer(kind: type, path: str, version: str) -> bool:
    """Whether a property path of a managed object type came with a later version than the one of this name."""
    step: Any = kind
    for name in path.split("."):
        info = step._GetPropertyInfo(name)  # noqa: SLF001  # pyVmomi tells of versions nowhere else
        if not IsChildVersion(version, info.version):
            return True
        step = info.type
    return False


def ask(endpoint: Endpoint, settings: SSLContext, connection: type[HTTPConnection]) -> str:
    """The name pyVmomi has for the newest version that both sides know.

    Raises:
        VcenterError: the server cannot be asked, or does not answer as a vSphere server does.
    """
    offered = _offered(_fetch(endpoint, settings, connection), endpoint)
    for version, name in known().items():
        if version in offered:
            return name
    raise NotVsphere(endpoint, "it speaks no version of the vSphere API that this pyvmomi knows: upgrade pyvmomi")


def _fetch(endpoint: Endpoint, settings: SSLContext, connection: type[HTTPConnection]) -> bytes:
    wire = connection(endpoint.host.strip("[]"), port=endpoint.port, timeout=endpoint.timeout, context=settings)  # type: ignore[call-arg]  # of HTTPS
    try:
        wire.connect()
        wire.request("GET", PATH)
        response = wire.getresponse()
        body = response.read()
    except Exception as error:
        raise translate(error, endpoint, PATH) from error
    finally:
        wire.close()
    if response.status != OK:
        raise status(response.status, endpoint, PATH)
    return body


def _offered(body: bytes, endpoint: Endpoint) -> set[str]:
    """The versions that a server lists for the vSphere API, current and earlier ones."""
    try:
        root = ET.fromstring(body)  # noqa: S314  # the vCenter the user named; expat expands no external entity
    except ET.ParseError:
        raise NotVsphere(endpoint, f"its {PATH} is not XML, so it is not a vCenter; check host and port") from None
    offered: set[str] = set()
    for namespace in root.iter("namespace"):
        if namespace.findtext("name") == NAMESPACE:
            listed = [namespace.find("version"), *namespace.findall("priorVersions/version")]
            offered |= {entry.text for entry in listed if entry is not None and entry.text}
    return offered
