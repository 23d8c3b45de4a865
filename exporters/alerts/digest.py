"""The digest: of each scope what changed, what holds it back and its value so far, short enough to be read to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exporters.alerts.changes import CAUSES
from exporters.alerts.message import Message, escaped, one_line
from exporters.document import assessment_document
from exporters.scopes import distinct_names
from exporters.wording import held_back
from inference.publication import Publication
from inference.results import Assessment, Declaration, Transition
from inference.stages import STAGE_TITLES

MOST_CLUSTERS = 20
"""How many changed clusters are named; an estate may have hundreds."""

STEPS = 2
"""How many next steps are given where nothing holds a stage back."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading and its lines, without markup."""

    heading: str
    lines: tuple[str, ...]


def digest(publication: Publication, since: datetime | None, told: Mapping[str, datetime]) -> Message:
    """The digest of everything that is known.

    ``since`` is when the digest before was due, ``None`` for the first one; ``told`` the time of the last change that it knew,
    by scope id. What is later is new.
    """
    changes = [change for change in publication.transitions if change.scope_id not in told or change.at > told[change.scope_id]]
    sections = [*_scopes(publication, changes, since), *_clusters(publication, changes), *_unread(publication)]
    moved = sum(change.from_stage is not None for change in changes)
    count = {0: "no stage changed", 1: "1 stage changed"}.get(moved, f"{moved} stages changed")
    return Message(
        title=f"Virtualization journey: {count}{_since(since)}",
        text="\n\n".join(_text(section) for section in sections),
        markdown="\n\n".join(_markdown(section) for section in sections),
        severity="info",
    )


def _scopes(publication: Publication, changes: list[Transition], since: datetime | None) -> Iterator[_Section]:
    told = False
    for assessment in publication.assessments:
        kind = assessment.scope.kind
        if kind == "cluster" or (kind == "fleet" and len(publication.vcenters) == 1):  # a fleet of one says everything twice
            continue
        declaration = publication.declarations.get(assessment.scope.id, Declaration())
        own = [change for change in changes if change.scope_id == assessment.scope.id]
        name = "The fleet" if kind == "fleet" else f"vCenter {assessment.scope.name}"
        yield _Section(
            f"{name}: {_stage(declaration.declared)}",
            (
                *_standing(assessment, declaration),
                *([f"Changed: {_change(change)}" for change in own] or [f"Nothing changed{_since(since)}."]),
                *_holding(assessment, publication.model.families),
                *_value(assessment, explain=not told),
            ),
        )
        told = True


def _stage(stage: int | None) -> str:
    return "no stage declared yet" if stage is None else STAGE_TITLES[stage]


def _standing(assessment: Assessment, declaration: Declaration) -> Iterator[str]:
    if assessment.inferred is None:
        yield f"Too little could be seen to name a stage: {assessment.coverage:.0%} of the evidence."
    else:
        yield (
            f"The evidence of {assessment.taken_at:%Y-%m-%d} points to {STAGE_TITLES[assessment.inferred]}:"
            f" certainty {assessment.certainty:.0%}, coverage {assessment.coverage:.0%}."
        )
    if declaration.candidate is not None and declaration.candidate_since is not None:
        yield (
            f"{STAGE_TITLES[declaration.candidate]} has been a candidate since {declaration.candidate_since:%Y-%m-%d};"
            " it will be declared if the evidence lasts."
        )


def _change(change: Transition) -> str:
    day = f"{change.at:%Y-%m-%d}"
    if change.from_stage is None:
        return f"{STAGE_TITLES[change.to_stage]} was declared for the first time on {day}."
    moved = f"from {STAGE_TITLES[change.from_stage]} to {STAGE_TITLES[change.to_stage]} on {day}."
    return " ".join(part for part in (moved, CAUSES.get(change.cause, "")) if part)


def _holding(assessment: Assessment, families: Mapping[str, str]) -> Iterator[str]:
    # below the evidence floor it is the lack of evidence, which has been told; a candidate has been told as well
    for reason in held_back(assessment_document(assessment), families) if assessment.inferred is not None else ():
        yield reason if reason.startswith("Nothing") else f"Held back by: {reason}"
    for step in assessment.next_steps[:STEPS]:
        yield f"Next step: {step.message}"


def _value(assessment: Assessment, *, explain: bool) -> Iterator[str]:
    ledger = assessment.lenses.get("value_ledger")
    if not isinstance(ledger, Mapping):
        return
    known = [line for part in ("things", "money", "service") for line in ledger[part] if line["amount"] is not None]
    if known:
        yield f"Value so far: {', '.join(_amount(line, ledger) for line in known)}."
    if explain or ledger["total"] is not None:
        yield str(ledger["summary"])


def _amount(line: Mapping[str, Any], ledger: Mapping[str, Any]) -> str:
    amount, unit = line["amount"], str(line["unit"])
    if unit == "share":
        return f"{line['title']} ({amount:.0%})"
    return f"{line['title']} ({amount:,.0f} {unit.replace('money', ledger['currency'] or 'money')})"


def _clusters(publication: Publication, changes: list[Transition]) -> Iterator[_Section]:
    clusters = {a.scope.id: a.scope for a in publication.assessments if a.scope.kind == "cluster"}
    if not clusters:
        return
    names = distinct_names(assessment.scope for assessment in publication.assessments)
    stages = Counter(publication.declarations.get(name, Declaration()).declared for name in clusters)
    ordered = sorted(stages.items(), key=lambda item: -1 if item[0] is None else item[0])
    count = ", ".join(f"{number} at {_stage(stage)}" for stage, number in ordered if stage is not None)
    without = f"{stages[None]} without a declared stage" if stages[None] else ""
    lines = [f"{'; '.join(part for part in (count, without) if part)}."]
    own = [change for change in changes if change.scope_id in clusters and change.from_stage is not None]
    lines += [
        f"{names[change.scope_id]} of {clusters[change.scope_id].vcenter}: {_change(change)}" for change in own[-MOST_CLUSTERS:]
    ]
    if len(own) > MOST_CLUSTERS:
        lines.append(f"Earlier changes of clusters, on the page of vjourney: {len(own) - MOST_CLUSTERS}.")
    yield _Section(f"Clusters: {len(clusters)}", tuple(lines))


def _unread(publication: Publication) -> Iterator[_Section]:
    failed = [status for status in publication.vcenters if status.status == "failed"]
    if failed:
        yield _Section(
            "Could not be read", tuple(f"vCenter {status.name}: {status.error or 'no reason known'}" for status in failed)
        )


def _since(since: datetime | None) -> str:
    return "" if since is None else f" since {since:%Y-%m-%d}"


def _text(section: _Section) -> str:
    return "\n".join((one_line(section.heading), *(f"- {one_line(line)}" for line in section.lines)))


def _markdown(section: _Section) -> str:
    return "\n".join((f"## {escaped(section.heading)}", "", *_items(section.lines)))


def _items(lines: Iterable[str]) -> Iterator[str]:
    return (f"- {escaped(line)}" for line in lines)
