"""The web configuration file: the TLS and basic authentication part of the format that Prometheus exporters share."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from vjourney.settings.places import Document, Steps, read_document
from vjourney.settings.section import Reading, Section, parse, reading
from vjourney.settings.values import authorities_in, bcrypt_hash, file_in

_NOT_HERE = "belongs to the format, but vjourney does not support it; remove it"


def _file(value: str, info: ValidationInfo) -> str:
    return str(file_in(reading(info).folder, value))


def _authorities(value: str, info: ValidationInfo) -> str:
    return str(authorities_in(reading(info).folder, value))


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

    cert_file: Annotated[str, AfterValidator(_file)]
    key_file: Annotated[str, AfterValidator(_file)]
    client_auth_type: Annotated[str, AfterValidator(_client_auth)] = "NoClientCert"
    client_ca_file: Annotated[str, AfterValidator(_authorities)] | None = None
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
