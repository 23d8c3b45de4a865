"""Observations from outside: a JSON document, and what-if values set by hand. Every problem is named, and all at once."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from inference.judging.model import Model
from inference.judging.soundness import faults
from inference.judging.specification import Item
from inference.observations import Missing, Observation, Remedy, State, amount, not_applicable, unknown

_NUMBERS = ("value", "numerator", "denominator", "seen")


class ObservationsError(ValueError):
    """Observations that cannot be assessed; ``problems`` names each fault with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def parsed(text: str) -> object:
    """The plain data of a JSON text, in which no key of an object may stand twice: one of the two would be lost.

    Raises:
        ObservationsError: it is not JSON.
    """
    try:
        found = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_distinct)
        json.dumps(found, ensure_ascii=False).encode()
    except ObservationsError:
        raise
    except json.JSONDecodeError as error:
        raise ObservationsError([f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"]) from error
    except RecursionError as error:
        raise ObservationsError(["is not JSON that can be read: nested too deeply"]) from error
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise ObservationsError([f"holds {half}, which is half a character; write both halves or leave it out"]) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise ObservationsError(["is not JSON that can be read: it holds a number of too many digits"]) from error
    return found


def _distinct(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ObservationsError([f"the key {key!r} stands twice in one object; keep one of them"])
        made[key] = value
    return made


def observations_from_json(document: object, model: Model, *, scope: str | None = None) -> tuple[Observation, ...]:
    """The ``observations`` of a parsed JSON document: one assessment, or a whole answer of which ``scope`` names one.

    An entry with numerator and denominator is as uncertain as its numbers are few, and their ratio is its value; one with a
    value alone is taken as exact. Where ``state`` is missing, an entry with a number is observed, and one whose value is null
    or that gives a reason is unknown. Other keys of the contract are ignored: a category follows from a value and is none.

    Raises:
        ObservationsError: an unknown indicator, one given twice, or numbers that cannot be right.
    """
    problems: list[str] = []
    found: dict[str, Observation] = {}
    for place, entry in enumerate(_entries(document, scope)):
        where = f"observations[{place}]"
        if not isinstance(entry, Mapping):
            problems.append(f"{where}: is {type(entry).__name__} and must be an object with an indicator")
            continue
        if entry.get("indicator") is None:
            problems.append(f'{where}: names no indicator; write "indicator": and one that vjourney model show lists')
            continue
        item = _item(entry["indicator"], where, model, problems)
        if item is None:
            continue
        if item.id in found:
            problems.append(f"{where}: indicator {item.id} is given twice")
        observation = _observation(entry, item, f"{where} {item.id}", problems)
        if observation is not None:
            found[item.id] = observation
    if problems:
        raise ObservationsError(problems)
    return tuple(found.values())


def what_if(observations: Iterable[Observation], changes: Mapping[str, float | None], model: Model) -> tuple[Observation, ...]:
    """The observations with some values set: a number keeps the population it was counted in, ``None`` is unknown.

    Raises:
        ObservationsError: a change that no item of the model can take.
    """
    problems: list[str] = []
    result = {observation.indicator: observation for observation in observations}
    for name, value in changes.items():
        item = _item(name, "--set", model, problems)
        if item is None:
            continue
        changed = unknown(name, Missing("set to unknown by hand")) if value is None else _changed(result.get(name), name, value)
        problems.extend(f"--set {name}: {fault}" for fault in faults(changed, item))
        result[name] = changed
    if problems:
        raise ObservationsError(problems)
    return tuple(result.values())


def _changed(before: Observation | None, name: str, value: float) -> Observation:
    if before is None or before.state != "observed" or before.denominator is None:
        return amount(name, value, evidence=("set by hand",))
    return Observation(
        indicator=name,
        state="observed",
        value=value,
        numerator=value * before.denominator,
        denominator=before.denominator,
        seen=before.seen,
        evidence=("set by hand",),
    )


def _entries(document: object, scope: str | None) -> Sequence[object]:
    if isinstance(document, Mapping) and "observations" not in document and isinstance(document.get("assessments"), list):
        document = _chosen(document["assessments"], scope)
    entries = document.get("observations") if isinstance(document, Mapping) else document
    if not isinstance(entries, list):
        raise ObservationsError(['the document has no list "observations"; give the JSON of one assessment'])
    return entries


def _chosen(assessments: Sequence[object], scope: str | None) -> object:
    """One assessment of several, by the name or id of its scope."""
    named = []
    for assessment in assessments:
        of = assessment.get("scope") if isinstance(assessment, Mapping) else None
        names = [str(of[key]) for key in ("id", "name") if key in of] if isinstance(of, Mapping) else []
        named.append((names, assessment))
    matches = [assessment for names, assessment in named if scope is None or scope in names]
    if len(matches) != 1:
        scopes = ", ".join(sorted(names[-1] for names, _ in named if names)) or "none"
        raise ObservationsError([f"the document holds {len(assessments)} assessments; name one scope of: {scopes}"])
    return matches[0]


def _item(name: object, where: str, model: Model, problems: list[str]) -> Item | None:
    if isinstance(name, str) and name in model.by_id:
        return model.by_id[name]
    close = difflib.get_close_matches(str(name), model.by_id, n=1)
    hint = f"did you mean {close[0]}?" if close else "vjourney model show lists them"
    problems.append(f"{where}: the model has no indicator {name!r}; {hint}")
    return None


def _observation(entry: Mapping[str, Any], item: Item, where: str, problems: list[str]) -> Observation | None:
    numbers, evidence = {key: entry.get(key) for key in _NUMBERS}, entry.get("evidence") or []
    state = _state(entry)
    faulty = [
        f"{key} {number!r} is not a number; write it like 0.8, without quotation marks"
        for key, number in numbers.items()
        if not _is_number(number)
    ]
    if state is None:
        faulty.append('has neither a value nor a state; write one of them, such as "value": 0.8 or "state": "unknown"')
    elif state not in get_args(State):
        faulty.append(f"state {state!r} is none of {', '.join(get_args(State))}")
    elif state != "observed" and not faulty:
        held = [f"{key} {entry[key]}" for key in (*_NUMBERS[:3], "category") if entry.get(key) is not None]
        problems.extend(f"{where}: state {state} contradicts its {number}; leave one of them out" for number in held)
    if not isinstance(evidence, list):
        problems.append(f"{where}: evidence is {type(evidence).__name__} and must be a list of sentences")
    if faulty:
        problems.extend(f"{where}: {fault}" for fault in faulty)
        return None
    told = tuple(str(text) for text in evidence) if isinstance(evidence, list) else ()
    reason = str(entry.get("reason") or "the document gives no reason")
    if state == "unknown":
        return unknown(item.id, Missing(reason, _remedy(entry)), evidence=told)
    if state == "not_applicable":
        return not_applicable(item.id, reason, evidence=told)
    observation = _observed(item, numbers, told)
    problems.extend(f"{where}: {fault}" for fault in faults(observation, item))
    if observation.numerator is not None and observation.denominator:
        return replace(observation, value=observation.numerator / observation.denominator)
    return observation


def _state(entry: Mapping[str, Any]) -> object:
    """The state that an entry has or that follows from what it says; ``None`` where it says nothing, as if misspelt."""
    if entry.get("state") is not None:
        return entry["state"]
    if entry.get("value") is not None or entry.get("numerator") is not None:
        return "observed"
    says_unknown = ("value" in entry or entry.get("reason")) and entry.get("category") is None
    return "unknown" if says_unknown else None


def _remedy(entry: Mapping[str, Any]) -> Remedy | None:
    """The remedy that an entry names; documents of older and newer versions may have none, or another one."""
    return next((remedy for remedy in Remedy if remedy == entry.get("remedy")), None)


def _is_number(number: object) -> bool:
    """Whether it is absent or fits a float; truth values are no numbers."""
    if number is None or isinstance(number, float):
        return True
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) <= sys.float_info.max


def _observed(item: Item, numbers: Mapping[str, float | None], evidence: tuple[str, ...]) -> Observation:
    value, numerator, denominator = numbers["value"], numbers["numerator"], numbers["denominator"]
    if item.measure == "count" and denominator is None:  # it is counted, of nothing in particular
        value, numerator = numerator if value is None else value, None
    if value is None and numerator is not None and denominator:
        value = numerator / denominator
    return Observation(
        indicator=item.id,
        state="observed",
        value=value,
        numerator=numerator,
        denominator=denominator,
        seen=1.0 if numbers["seen"] is None else numbers["seen"],
        evidence=evidence,
    )
