"""Messages to notification services (mail, chat, paging, webhooks) by Apprise, which knows each by its address."""

from __future__ import annotations

import logging
import re
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, OverflowMode

from exporters.alerts.message import DeliveryError, Message

TIMEOUT = 60.0
"""Seconds after which a message counts as not delivered, whatever its service is doing."""

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
            raise ValueError(f"{name} is no address that Apprise knows; write one such as mailto://user:password@example.com")
        service = self._apprise[0]
        if "overflow=" not in url:
            service.overflow_mode = OverflowMode.SPLIT  # a long digest becomes several messages rather than a refusal
        formats: Any = service.notify_format  # one, or those that the service can do, its favourite first
        first = formats[0] if isinstance(formats, tuple) else formats
        self._format = NotifyFormat.TEXT if first is NotifyFormat.TEXT else NotifyFormat.MARKDOWN

    def send(self, message: Message) -> None:
        """Send one message.

        Raises:
            DeliveryError: the service did not take it.
        """
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
        why = f"answered {status[1]}" if status else "did not take the message"
        raise DeliveryError(f"{self.name} {why}; check its address and that the service can be reached from here")
