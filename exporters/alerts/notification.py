"""Messages to notification services (mail, chat, paging, webhooks) by Apprise, which knows each by its address."""

from __future__ import annotations

import logging
import re
import socket
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, OverflowMode

from exporters.alerts.message import DeliveryError, Message

TIMEOUT = 60.0
"""Seconds after which a message counts as not delivered, whatever its service is doing."""

KEY_HEADER = "Idempotency-Key"
"""By this header who takes a message can tell one that comes twice."""

CONNECT_SECONDS = 10.0
"""How long a check waits for a connection."""

_TYPES = {"info": NotifyType.INFO, "warning": NotifyType.WARNING}
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")
_WEB = re.compile(r"http(s?)://", re.IGNORECASE)
_LOGS = logging.getLogger("apprise")
_LOGS.propagate = False  # what it says may hold parts of an address; it is read here and no further
_LOGS.addHandler(logging.NullHandler())


class Notifier:
    """One notification service; ``name`` is how sentences call it."""

    def __init__(self, name: str, url: str) -> None:
        """Send to ``url``.

        Raises:
            ValueError: Apprise does not know such an address; the sentence does not repeat it.
        """
        self.name = f"{name} ({url.partition(':')[0]})"
        # nothing is written to disk, which may be read-only
        asset = AppriseAsset(app_id="vjourney", app_desc="vjourney", storage_path=None)
        self._apprise = Apprise(asset=asset)
        # a web address that is no service's own is one to post JSON to
        if not self._apprise.add(url) and not (_WEB.match(url) and self._apprise.add(_WEB.sub(r"json\1://", url))):
            raise ValueError(
                f"{name} is not an address that Apprise knows; write one such as mailto://user:password@example.com"
            )
        service = self._apprise[0]
        if "overflow=" not in url:
            service.overflow_mode = OverflowMode.SPLIT  # a long digest becomes several messages rather than a refusal
        formats: Any = service.notify_format  # one, or those that the service can do, its favourite first
        first = formats[0] if isinstance(formats, tuple) else formats
        self._format = NotifyFormat.TEXT if first is NotifyFormat.TEXT else NotifyFormat.MARKDOWN

    def reach(self) -> str:
        """Connect to a server of one's own, such as a mail server or a webhook, without sending anything; the answer in words.

        Raises:
            DeliveryError: nobody listens there.
        """
        service: Any = self._apprise[0]
        place = _server(service)
        if place is None:
            return "Apprise knows this kind of address; the first message will show whether the service accepts it"
        try:
            socket.create_connection(place, timeout=CONNECT_SECONDS).close()
        except OSError as error:
            why = f"{self.name}: nothing answers at {place[0]} port {place[1]} ({error.strerror or error})"
            raise DeliveryError(f"{why}; check the address and the firewall") from None
        return f"answers at {place[0]} port {place[1]}"

    def send(self, message: Message, key: str = "") -> None:
        """Send one message; where headers can be sent, ``key`` is among them and the same if ever it is sent again.

        Raises:
            DeliveryError: the service did not take it.
        """
        service: Any = self._apprise[0]
        if key and isinstance(getattr(service, "headers", None), dict):  # of mails and of webhooks
            service.headers[KEY_HEADER] = key
        result = self._apprise.notify(
            body=message.text if self._format is NotifyFormat.TEXT else message.markdown,
            title=message.title,
            notify_type=_TYPES[message.severity],
            body_format=self._format,
            timeout=TIMEOUT,
        )
        if result:
            return
        said = " ".join(entry.message for sent in result.results for entry in sent.logs())
        status = _STATUS.search(said)
        why = f"answered {status[1]}" if status else "did not accept the message"
        raise DeliveryError(f"{self.name} {why}; check its address and that the service can be reached from here")


def _server(service: Any) -> tuple[str, int] | None:  # noqa: ANN401  # Apprise has a class for each service
    """Host and port where they are the operator's own and not those of a provider."""
    if mail := getattr(service, "smtp_host", None):
        return str(mail), int(service.port)
    if type(service).__name__ in {"NotifyJSON", "NotifyXML", "NotifyForm"}:
        return str(service.host), int(service.port or (443 if service.secure else 80))
    return None
