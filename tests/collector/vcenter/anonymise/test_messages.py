"""Messages as a whole: headers, addresses and ids, in requests too, and what cannot be read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from vcr.request import Request

from collector.vcenter.anonymise import Anonymiser, Vocabulary
from collector.vcenter.cassette import replay
from collector.vcenter.packing import Gzipped, Readable

if TYPE_CHECKING:
    from tests.collector.vcenter.anonymise.conftest import Anonymised, EventOf
    from tests.collector.vcenter.conftest import Message

SECRET = "acme-payroll-vault"


@pytest.mark.parametrize("body", [b"<a", b"\xff\xfe", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<html>"])
def test_an_answer_that_is_no_message_loses_its_body(body: bytes, words: Vocabulary) -> None:
    """What cannot be read as XML, or brings a document type along, is not passed on."""
    left = Anonymiser(words).response({"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": body}})
    assert left["body"]["string"] == b""


def test_headers_and_addresses_of_messages_do_not_pass(words: Vocabulary) -> None:
    """Of headers only the action and the content type stay, and of those only what is expected."""
    request = Request(
        "POST",
        f"https://{SECRET}/sdk?{SECRET}",
        None,
        {"SOAPAction": f'"urn:{SECRET}"', "X-Host": SECRET, "Content-Type": "text/xml"},
    )
    kept = Anonymiser(words).request(request)
    assert (kept.uri, dict(kept.headers)) == ("https://vcenter.invalid/sdk", {"Content-Type": "text/xml"})
    answer = {
        "status": {"code": 299, "message": SECRET},
        "headers": {"Content-Type": [SECRET], "Server": [SECRET]},
        "body": {"string": b""},
    }
    assert Anonymiser(words).response(answer) == {
        "status": {"code": 299, "message": ""},
        "headers": {},
        "body": {"string": b""},
    }


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
def test_an_account_keeps_its_kind(user: str, pattern: str, anonymised: Anonymised, event: EventOf) -> None:
    """The platform itself, programs and people stay apart; who they are does not stay."""
    found = re.search(r"<userName>([^<]*)<", anonymised(event(f"<userName>{user}</userName>")))
    assert found is not None
    assert re.fullmatch(pattern, found[1])


def test_ids_pass_where_they_only_number_and_are_mapped_where_they_might_name(
    anonymised: Anonymised, words: Vocabulary, message: Message
) -> None:
    """``vm-7`` says nothing; any other id, and the server's UUID beside it, becomes a pseudonym, in requests too."""
    anonymiser = Anonymiser(words)
    told = f'<returnval type="PropertyFilter" serverGuid="{SECRET}">{SECRET}</returnval>'
    body = f'<CreateFilterResponse xmlns="urn:vim25">{told}</CreateFilterResponse>'
    left = anonymised(body, anonymiser)
    found = re.search(r">([0-9a-f-]{36})</returnval>", left)
    assert found is not None
    asked = message(
        f'<DestroyPropertyFilter xmlns="urn:vim25"><_this type="PropertyFilter">{SECRET}</_this></DestroyPropertyFilter>'
    )
    sent = anonymiser.request(Request("POST", "https://a/sdk", asked, {})).body.decode()
    assert f">{found[1]}</_this>" in sent


def test_a_filter_replays_whatever_order_its_event_types_have(tmp_path: Path, words: Vocabulary, message: Message) -> None:
    """The ids that a recovery product registered are asked for in the order of their pseudonyms when replayed."""
    asked = ["com.vmware.vcDr-acme.A", "com.vmware.vcDr-bolt.A", "com.vmware.vcDr-carp.A"]
    anonymiser, file = Anonymiser(words, key=b"k"), tmp_path / "r.yaml.gz"

    def question(ids: list[str]) -> bytes:
        types = "".join(f"<eventTypeId>{name}</eventTypeId>" for name in ids)
        this = '<_this type="EventManager">EventManager</_this>'
        body = f'<CreateCollectorForEvents xmlns="urn:vim25">{this}<filter>{types}</filter></CreateCollectorForEvents>'
        return message(body)

    sent = anonymiser.request(Request("POST", "https://a/sdk", question(asked), {"SOAPAction": '"urn:vim25/7.0"'}))
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"found"}}
    Gzipped.save_cassette(file, {"requests": [sent], "responses": [answer]}, Readable)
    kept = re.findall(r"<eventTypeId>([^<]*)<", sent.body.decode())
    assert kept != sorted(kept)
    head = sent.body.decode().split("<filter>")[0]
    wire = replay(file).connection("vcenter.invalid")
    types = "".join(f"<eventTypeId>{name}</eventTypeId>" for name in sorted(kept))
    wire.request("POST", "/sdk", f"{head}<filter>{types}</filter>{sent.body.decode().split('</filter>')[1]}")
    assert wire.getresponse().read() == b"found"
