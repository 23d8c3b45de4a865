"""Anonymising: what may stay, what becomes a pseudonym, and that everything else is gone."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.request import Request

from collector.vcenter.anonymise import Anonymiser, Vocabulary
from collector.vcenter.cassette import replay
from collector.vcenter.packing import Gzipped, Readable

SECRET = "acme-payroll-vault"

WORDS = Vocabulary(
    name=lambda text: "-".join(word for word in ("sql", "prd") if word in text.lower()),
    account=lambda text: "svc" if "svc" in text else "",
    attribute=lambda text: "owner" if text == "Owner" else "",
    value=lambda _: "",
    snapshot=lambda text: "veeam" if "veeam" in text.lower() else "",
    note=lambda text: "backup" if "backup" in text.lower() else "",
    prefixes=("vcls-", "cp-replica"),
    plain=frozenset({"n/a"}),
    accounts=frozenset({"vpxuser"}),
    extensions=("com.vmware.", "vcloud director"),
)

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
)


FAULT = (
    f"<soapenv:Fault><faultcode>{SECRET}</faultcode><faultstring>{SECRET}</faultstring><detail>"
    f'<NoPermissionFault xmlns="urn:vim25" xsi:type="NoPermission"><object type="Folder">{SECRET}</object>'
    f"<privilegeId>{SECRET}</privilegeId></NoPermissionFault></detail></soapenv:Fault>"
)


def event(content: str) -> str:
    """The answer that one event has this content."""
    told = f'<returnval xsi:type="VmPoweredOnEvent">{content}</returnval>'
    return f'<ReadNextEventsResponse xmlns="urn:vim25">{told}</ReadNextEventsResponse>'


def anonymised(body: str, anonymiser: Anonymiser | None = None) -> str:
    """What is left of the body of an answer."""
    response = {"status": {"code": 200, "message": SECRET}, "headers": {}, "body": {"string": ENVELOPE.format(body).encode()}}
    return str((anonymiser or Anonymiser(WORDS)).response(response)["body"]["string"].decode())


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


def prop(path: str, content: str, told: str = "xsd:string", kind: str = "VirtualMachine") -> str:
    """What is left of one property."""
    return value(anonymised(properties(kind, (path, told, content))))


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
def test_what_is_not_on_the_list_is_replaced(body: str) -> None:
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
def test_a_placeholder_is_of_the_same_kind(told: str, content: str, left: str) -> None:
    """A replaced value can still be read as what it was; the API's own values name nobody, and empty stays empty."""
    assert prop("config.unheard", content, told) == left


@pytest.mark.parametrize("body", [b"<a", b"\xff\xfe", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<html>"])
def test_an_answer_that_is_no_message_loses_its_body(body: bytes) -> None:
    """What cannot be read as XML, or brings a document type along, is not passed on."""
    left = Anonymiser(WORDS).response({"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": body}})
    assert left["body"]["string"] == b""


def test_headers_and_addresses_of_messages_do_not_pass() -> None:
    """Of headers only the action and the content type stay, and of those only what is expected."""
    request = Request(
        "POST",
        f"https://{SECRET}/sdk?{SECRET}",
        None,
        {"SOAPAction": f'"urn:{SECRET}"', "X-Host": SECRET, "Content-Type": "text/xml"},
    )
    kept = Anonymiser(WORDS).request(request)
    assert (kept.uri, dict(kept.headers)) == ("https://vcenter.invalid/sdk", {"Content-Type": "text/xml"})
    answer = {
        "status": {"code": 299, "message": SECRET},
        "headers": {"Content-Type": [SECRET], "Server": [SECRET]},
        "body": {"string": b""},
    }
    assert Anonymiser(WORDS).response(answer) == {
        "status": {"code": 299, "message": ""},
        "headers": {},
        "body": {"string": b""},
    }


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
def test_what_classification_counts_stays(path: str, told: str, content: str) -> None:
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
def test_products_stay(kind: str, path: str, content: str) -> None:
    """Makers, models, versions and builds are no secrets."""
    assert prop(path, content, kind=kind) == content


def test_a_name_keeps_what_it_is_for_and_not_what_it_is() -> None:
    """Words of the vocabulary stay, the rest is a pseudonym, and a number at the end stays a number."""
    assert re.fullmatch(r"sql-prd-x\d{9}z-\d{5}", prop("name", "ACMESQLPRD01"))


def test_the_same_name_is_the_same_everywhere() -> None:
    """A name has one pseudonym in properties, in events and in how vCenter escapes it."""
    anonymiser = Anonymiser(WORDS)
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


def test_two_recordings_have_nothing_in_common() -> None:
    """The key is another one each time, so pseudonyms of two recordings cannot be compared."""
    assert prop("name", "web") != prop("name", "web")
    with_key = [Anonymiser(WORDS, key=b"k" * 32) for _ in range(2)]
    body = properties("VirtualMachine", ("name", "xsd:string", "web"))
    assert anonymised(body, with_key[0]) == anonymised(body, with_key[1])


def test_a_series_stays_a_series_of_different_names() -> None:
    """A thousand names that differ in their number differ in their number alone afterwards."""
    anonymiser = Anonymiser(WORDS)
    made = {
        value(anonymised(properties("VirtualMachine", ("name", "xsd:string", f"desk-{n:04}")), anonymiser)) for n in range(1000)
    }
    assert len(made) == 1000
    assert len({re.sub(r"-\d+$", "", name) for name in made}) == 1


@pytest.mark.parametrize(
    ("name", "starts"), [("vCLS-4c1a", "vCLS-"), ("cp-replica-77a", "cp-replica"), ("Resources", "Resources")]
)
def test_names_that_the_platform_gives_are_still_known(name: str, starts: str) -> None:
    """Beginnings with a meaning stay, and so do the names of objects that every inventory has."""
    assert prop("name", name).startswith(starts)


@pytest.mark.parametrize(
    ("user", "pattern"),
    [
        ("", ""),
        ("vpxuser", "vpxuser"),
        ("jane.doe", r"user-x\d{9}z"),
        ("CORP\\jane.doe", r"domain-x\d{9}z\\user-x\d{9}z"),
        ("jane.doe@corp.example", r"user-x\d{9}z@domain-x\d{9}z"),
        ("CORP\\svc-acme", r"domain-x\d{9}z\\svc-x\d{9}z"),
    ],
)
def test_an_account_keeps_its_kind(user: str, pattern: str) -> None:
    """The platform itself, programs and people stay apart; who they are does not stay."""
    found = re.search(r"<userName>([^<]*)<", anonymised(event(f"<userName>{user}</userName>")))
    assert found is not None
    assert re.fullmatch(pattern, found[1])


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
def test_an_extension_keeps_its_product(key: str, pattern: str) -> None:
    """Keys of known vendors pass without what a site added; others become pseudonyms."""
    managed = f"<extensionKey>{key}</extensionKey><type>placeholderVm</type>"
    left = anonymised(properties("VirtualMachine", ("config.managedBy", "ManagedByInfo", managed)))
    found = re.search(r"<extensionKey>([^<]*)<", left)
    assert found is not None
    assert re.fullmatch(pattern, found[1])
    assert "acme" not in left


def test_notes_and_attributes_keep_single_words() -> None:
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


def test_ids_pass_where_they_only_number_and_are_mapped_where_they_might_name() -> None:
    """``vm-7`` says nothing; any other id, and the server's UUID beside it, becomes a pseudonym, in requests too."""
    anonymiser = Anonymiser(WORDS)
    told = f'<returnval type="PropertyFilter" serverGuid="{SECRET}">{SECRET}</returnval>'
    body = f'<CreateFilterResponse xmlns="urn:vim25">{told}</CreateFilterResponse>'
    left = anonymised(body, anonymiser)
    found = re.search(r">([0-9a-f-]{36})</returnval>", left)
    assert found is not None
    asked = ENVELOPE.format(
        f'<DestroyPropertyFilter xmlns="urn:vim25"><_this type="PropertyFilter">{SECRET}</_this></DestroyPropertyFilter>'
    )
    sent = anonymiser.request(Request("POST", "https://a/sdk", asked.encode(), {})).body.decode()
    assert f">{found[1]}</_this>" in sent


hostile = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=4, max_size=60).map(lambda text: f"{text}-acme")


@settings(max_examples=150, deadline=None)
@given(name=hostile)
def test_no_hostile_name_survives(name: str) -> None:
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
def test_a_name_of_a_megabyte_becomes_a_short_one(letter: str) -> None:
    """Length is no way through, nor does it cost more than reading it."""
    left = prop("name", escape(letter * (1_000_000 // len(letter)) + "acme"))
    assert len(left) < 60
    assert "acme" not in left


def test_a_filter_replays_whatever_order_its_event_types_have(tmp_path: Path) -> None:
    """The ids that a recovery product registered are asked for in the order of their pseudonyms when replayed."""
    asked = ["com.vmware.vcDr-acme.A", "com.vmware.vcDr-bolt.A", "com.vmware.vcDr-carp.A"]
    anonymiser, file = Anonymiser(WORDS, key=b"k"), tmp_path / "r.yaml.gz"

    def question(ids: list[str]) -> bytes:
        types = "".join(f"<eventTypeId>{name}</eventTypeId>" for name in ids)
        this = '<_this type="EventManager">EventManager</_this>'
        body = f'<CreateCollectorForEvents xmlns="urn:vim25">{this}<filter>{types}</filter></CreateCollectorForEvents>'
        return ENVELOPE.format(body).encode()

    sent = anonymiser.request(Request("POST", "https://a/sdk", question(asked), {"SOAPAction": '"urn:vim25/7.0"'}))
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"found"}}
    Gzipped.save_cassette(file, {"requests": [sent], "responses": [answer]}, Readable)
    kept = re.findall(r"<eventTypeId>([^<]*)<", sent.body.decode())
    assert kept != sorted(kept)
    head = sent.body.decode().split("<filter>")[0]
    wire = replay(file)[0]("vcenter.invalid")
    types = "".join(f"<eventTypeId>{name}</eventTypeId>" for name in sorted(kept))
    wire.request("POST", "/sdk", f"{head}<filter>{types}</filter>{sent.body.decode().split('</filter>')[1]}")
    assert wire.getresponse().read() == b"found"
