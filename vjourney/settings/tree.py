"""The configuration as one frozen tree: what each key holds, its default, and what does not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, SecretStr, ValidationInfo

from inference.classification.rules import Rule
from inference.declare import DEFAULT_PROFILE
from inference.declared import Declared
from inference.judging.model import DEFAULT as DEFAULT_MODEL
from inference.judging.model import ModelError, load, shipped
from vjourney.settings import values
from vjourney.settings.declared import declared_inputs
from vjourney.settings.places import Place, Problem, Steps, shown
from vjourney.settings.section import AuthoritiesFile, ReadableFile, Section, Word, reading
from vjourney.settings.web import WebConfig, web_config
from vjourney.settings.workloads import workload_rules

_NO_SECRETS_HERE = (
    "is not allowed, because this file is copied and shown; put the password into a file of its own and name it under "
    "password_file, or name an environment variable under password_env"
)


def _secret_file(value: SecretStr, info: ValidationInfo) -> SecretStr:
    return SecretStr(values.secret_in(reading(info).folder, value.get_secret_value()))


def _secret_env(value: SecretStr, info: ValidationInfo) -> SecretStr:
    return SecretStr(values.secret_of(reading(info).environ, value.get_secret_value()))


def _store(value: SecretStr, info: ValidationInfo) -> SecretStr:
    given = info.data.get("from_file") or info.data.get("from_env") or SecretStr("")
    return SecretStr(values.store_url(reading(info).folder, value.get_secret_value(), given.get_secret_value()))


def _model(value: object, info: ValidationInfo) -> str | Path:
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is neither the name of a model nor a file")  # noqa: TRY004  # pydantic wants this
    if "/" not in value and not value.endswith((".yaml", ".yml")):
        if values.word(value) not in shipped():
            raise ValueError(f"{shown(value)} is not a model; write {' or '.join(shipped())}, or the path of a model file")
        return value
    path = values.file_in(reading(info).folder, value)
    try:
        load(path)
    except ModelError as error:
        reading(info).elsewhere.extend(Problem(str(path), Place(), (), problem) for problem in error.problems)
    return path


def _hysteresis(value: object, info: ValidationInfo) -> str:
    if "model" not in info.data:  # it has a problem of its own
        return DEFAULT_PROFILE
    profiles = sorted(load(info.data["model"]).specification.hysteresis.profiles)
    if value not in profiles:
        raise ValueError(f"{shown(value)} is not a hysteresis profile of the model; write {' or '.join(profiles)}")
    return str(value)


def _web_url(value: SecretStr) -> SecretStr:
    return SecretStr(values.web_url(value.get_secret_value()))


def _target(value: SecretStr) -> SecretStr:
    return SecretStr(values.word(value.get_secret_value()))


SecretFromFile = Annotated[SecretStr, AfterValidator(_secret_file)]
SecretFromEnv = Annotated[SecretStr, AfterValidator(_secret_env)]
SecretUrl = Annotated[SecretStr, AfterValidator(_web_url)]
SecretTarget = Annotated[SecretStr, AfterValidator(_target)]


class Tls(Section):
    """How the certificate of a vCenter is checked: by the system's authorities, by others, by thumbprint, or not at all."""

    ca_file: AuthoritiesFile | None = None
    thumbprint: Annotated[str, AfterValidator(values.thumbprint)] | None = None
    verify: bool = True

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """One way to check the certificate, not two."""
        if "ca_file" in given and "thumbprint" in given:
            yield ("thumbprint",), "contradicts ca_file, since a pinned certificate needs no authority; keep one of them"
        if given.get("verify") is False and given.keys() & {"ca_file", "thumbprint"}:
            yield ("verify",), "is false, which contradicts ca_file and thumbprint; leave it out to check the certificate"


class WithPassword(Section):
    """A section whose password comes from a file or an environment variable, read once when the configuration is."""

    refused: ClassVar[Mapping[str, str]] = {"password": _NO_SECRETS_HERE}

    from_file: SecretFromFile | None = Field(None, alias="password_file", repr=False, exclude=True)
    from_env: SecretFromEnv | None = Field(None, alias="password_env", repr=False, exclude=True)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """One password, not two."""
        if "password_file" in given and "password_env" in given:
            yield ("password_env",), "is given beside password_file; keep one of them"

    @property
    def password(self) -> SecretStr:
        """The password, empty where none is needed."""
        return self.from_file or self.from_env or SecretStr("")


class Vcenter(WithPassword):
    """One vCenter to read, or with ``replay`` a recording of one."""

    name: Word
    host: Annotated[str, AfterValidator(values.host)] = ""
    port: Annotated[int, AfterValidator(values.port)] = 443
    username: Word = ""
    tls: Tls = Tls.model_construct()
    poll_interval: Annotated[timedelta, BeforeValidator(values.duration), AfterValidator(values.between("1s", "1d"))] = (
        timedelta(minutes=5)
    )
    timeout: Annotated[timedelta, BeforeValidator(values.duration), AfterValidator(values.between("1s", "1h"))] = timedelta(
        seconds=60
    )
    tags: bool | None = None
    lab: bool = False
    replay: ReadableFile | None = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """A vCenter needs an address and an account, a recording neither."""
        yield from super().contradictions(given)
        if "replay" in given:
            for key in ("host", "port", "username", "password_file", "password_env", "tls", "tags"):
                if key in given:
                    yield (key,), "cannot be used with replay, which reads a recording; remove one of them"
            return
        if "host" not in given:
            yield ("host",), "is missing; give the address of the vCenter, or a recording under replay"
        if "username" not in given:
            yield ("username",), "is missing; give an account that has read access"
        if not given.keys() & {"password_file", "password_env", "password"}:
            yield ("password_file",), "is missing; name a file with the password, or a variable under password_env"


class Web(Section):
    """Where pages and metrics are served, and to whom."""

    listen: Annotated[values.Listen, PlainValidator(values.listen), PlainSerializer(str)] = values.Listen("127.0.0.1", 9747)
    config: Annotated[WebConfig | None, BeforeValidator(web_config)] = Field(None, alias="config_file")


class Store(WithPassword):
    """Where history is kept: a database URL with the password in it, so never shown."""

    url: Annotated[SecretStr, AfterValidator(_store)] = Field(SecretStr("sqlite:///vjourney.db"), validate_default=True)


class Digest(Section):
    """When the digest is sent, as a cron schedule, and to whom."""

    schedule: Annotated[str, AfterValidator(values.cron)]
    to: tuple[SecretTarget, ...]

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """Somebody has to read it."""
        if given.get("to") == ():
            yield ("to",), "is empty; give at least one address, or leave the digest out"


class Alerts(Section):
    """Who hears of changes; addresses may hold passwords or tokens."""

    alertmanagers: tuple[SecretUrl, ...] = ()
    notify: tuple[SecretTarget, ...] = ()
    digest: Digest | None = None


class Settings(Section):
    """The whole configuration, every path absolute or relative to the working directory, every secret read."""

    vcenters: tuple[Vcenter, ...]
    web: Web = Web.model_construct()
    store: Store = Field({}, validate_default=True)  # made by validation, which knows the folder
    declared: Annotated[Declared | None, PlainValidator(declared_inputs)] = Field(None, exclude=True)
    workloads: Annotated[tuple[Rule, ...], PlainValidator(workload_rules)] = Field((), exclude=True)
    alerts: Alerts | None = None
    model: Annotated[str | Path, PlainValidator(_model)] = DEFAULT_MODEL
    hysteresis: Annotated[str, PlainValidator(_hysteresis)] = DEFAULT_PROFILE

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the vCenters."""
        return tuple(vcenter.name for vcenter in self.vcenters)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """At least one vCenter, each with a name and an address of its own."""
        entries = given.get("vcenters")
        if entries == ():
            yield ("vcenters",), "is empty; give at least one vCenter"
        names: dict[str, int] = {}
        addresses: dict[tuple[str, Any], int] = {}
        for number, entry in enumerate(entries if isinstance(entries, tuple) else ()):
            if not isinstance(entry, Mapping):
                continue
            name, host = entry.get("name"), entry.get("host")
            if isinstance(name, str) and names.setdefault(name, number) != number:
                yield (
                    ("vcenters", number, "name"),
                    f"{shown(name)} is also the name of vcenters[{names[name]}]; give each its own",
                )
            address = (str(host).lower().strip("[]").rstrip("."), entry.get("port", 443))
            if isinstance(host, str) and addresses.setdefault(address, number) != number:
                yield (
                    ("vcenters", number, "host"),
                    f"{shown(host)} is also the address of vcenters[{addresses[address]}]; keep one of them",
                )
