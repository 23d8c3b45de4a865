"""Whom a session believes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector.vcenter.errors import CaFileUnusable, ThumbprintMismatch, TlsFailed, TlsUntrusted
from collector.vcenter.session import Session
from collector.vcenter.tls import normal, thumbprint

if TYPE_CHECKING:
    from tests.collector.vcenter.conftest import FakeVcenter


def test_an_untrusted_certificate_is_refused_and_shown_for_comparison(fake: FakeVcenter) -> None:
    """The sentence names both remedies and carries the thumbprint to paste."""
    with pytest.raises(TlsUntrusted) as failed:
        Session.open(fake.endpoint(ca_file=None))
    assert thumbprint(fake.certificate) in str(failed.value)
    assert "tls.ca_file" in str(failed.value)
    assert "tls.thumbprint" in str(failed.value)
    assert fake.received == [], "nothing, least of all a password, was sent to a server nobody vouches for"


def test_the_thumbprint_of_the_sentence_is_accepted_when_pasted(fake: FakeVcenter) -> None:
    """What the error shows is what the setting takes."""
    with pytest.raises(TlsUntrusted) as failed:
        Session.open(fake.endpoint(ca_file=None))
    shown = str(failed.value).split('tls.thumbprint to "')[1].split('"')[0]
    with Session.open(fake.endpoint(ca_file=None, thumbprint=shown)) as session:
        assert session.about.version == "7.0.3"


def test_a_certificate_for_another_name_is_refused(fake: FakeVcenter) -> None:
    """A trusted authority does not excuse the wrong host name."""
    with pytest.raises(TlsUntrusted, match="a name other than localhost"):
        Session.open(fake.endpoint(host="localhost"))


def test_a_wrong_thumbprint_is_refused_even_where_the_authority_is_trusted(fake: FakeVcenter) -> None:
    """A pin replaces the authorities; it is not a second chance."""
    with pytest.raises(ThumbprintMismatch) as failed:
        Session.open(fake.endpoint(thumbprint="ab:" * 31 + "ab"))
    assert thumbprint(fake.certificate) in str(failed.value)
    assert fake.received == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("colons", [True, False])
def test_a_pinned_certificate_needs_no_authority(fake: FakeVcenter, algorithm: str, colons: bool) -> None:
    """SHA-1 and SHA-256, with colons and without, in either case."""
    pin = hashlib.new(algorithm, fake.certificate).hexdigest()
    pin = ":".join(pin[i : i + 2] for i in range(0, len(pin), 2)).upper() if colons else pin
    with Session.open(fake.endpoint(ca_file=None, thumbprint=pin)) as session:
        assert session.about.api_type == "VirtualCenter"


@pytest.mark.parametrize("wrong", ["", "zz" * 20, "ab" * 21, "ab:cd"])
def test_a_thumbprint_that_is_none_is_named_as_such(fake: FakeVcenter, wrong: str) -> None:
    """Neither settings nor a session take something else for a thumbprint."""
    with pytest.raises(ValueError, match=r"40 \(SHA-1\) or 64 \(SHA-256\) hexadecimal digits"):
        normal(wrong)
    with pytest.raises(TlsFailed, match=r"tls\.thumbprint cannot be used"):
        Session.open(fake.endpoint(thumbprint=wrong))


def test_a_ca_file_that_cannot_be_used_is_named(fake: FakeVcenter, tmp_path: Path) -> None:
    """Missing, a folder, and no certificate: three sentences that name the file."""
    text = tmp_path / "notes.txt"
    text.write_text("no certificate\n")
    for file, why in ((tmp_path / "none.pem", "does not exist"), (tmp_path, "cannot be"), (text, "no certificate")):
        with pytest.raises(CaFileUnusable, match=why) as failed:
            Session.open(fake.endpoint(ca_file=file))
        assert str(file) in str(failed.value)


def test_verification_can_be_switched_off(fake: FakeVcenter) -> None:
    """With ``verify`` off an unknown certificate is accepted."""
    with Session.open(fake.endpoint(ca_file=None, verify=False)) as session:
        assert session.about.api_type == "VirtualCenter"
