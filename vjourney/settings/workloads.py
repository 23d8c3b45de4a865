"""The file of workload rules: what the operator says machines are for, read, checked as a whole and handed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from inference.classification.lexicon import AppClass, Environment, builtin
from inference.classification.rules import Rule
from vjourney.settings import values
from vjourney.settings.places import Steps, shown
from vjourney.settings.section import Section, Word, parse_named_file

NOTHING = "none"
"""The class of a machine that only looks like an application."""

_CONDITIONS = ("tag", "attribute", "folder", "name")
_ENVIRONMENTS = get_args(Environment)


def classes() -> Mapping[str, AppClass]:
    """The classes that a rule may give, by id."""
    return {app.id: app for app in builtin().apps.values()}


def _class(value: object) -> object:
    known = (*sorted(classes()), NOTHING)
    if value not in known:
        raise ValueError(f"{shown(value)} is not a class; write one of {', '.join(known)}")
    return value


def _environment(value: object) -> object:
    if value not in _ENVIRONMENTS:
        raise ValueError(f"{shown(value)} is not an environment; write one of {', '.join(_ENVIRONMENTS)}")
    return value


def _tag(value: str) -> str:
    category, colon, name = values.word(value).partition(":")
    if colon and not (category.strip() and name.strip()):
        raise ValueError(f"{shown(value)} lacks one of its two sides; write Category:Tag, or only the tag name")
    return value


def _folder(value: str) -> str:
    return values.word(value.strip("/"))


class WorkloadRule(Section):
    """One rule: which machines, by patterns that must all fit, and what they are."""

    tag: Annotated[str, AfterValidator(_tag)] | None = None
    attribute: Word | None = None
    value: Word | None = None
    folder: Annotated[str, AfterValidator(_folder)] | None = None
    name: Word | None = None
    app: Annotated[str | None, BeforeValidator(_class)] = Field(None, alias="class")
    environment: Annotated[Environment | None, BeforeValidator(_environment)] = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """A rule says which machines and what they are."""
        if not given.keys() & set(_CONDITIONS):
            yield (), "matches no VM; give tag, attribute, folder or name"
        if not given.keys() & {"class", "environment"}:
            yield (), "says nothing about the VMs it matches; give class, environment or both"
        if "value" in given and "attribute" not in given:
            yield ("value",), "is an attribute value without its attribute; name that under attribute"

    def in_terms_of_inference(self) -> Rule:
        """The rule that inference goes by; an attribute without a value fits every value."""
        return Rule(
            name=self.name,
            folder=self.folder,
            tag=self.tag,
            attribute=None if self.attribute is None else (self.attribute, self.value or "*"),
            app=classes().get(self.app or ""),
            environment=self.environment,
            nothing=self.app == NOTHING,
        )


class WorkloadFile(Section):
    """Rules in their order; the first that fits a machine decides."""

    rules: tuple[WorkloadRule, ...]

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
        """No two rules are about the same machines: the second would never decide."""
        listed = given.get("rules")
        first: dict[tuple[str, ...], int] = {}
        for place, rule in enumerate(listed if isinstance(listed, tuple) else ()):
            about = _about(rule) if isinstance(rule, Mapping) else None
            if about is not None and first.setdefault(about, place) != place:
                yield (
                    ("rules", place),
                    f"matches the same VMs as rules[{first[about]}], and only the first one counts; make one rule of both",
                )


def _about(rule: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The patterns of a rule as they are compared; ``None`` where there are none, or where one is no text."""
    told = {name: rule.get(name, "*" if name == "value" else "") for name in (*_CONDITIONS, "value")}
    if not all(isinstance(text, str) for text in told.values()) or not any(told[name] for name in _CONDITIONS):
        return None
    return tuple((text.strip("/") if name == "folder" else text).lower() for name, text in told.items())


def workload_rules(value: object, info: ValidationInfo) -> tuple[Rule, ...]:
    """The rules in the file called ``value``; problems in it are reported under its own name."""
    if value is None:
        return ()
    empty = "the file is empty; it needs the key rules with a list of rules"
    found = parse_named_file(WorkloadFile, value, info, empty=empty)
    return () if found is None else tuple(rule.in_terms_of_inference() for rule in found.rules)
