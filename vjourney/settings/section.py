"""One mapping of a configuration file as a frozen pydantic model that reports everything wrong with it in one go."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails

from vjourney.settings.places import Document, Problem, Steps, read_document, shown
from vjourney.settings.values import authorities_in, file_in, word

_WANTED = {
    "string_type": "is not text; put it in quotes",
    "is_instance_of": "is not text; put it in quotes",
    "path_type": "is not text; put it in quotes",
    "int_type": "is not a whole number; write one in digits only, without quotes",
    "float_type": "is not a number; write one such as 0.28, without quotes or exponent",
    "bool_type": "is neither true nor false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "missing": "is missing",
}

_SECRET = {"alerts", "basic_auth_users", "password_env", "password_file", "store"}
"""Keys whose values, even misplaced ones, may hold a secret and are never repeated."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What validators need besides a value.

    ``folder`` is where relative paths start, ``environ`` the environment; problems of other files that this one names are
    collected in ``elsewhere``. Days after ``today`` are in the future.
    """

    folder: Path
    environ: Mapping[str, str]
    elsewhere: list[Problem]
    today: date


def reading(info: ValidationInfo) -> Reading:
    """The circumstances of the file being read."""
    if not isinstance(info.context, Reading):
        raise TypeError("a section of a configuration is made by parse()")
    return info.context


Word = Annotated[str, AfterValidator(word)]
"""Text that is not empty and holds no control characters."""


def _readable(value: object, info: ValidationInfo) -> object:
    return file_in(reading(info).folder, value) if isinstance(value, str) else value


def _authorities(value: object, info: ValidationInfo) -> object:
    return authorities_in(reading(info).folder, value) if isinstance(value, str) else value


ReadableFile = Annotated[Path, BeforeValidator(_readable)]
"""A file that can be read, relative to the folder of the file that names it."""

AuthoritiesFile = Annotated[Path, BeforeValidator(_authorities)]
"""The same, with at least one certificate in PEM format."""


class _KeyError(ValueError):
    """Something wrong with a key rather than with its value."""


class Section(BaseModel):
    """A mapping with known keys, each with a value: one that was left blank is a mistake and no default.

    A subclass says in ``refused`` why keys that a user may well try are not there, and in ``contradictions`` which keys do
    not go together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
    refused: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:  # noqa: ARG003  # for subclasses
        """What is wrong with the keys taken together: the path of the key at fault and a sentence."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _everything_at_once(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401  # the file may hold anything
        # pydantic looks at a model as a whole only when all its fields are right; a user wants both kinds of problem.
        found: list[InitErrorDetails] = []
        blank: dict[str, str] = {}
        if isinstance(given, Mapping):
            blank = {key: sentence for key, sentence in cls._without_value().items() if given.get(key, "") is None}
            found = [_wrong_value((key,), sentence) for key, sentence in blank.items()]
            found += [_wrong_key(path, sentence) for path, sentence in cls.contradictions(given)]
            given = {key: value for key, value in given.items() if key not in blank}
        try:
            section = handler(given)
        except ValidationError as error:
            missing = {(key,) for key in blank}
            found += [cls._again(details) for details in error.errors(include_url=False) if details["loc"] not in missing]
        else:
            if not found:
                return section
        raise ValidationError.from_exception_data(cls.__name__, found, hide_input=True)

    @classmethod
    def _again(cls, details: ErrorDetails) -> InitErrorDetails:
        loc = details["loc"]
        if details["type"] == "extra_forbidden" and len(loc) == 1:
            return _wrong_key(loc, cls._unknown(str(loc[0])))
        return InitErrorDetails(type=details["type"], loc=loc, input=details["input"], ctx=details.get("ctx", {}))

    @classmethod
    def _without_value(cls) -> dict[str, str]:
        """What is said of each key that stands there without a value."""
        wanted = "has no value; write one"
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        return {key: wanted if field.is_required() else f"{wanted}, or leave the key out" for key, field in fields.items()}

    @classmethod
    def _unknown(cls, key: str) -> str:
        if key in cls.refused:
            return cls.refused[key]
        known = [field.alias or name for name, field in cls.model_fields.items()]
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"
        return f"is not a known key; {hint}"


AnySection = TypeVar("AnySection", bound=Section)


def parse(kind: type[AnySection], document: Document, context: Reading) -> AnySection | None:
    """The document as this section, or ``None`` with the problems noted in the document."""
    try:
        return kind.model_validate(document.data, context=context)
    except ValidationError as error:
        told = {problem.path for problem in document.problems}
        for details in error.errors(include_url=False):
            if details["loc"] in told:
                continue  # what could not be read has a problem of its own
            cause = details.get("ctx", {}).get("error")
            document.problem(details["loc"], _sentence(details), at_key=isinstance(cause, _KeyError))
        return None


def parse_named_file(
    kind: type[AnySection],
    name: object,
    info: ValidationInfo,
    *,
    empty: str | None = None,
    check: Callable[[AnySection, Document], None] | None = None,
) -> AnySection | None:
    """Read another file that a key of the configuration names, relative to the folder of the file that is being read.

    Problems in it are added to ``Reading.elsewhere``, with its own name and places, and there is no section then. ``empty`` is
    the problem of a file that holds nothing; without it, such a file means the defaults of ``kind``. ``check`` may note
    further problems in the document of a section that was parsed.

    Raises:
        ValueError: ``name`` is no text, or no such file can be read. This is a problem of the key itself.
    """
    if not isinstance(name, str):
        raise ValueError(f"{shown(name)} is not the name of a file")  # noqa: TRY004  # pydantic wants this
    outer = reading(info)
    path = file_in(outer.folder, name)
    document = read_document(path)
    if document.data is None and not document.problems:
        if empty is None:
            document.data = {}
        else:
            document.problem((), empty)
    section = None if document.problems else parse(kind, document, replace(outer, folder=path.parent))
    if section is not None and check is not None:
        check(section, document)
    outer.elsewhere.extend(document.problems)
    return section


def _wrong_value(path: Steps, sentence: str) -> InitErrorDetails:
    return InitErrorDetails(type="value_error", loc=path, input=None, ctx={"error": ValueError(sentence)})


def _wrong_key(path: Steps, sentence: str) -> InitErrorDetails:
    return InitErrorDetails(type="value_error", loc=path, input=None, ctx={"error": _KeyError(sentence)})


def _sentence(details: ErrorDetails) -> str:
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    given, wanted = details["input"], _WANTED.get(details["type"], details["msg"])
    if details["type"] == "missing":
        return wanted
    if given is None:
        return f"has no value; it {wanted}" if wanted.startswith("must") else "has no value"
    secret = any(step in _SECRET for step in details["loc"])
    return f"{shown(given)} {wanted}" if isinstance(given, str | int | float) and not secret else wanted
