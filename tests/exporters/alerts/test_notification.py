"""Messages to notification services: what arrives, what is said when nothing does, and what is never said."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from exporters.alerts.message import DeliveryError, Message, escaped, one_line
from exporters.alerts.notification import Notifier

NEWS = Message("vCenter prod reached IT Production", "It *did*.", "It \\*did\\*.", "info")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What libraries write to the log of the program, from INFO on."""
    out = io.StringIO()
    handler, root = logging.StreamHandler(out), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def closed_port() -> int:
    """A port of loopback on which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize(
    "url", ["nonsense://tok3n@host", "tok3n", "slack://tok3n", "mailto:tok3n@example.com", "json://[tok3n"]
)
def test_an_unknown_address_is_refused_without_being_shown(url: str) -> None:
    """The sentence names the key and how an address looks, not the address."""
    with pytest.raises(
        ValueError, match=r"^alerts\.notify\[0\] is not an address that Apprise knows; write one such as "
    ) as caught:
        Notifier("alerts.notify[0]", url)
    assert "tok3n" not in str(caught.value)


def test_a_service_that_is_not_there_is_named_without_its_secrets(logged: io.StringIO) -> None:
    """Neither sentence nor logs hold the password and the token of an address that nothing answers at."""
    notifier = Notifier("alerts.notify[0]", f"json://user:s3cret@127.0.0.1:{closed_port()}/tok3n?+X-Key=k3y")

    with pytest.raises(DeliveryError) as caught:
        notifier.send(NEWS)

    assert str(caught.value).startswith("alerts.notify[0] (json) did not accept the message; check its address")
    everything = f"{caught.value}{logged.getvalue()}"
    assert not [secret for secret in ("s3cret", "tok3n", "k3y") if secret in everything]


def test_a_refusal_tells_the_answer(web_sink: Callable[[], Any]) -> None:
    """The status with which a web service refuses says what is wrong."""
    sink = web_sink()
    sink.status = 403
    with pytest.raises(DeliveryError, match=r"^alerts\.notify\[2\] \(http\) answered 403; "):
        Notifier("alerts.notify[2]", sink.url).send(NEWS)


def test_a_web_address_is_sent_json(web_sink: Callable[[], Any]) -> None:
    """A plain address is a webhook; it gets the text without markup."""
    sink = web_sink()
    Notifier("alerts.notify[0]", f"{sink.url}/hook").send(NEWS)
    assert sink.paths == ["/hook"]
    assert [(body["title"], body["message"], body["type"]) for body in sink.bodies] == [(NEWS.title, NEWS.text, "info")]


def test_reaching_sends_nothing(web_sink: Callable[[], Any], mail_sink: Any) -> None:  # noqa: ANN401  # the same
    """A server of one's own is connected to, and a provider's address is only read."""
    sink = web_sink()
    mail = f"mailto://localhost:{mail_sink.port}/ops@b.example.com?from=vjourney@a.example.com"
    assert Notifier("x", mail).reach() == f"answers at localhost port {mail_sink.port}"
    assert Notifier("x", sink.url).reach().startswith("answers at 127.0.0.1 port ")
    assert "Apprise knows" in Notifier("x", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops").reach()
    assert (sink.bodies, mail_sink.mails) == ([], [])


def test_nobody_at_an_address_is_said_without_its_secrets() -> None:
    """Host and port are named, and neither user nor token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DeliveryError, match=rf"nothing answers at 127\.0\.0\.1 port {port} \(.+\); check") as caught:
        Notifier("alerts.notify[0]", f"json://us3r:s3cret@127.0.0.1:{port}/tok3n").reach()
    assert not [secret for secret in ("us3r", "s3cret", "tok3n") if secret in str(caught.value)]


def test_a_mail_arrives(mail_sink: Any) -> None:  # noqa: ANN401  # tests share no module to import its type from
    """A mail has the title as subject, and markup as the reader's program shows it."""
    url = f"mailto://localhost:{mail_sink.port}/ops@b.example.com?from=vjourney@a.example.com"
    Notifier("alerts.notify[0]", url).send(NEWS, "k3y")
    (mail,) = mail_sink.mails
    assert mail["Idempotency-Key"] == "k3y"
    assert mail["Subject"] == NEWS.title
    assert "ops@b.example.com" in mail["To"]
    parts = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
    assert any("It *did*." in part for part in parts)


def test_text_of_an_estate_is_no_markup() -> None:
    """Names that look like markup or hold line breaks are read as they are."""
    assert escaped("a*b_c_ <script>&\n[x](y)") == "a\\*b_c\\_ &lt;script>&amp; \\[x\\](y)"
    assert one_line("Subject\r\nBcc: all\x00") == "Subject Bcc: all"
