"""The web configuration file: the TLS and basic authentication part of the format that Prometheus exporters share."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from vjourney.settings.places import Document, Steps, read_document
from vjourney.settings.section import Reading, Section, parse, reading
from vjourney.settings.values import bcrypt_hash, file_in

_NOT_HERE = "belongs to the format, but vjourney does not support it; leave it out"


def _file(value: str, info: ValidationInfo) -> str:
    return str(file_in(reading(info).folder, value))


def _hash(value: SecretStr) -> SecretStr:
    return SecretStr(bcrypt_hash(value.get_secret_value()))


class TlsServer(Section):
    """The certificate chain and the private key of the web server, in PEM format."""

    refused: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            *("cert", "key", "client_auth_type", "client_ca", "client_ca_file", "client_allowed_sans", "min_version"),
            *("max_version", "cipher_suites", "prefer_server_cipher_suites", "curve_preferences"),
        ),
        _NOT_HERE,
    )

    cert_file: Annotated[str, AfterValidator(_file)]
    key_file: Annotated[str, AfterValidator(_file)]


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
    """The web configuration file called ``value``; what is wrong in it is noted under its own name."""
    if not isinstance(value, str):
        return value  # left to the type of the key
    outer = reading(info)
    path = file_in(outer.folder, value)
    document = read_document(path)
    if document.data is None and not document.problems:
        return WebConfig.model_validate({})
    config = None if document.problems else parse(WebConfig, document, Reading(path.parent, outer.environ, outer.elsewhere))
    if config and config.tls:
        _check_pair(config.tls, document)
    outer.elsewhere.extend(document.problems)
    return config


def _check_pair(tls: TlsServer, document: Document) -> None:
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
