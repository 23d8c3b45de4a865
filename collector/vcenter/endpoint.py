"""Where a vCenter is and how to reach it: one entry of the configuration, as the wire needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One vCenter; ``name`` is the configured one.

    A ``thumbprint`` (SHA-1 or SHA-256 of the certificate, with or without colons) replaces verification by authorities;
    without one the authorities in ``ca_file``, else those of the system, must vouch for the certificate and its host
    name. ``timeout`` is how long, in seconds, one answer may stay silent. The password never shows in ``repr``.
    """

    name: str
    host: str
    username: str
    password: str = field(repr=False)
    port: int = 443
    ca_file: Path | None = None
    thumbprint: str | None = None
    verify: bool = True
    timeout: float = 60.0

    @property
    def address(self) -> str:
        """``host:port``, the host in brackets where it is an IPv6 address."""
        host = f"[{self.host}]" if ":" in self.host and not self.host.startswith("[") else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        """How every error names this vCenter."""
        return f"{self.name} ({self.address})"
