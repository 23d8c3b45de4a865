"""The web configuration file: the TLS and basic authentication part of the format that Prometheus exporters share."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from vjourney.settings.places import Document, Steps
from vjourney.settings.section import AuthoritiesFile, ReadableFile, Section, parse_named_file
from vjourney.settings.values import bcrypt_hash

_NOT_HERE = "belongs to the format, but vjourney does not support it; remove it"


def _client_auth(value: str) -> str:
    if value not in {"NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"}:
        raise ValueError("is not supported; write RequireAndVerifyClientCert, VerifyClientCertIfGiven or NoClientCert")
    return value


def _version(value: str) -> str:
    if value not in {"TLS12", "TLS13"}:
        raise ValueError("is not supported; write TLS12 or TLS13")
    return value


def _hash(value: SecretStr) -> SecretStr:
    return SecretStr(bcrypt_hash(value.get_secret_value()))


class TlsServer(Section):
    """The certificate chain and the private key of the web server, in PEM format, and what clients must show and speak."""

    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            *("cert", "key", "client_ca", "client_allowed_sans"),
            *("cipher_suites", "prefer_server_cipher_suites", "curve_preferences"),
        ),
        _NOT_HERE,
    )

    cert_file: ReadableFile
    key_file: ReadableFile
    client_auth_type: Annotated[str, AfterValidator(_client_auth)] = "NoClientCert"
    client_ca_file: AuthoritiesFile | None = None
    min_version: Annotated[str, AfterValidator(_version)] = "TLS12"
    max_version: Annotated[str, AfterValidator(_version)] = "TLS13"

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """Clients are checked against authorities or not at all, and some version of TLS must be left."""
        checked = given.get("client_auth_type", "NoClientCert") != "NoClientCert"
        if checked and "client_ca_file" not in given:
            yield ("client_auth_type",), "needs client_ca_file, the authorities that sign client certificates"
        if not checked and "client_ca_file" in given:
            yield ("client_ca_file",), "has no effect without client_auth_type: RequireAndVerifyClientCert"
        if given.get("min_version") == "TLS13" and given.get("max_version") == "TLS12":
            yield ("max_version",), "is below min_version; leave one of them out"


class WebConfig(Section):
    """TLS and the users who may read, each with the bcrypt hash of a password; no users is everyone."""

    refused: ClassVar[Mapping[str, str]] = {"http_server_config": _NOT_HERE, "rate_limit": _NOT_HERE}

    tls: TlsServer | None = Field(None, alias="tls_server_config")
    users: dict[str, Annotated[SecretStr, AfterValidator(_hash)]] = Field({}, alias="basic_auth_users")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """User names must be usable in basic authentication."""
        users = given.get("basic_auth_users")
        for name in users if isinstance(users, Mapping) else ():
            if not name or ":" in name:
                yield ("basic_auth_users", name), "is not a user name; write one without a colon"


def web_config(value: object, info: ValidationInfo) -> object:
    """The web configuration file called ``value``; problems in it are reported under its own name."""
    if not isinstance(value, str):
        return value  # left to the type of the key
    return parse_named_file(WebConfig, value, info, check=_check_key)


def _check_key(config: WebConfig, document: Document) -> None:
    """Note a problem if certificate and private key do not belong together, or cannot be loaded."""
    tls = config.tls
    if tls is None:
        return

    def refuse() -> str:  # without it OpenSSL asks for the pass phrase on the terminal
        raise ValueError("encrypted")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.cert_file, tls.key_file, password=refuse)
    except ssl.SSLError as error:
        mismatch = "mismatch" in str(error).lower()
        why = (
            "is not the key of the certificate in cert_file"
            if mismatch
            else "and cert_file are not a key and a certificate in PEM format"
        )
        document.problem(("tls_server_config", "key_file"), why)
    except ValueError:
        document.problem(("tls_server_config", "key_file"), "is encrypted; write the key without a pass phrase")
