"""Answers, and what anonymising leaves of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from collector.vcenter.anonymise import Anonymiser, Vocabulary

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import Message

Anonymised = Callable[..., str]
EventOf = Callable[[str], str]


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    """A vocabulary that knows a word or two of everything."""
    return Vocabulary(
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


@pytest.fixture(scope="session")
def event() -> EventOf:
    """``event(content)``: the answer that one event has this content."""

    def answer(content: str) -> str:
        told = f'<returnval xsi:type="VmPoweredOnEvent">{content}</returnval>'
        return f'<ReadNextEventsResponse xmlns="urn:vim25">{told}</ReadNextEventsResponse>'

    return answer


@pytest.fixture(scope="session")
def anonymised(words: Vocabulary, message: Message) -> Anonymised:
    """``anonymised(body, anonymiser=None)``: what is left of the body of an answer."""

    def left(body: str, anonymiser: Anonymiser | None = None) -> str:
        response = {"status": {"code": 200, "message": "acme-payroll-vault"}, "headers": {}, "body": {"string": message(body)}}
        return str((anonymiser or Anonymiser(words)).response(response)["body"]["string"].decode())

    return left
