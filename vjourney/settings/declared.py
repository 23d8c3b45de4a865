"""The file of declared inputs: read, checked as a whole, and handed on in the terms of inference."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from types import MappingProxyType
from typing import Any

from pydantic import ValidationInfo

from inference import declared as inputs
from inference.declared import PRACTICES
from vjourney.settings.declared_sections import DeclaredFile, Score, Stated
from vjourney.settings.places import Document
from vjourney.settings.section import parse_named_file


def declared_inputs(value: object, info: ValidationInfo) -> inputs.Declared | None:
    """The declared inputs in the file called ``value``; problems in it are reported under its own name."""
    if value is None:
        return None
    known = [vcenter.name for vcenter in info.data.get("vcenters", ())]
    found = parse_named_file(
        DeclaredFile,
        value,
        info,
        empty="the file is empty; it needs at least the key declared_on",
        check=lambda section, document: _check_names(section, document, known),
    )
    return None if found is None else _in_terms_of_inference(found)


def _check_names(found: DeclaredFile, document: Document, known: Collection[str]) -> None:
    for name in found.vcenters if known else ():
        if name not in known:
            document.problem(
                ("vcenters", name), f"is not the name of a configured vCenter; configured: {', '.join(known)}", at_key=True
            )


def _in_terms_of_inference(found: DeclaredFile) -> inputs.Declared:
    def on(section: Stated) -> date:
        return section.declared_on or found.declared_on

    def plain(section: Stated) -> dict[str, Any]:
        return section.model_dump() | {"declared_on": on(section)}

    sponsorship = None
    if found.sponsorship is not None:
        pushback = found.sponsorship.pushback_from
        more = {"pushback_from": pushback or (), "pushback_known": pushback is not None}
        sponsorship = inputs.Sponsorship(**plain(found.sponsorship) | more)
    return inputs.Declared(
        sponsorship=sponsorship,
        value=inputs.ValueTracking(**plain(found.value)) if found.value else None,
        policy=inputs.Policy(**plain(found.policy)) if found.policy else None,
        servers=inputs.Servers(**plain(found.servers)) if found.servers else None,
        servers_of=MappingProxyType({name: inputs.Servers(**plain(one.servers)) for name, one in found.vcenters.items()}),
        prices=inputs.Prices(**plain(found.prices)) if found.prices else None,
        triggers=tuple(inputs.Trigger(id=name, **plain(trigger)) for name, trigger in found.triggers.items()),
        products=MappingProxyType(dict.fromkeys(found.products, found.declared_on)),
        obstacles=MappingProxyType({name: inputs.Obstacle(**plain(one)) for name, one in found.obstacles.items()}),
        prerequisites=MappingProxyType({name: inputs.Prerequisite(**plain(one)) for name, one in found.prerequisites.items()}),
        maturity=MappingProxyType({name: _as_score(one, on(one)) for name, one in found.maturity.items()}),
        processes=tuple(inputs.Process(**plain(process)) for process in found.processes),
    )


def _as_score(score: Score, declared_on: date) -> inputs.Score:
    if score.level is not None:
        return inputs.Score.of_level(score.level, declared_on=declared_on, note=score.note)
    said = score.practices.model_dump() if score.practices else {}
    practices = {practice: said[practice] for practice in PRACTICES if said.get(practice) is not None}
    return inputs.Score(practices=practices, declared_on=declared_on, note=score.note)
