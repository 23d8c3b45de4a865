"""Values in answers: what may stay, what becomes a pseudonym, and that everything else is gone."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.vcenter.anonymise import Anonymiser, Vocabulary

if TYPE_CHECKING:
    from tests.collector.vcenter.anonymise.conftest import Anonymised, EventOf

Prop = Callable[..., str]

SECRET = "acme-payroll-vault"
FAULT = (
    f"<soapenv:Fault><faultcode>{SECRET}</faultcode><faultstring>{SECRET}</faultstring><detail>"
    f'<NoPermissionFault xmlns="urn:vim25" xsi:type="NoPermission"><object type="Folder">{SECRET}</object>'
    f"<privilegeId>{SECRET}</privilegeId></NoPermissionFault></detail></soapenv:Fault>"
)


def properties(kind: str, *values: tuple[str, str, str]) -> str:
    """The answer that an object has these properties: path, ``xsi:type`` and content."""
    sets = "".join(
        f'<propSet><name>{path}</name><val xsi:type="{told}">{value}</val></propSet>' for path, told, value in values
    )
    return (
        '<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>'
        f'<objects><obj type="{kind}">vm-7</obj>{sets}</objects></returnval></RetrievePropertiesExResponse>'
    )


def value(xml: str) -> str:
    """The text of the first value in an answer."""
    found = re.search(r"<val\b[^>]*>([^<]*)<", xml)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def prop(anonymised: Anonymised) -> Prop:
    """``prop(path, content, told, kind)``: what is left of one property."""

    def left(path: str, content: str, told: str = "xsd:string", kind: str = "VirtualMachine") -> str:
        return value(anonymised(properties(kind, (path, told, content))))

    return left


@pytest.mark.parametrize(
    "body",
    [
        f'<FooResponse xmlns="urn:vim25"><returnval>{SECRET}</returnval></FooResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25"><{SECRET}>1</{SECRET}></CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25"><returnval {SECRET}="1" a="{SECRET}"/></CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:{SECRET}"><returnval>2026-01-01T00:00:00Z</returnval></CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25" xmlns:{SECRET}="urn:a"><{SECRET}:returnval/></CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25"><returnval>{SECRET}</returnval></CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25"><!-- {SECRET} --><?{SECRET} {SECRET}?><returnval/></CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25">{SECRET}<returnval/>{SECRET}</CurrentTimeResponse>',
        f'<CurrentTimeResponse xmlns="urn:vim25"><returnval><![CDATA[{SECRET}]]></returnval></CurrentTimeResponse>',
        FAULT,
        f'<soapenv:Fault><detail><{SECRET}Fault xmlns="urn:vim25">{SECRET}</{SECRET}Fault></detail></soapenv:Fault>',
        f"<{SECRET}/>",
        f"<soapenv:{SECRET}>{SECRET}</soapenv:{SECRET}>",
        properties("VirtualMachine", ("config.unheard", "xsd:string", SECRET)),
        properties("VirtualMachine", (SECRET, "xsd:string", SECRET)),
        properties("VirtualMachine", ("name", SECRET, SECRET)),
        properties(SECRET, ("name", "xsd:string", SECRET)),
        properties("VirtualMachine", ("config.uuid", "xsd:string", SECRET)),
        properties("VirtualMachine", ("config.files", "VirtualMachineFileInfo", f"<vmPathName>[{SECRET}] a</vmPathName>")),
        properties("VirtualMachine", ("config.template", "xsd:boolean", SECRET)),
        properties("VirtualMachine", ("config.hardware.numCPU", "xsd:int", SECRET)),
        properties("VirtualMachine", ("runtime.powerState", "VirtualMachinePowerState", SECRET)),
        properties("VirtualMachine", ("config.createDate", "xsd:dateTime", SECRET)),
        properties("VirtualMachine", ("config.annotation", "xsd:base64Binary", base64.b64encode(SECRET.encode()).decode())),
        properties("HostSystem", ("summary.config.product.version", "xsd:string", f"8.0-{SECRET}")),
        properties("HostSystem", ("summary.hardware.model", "xsd:string", f"{SECRET}.corp.example.com")),
        properties(
            "VirtualMachine",
            ("config.managedBy", "ManagedByInfo", f"<extensionKey>com.{SECRET}</extensionKey><type>{SECRET}</type>"),
        ),
    ],
)
def test_what_is_not_on_the_list_is_replaced(body: str, anonymised: Anonymised) -> None:
    """Unknown elements, attributes, types, paths and values lose their content, wherever they stand."""
    left = anonymised(body).lower()
    assert SECRET not in left
    assert base64.b64encode(SECRET.encode()).decode().lower() not in left


@pytest.mark.parametrize(
    ("told", "content", "left"),
    [
        ("xsd:boolean", "true", "false"),
        ("xsd:int", "4711", "0"),
        ("xsd:double", "4.5", "0"),
        ("xsd:dateTime", "2026-03-04T05:06:07Z", "2000-01-01T00:00:00Z"),
        ("xsd:string", "text", "recorded"),
        ("xsd:base64Binary", "dGV4dA==", ""),
        ("VirtualMachinePowerState", "poweredOn", "poweredOn"),
        ("xsd:string", "", ""),
    ],
)
def test_a_placeholder_is_of_the_same_kind(told: str, content: str, left: str, prop: Prop) -> None:
    """A replaced value can still be read as what it was; the API's own values name nobody, and empty stays empty."""
    assert prop("config.unheard", content, told) == left


@pytest.mark.parametrize(
    ("path", "told", "content"),
    [
        ("config.template", "xsd:boolean", "true"),
        ("config.hardware.memoryMB", "xsd:int", "4096"),
        ("config.createDate", "xsd:dateTime", "2026-03-04T05:06:07.123456Z"),
        ("config.guestId", "xsd:string", "windows9Server64Guest"),
        ("config.version", "xsd:string", "vmx-19"),
        ("runtime.host", "ManagedObjectReference", "host-12"),
        ("guest.toolsVersionStatus2", "xsd:string", "guestToolsCurrent"),
    ],
)
def test_what_classification_counts_stays(path: str, told: str, content: str, prop: Prop) -> None:
    """Numbers, times, switches and the API's own words pass exactly where the list names them."""
    assert prop(path, content, told) == content


@pytest.mark.parametrize(
    ("kind", "path", "content"),
    [
        ("HostSystem", "summary.hardware.model", "PowerEdge R740xd"),
        ("HostSystem", "summary.hardware.vendor", "Dell Inc."),
        ("HostSystem", "summary.hardware.cpuModel", "Intel(R) Xeon(R) Gold 6244 CPU @ 3.60GHz"),
        ("HostSystem", "summary.config.product.build", "22380479"),
        ("HostSystem", "summary.config.product.version", "8.0.3-rc1"),
        ("Datastore", "summary.type", "VMFS"),
    ],
)
def test_products_stay(kind: str, path: str, content: str, prop: Prop) -> None:
    """Makers, models, versions and builds are no secrets."""
    assert prop(path, content, kind=kind) == content


def test_a_name_keeps_what_it_is_for_and_not_what_it_is(prop: Prop) -> None:
    """Words of the vocabulary stay, the rest is a pseudonym, and a number at the end stays a number."""
    assert re.fullmatch(r"sql-prd-x\d{9}z-\d{5}", prop("name", "ACMESQLPRD01"))


def test_the_same_name_is_the_same_everywhere(anonymised: Anonymised, event: EventOf, words: Vocabulary) -> None:
    """A name has one pseudonym in properties, in events and in how vCenter escapes it."""
    anonymiser = Anonymiser(words)
    as_property = value(anonymised(properties("VirtualMachine", ("name", "xsd:string", "web%2fshop")), anonymiser))
    told = (
        "<key>5</key><chainId>5</chainId><createdTime>2026-03-04T05:06:07Z</createdTime><userName>CORP\\jane</userName>"
        '<vm><name>web/shop</name><vm type="VirtualMachine">vm-7</vm></vm>'
        "<fullFormattedMessage>web/shop on</fullFormattedMessage><template>false</template>"
    )
    in_event = anonymised(event(told), anonymiser)
    assert f"<name>{as_property}</name>" in in_event
    assert "<fullFormattedMessage>recorded</fullFormattedMessage>" in in_event
    assert "shop" not in in_event
    assert "jane" not in in_event


def test_two_recordings_have_nothing_in_common(anonymised: Anonymised, prop: Prop, words: Vocabulary) -> None:
    """The key is another one each time, so pseudonyms of two recordings cannot be compared."""
    assert prop("name", "web") != prop("name", "web")
    with_key = [Anonymiser(words, key=b"k" * 32) for _ in range(2)]
    body = properties("VirtualMachine", ("name", "xsd:string", "web"))
    assert anonymised(body, with_key[0]) == anonymised(body, with_key[1])


def test_a_series_stays_a_series_of_different_names(anonymised: Anonymised, words: Vocabulary) -> None:
    """A thousand names that differ in their number differ in their number alone afterwards."""
    anonymiser = Anonymiser(words)
    made = {
        value(anonymised(properties("VirtualMachine", ("name", "xsd:string", f"desk-{n:04}")), anonymiser)) for n in range(1000)
    }
    assert len(made) == 1000
    assert len({re.sub(r"-\d+$", "", name) for name in made}) == 1


@pytest.mark.parametrize(
    ("name", "starts"), [("vCLS-4c1a", "vCLS-"), ("cp-replica-77a", "cp-replica"), ("Resources", "Resources")]
)
def test_names_that_the_platform_gives_are_still_known(name: str, starts: str, prop: Prop) -> None:
    """Beginnings with a meaning stay, and so do the names of objects that every inventory has."""
    assert prop("name", name).startswith(starts)


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("com.vmware.vcDr", r"com\.vmware\.vcDr"),
        ("com.vmware.vcDr-acme", r"com\.vmware\.vcDr-site-x\d{9}z"),
        ("com.vmware.orchestrator.4d5b3aa1-0000-4000-8000-acacacacacac", r"com\.vmware\.orchestrator\.site-x\d{9}z"),
        ("com.vmware.vsphere.client.h5vsan", r"com\.vmware\.vsphere\.client\.h5vsan"),
        ("com.vmware.vcDr acme", r"com\.vmware\.site-x\d{9}z"),
        ("com.acme.portal", r"extension-x\d{9}z"),
        ("vCloud Director-1", "vCloud Director-1"),
    ],
)
def test_an_extension_keeps_its_product(key: str, pattern: str, anonymised: Anonymised) -> None:
    """Keys of known vendors pass without what a site added; others become pseudonyms."""
    managed = f"<extensionKey>{key}</extensionKey><type>placeholderVm</type>"
    left = anonymised(properties("VirtualMachine", ("config.managedBy", "ManagedByInfo", managed)))
    found = re.search(r"<extensionKey>([^<]*)<", left)
    assert found is not None
    assert re.fullmatch(pattern, found[1])
    assert "acme" not in left


def test_notes_and_attributes_keep_single_words(anonymised: Anonymised, prop: Prop) -> None:
    """A note that speaks of backup says no more than that; equal values of attributes stay equal, and empty ones empty."""
    assert prop("config.annotation", f"Backup by {SECRET}, 3am") == "backup"
    assert prop("config.annotation", SECRET) == "recorded"
    fields = "".join(
        f'<CustomFieldValue xsi:type="CustomFieldStringValue"><key>{key}</key><value>{text}</value></CustomFieldValue>'
        for key, text in enumerate((SECRET, f" {SECRET.upper()}", "n/a", ""))
    )
    left = anonymised(properties("VirtualMachine", ("customValue", "ArrayOfCustomFieldValue", fields)))
    first, second, third, fourth = re.findall(r"<value>([^<]*)</value>", left)
    assert re.fullmatch(r"value-x\d{9}z", first)
    assert (first, third, fourth) == (second, "n/a", "")


hostile = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=4, max_size=60).map(lambda text: f"{text}-acme")


@settings(max_examples=150, deadline=None)
@given(name=hostile)
def test_no_hostile_name_survives(anonymised: Anonymised, event: EventOf, name: str) -> None:
    """Whatever characters a name is made of, no part of it longer than a word of the vocabulary is left, escaped or not."""
    text = escape(name)
    typed = f'<CurrentTimeResponse xmlns="urn:vim25"><returnval type={quoteattr(name)}>{text}</returnval></CurrentTimeResponse>'
    paths = ("name", "config.annotation", "config.guestId", "config.uuid")
    every = [properties("VirtualMachine", (path, "xsd:string", text)) for path in paths]
    events = event(f"<vm><name>{text}</name></vm><userName>{text}</userName>")
    for body in (*every, events, typed):
        left = anonymised(body)
        assert "acme" not in left
        assert name not in left
        assert escape(name) not in left


@pytest.mark.parametrize("letter", ["a", "<", "&", "\u2028", "\U0001f600", "0", "-", "%2f"])
def test_a_name_of_a_megabyte_becomes_a_short_one(letter: str, prop: Prop) -> None:
    """Length is no way through, nor does it cost more than reading it."""
    left = prop("name", escape(letter * (1_000_000 // len(letter)) + "acme"))
    assert len(left) < 60
    assert "acme" not in left
