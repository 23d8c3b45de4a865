"""A change of a declared stage as news: the same identity whoever tells of it, and whenever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from exporters.alerts.message import Message, Severity, escaped, one_line
from exporters.scopes import distinct_names
from inference.results import Assessment, ScopeKind, Transition
from inference.stages import STAGE_TITLES, STAGES

CAUSES = {
    "estate": "Lasting evidence from the estate brought the change.",
    "model": "The model was replaced shortly before; the estate itself may be unchanged.",
    "rebaseline": "The estate changed so much, as in a merger, that its stage was declared anew after a quiet period.",
}
"""What each cause of a transition means; a first declaration is no change."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """One change of the declared stage of one scope; ``vcenter`` and ``vsphere_cluster`` are empty where there is none.

    ``figures`` and ``next_step`` are sentences about the assessment that brought the change.
    """

    scope: ScopeKind
    vcenter: str
    vsphere_cluster: str
    from_stage: int
    to_stage: int
    cause: str
    at: datetime
    figures: str
    next_step: str

    @property
    def direction(self) -> Literal["up", "down"]:
        """Whether the journey went on or back."""
        return "up" if self.to_stage > self.from_stage else "down"

    @property
    def identity(self) -> tuple[tuple[str, str], ...]:
        """Changes that have this in common are one to an Alertmanager."""
        return tuple(sorted(self.labels().items()))

    @property
    def severity(self) -> Severity:
        """A step back wants attention; a step on is good to know."""
        return "info" if self.direction == "up" else "warning"

    @property
    def runbook(self) -> str:
        """What to do, as a path in this repository; the rules for Prometheus refer to the same."""
        return f"docs/runbooks/{'VjourneyStageUp' if self.direction == 'up' else 'VjourneyStageRegression'}.md"

    @property
    def summary(self) -> str:
        """The change in one line."""
        verb = "reached" if self.direction == "up" else "fell back to"
        return f"{self._who()} {verb} {STAGE_TITLES[self.to_stage]}"

    @property
    def description(self) -> str:
        """What was declared before, why it changed, and on what evidence."""
        return " ".join(sentence for sentence in (self._moved(), CAUSES.get(self.cause, ""), self.figures) if sentence)

    def labels(self) -> dict[str, str]:
        """What tells this change from every other one of the same scope, as labels of an alert."""
        labels = {
            "scope": self.scope,
            "vcenter": self.vcenter,
            "vsphere_cluster": self.vsphere_cluster,
            "from": STAGES[self.from_stage],
            "to": STAGES[self.to_stage],
            "severity": self.severity,
        }
        return {name: value for name, value in labels.items() if value}

    def message(self) -> Message:
        """The change for people."""
        title = one_line(self.summary)
        paragraphs = [part for part in (self.description, self.next_step) if part]
        return Message(
            title=title,
            text="\n\n".join(map(one_line, paragraphs)),
            markdown="\n\n".join(escaped(part) for part in paragraphs),
            severity=self.severity,
        )

    def plain(self) -> dict[str, Any]:
        """This change as data ready for JSON; ``stage_change`` is the way back."""
        return asdict(self) | {"at": self.at.isoformat()}

    def _who(self) -> str:
        if self.scope == "fleet":
            return "The fleet"
        where = f"vCenter {self.vcenter}"
        return f"Cluster {self.vsphere_cluster} of {where}" if self.scope == "cluster" else where

    def _moved(self) -> str:
        day = f"{self.at:%Y-%m-%d %H:%M} UTC"
        return f"The declared stage changed from {STAGE_TITLES[self.from_stage]} to {STAGE_TITLES[self.to_stage]} on {day}."


def stage_change(plain: Mapping[str, Any]) -> StageChange:
    """The change that ``plain()`` gave."""
    return StageChange(**{**plain, "at": datetime.fromisoformat(plain["at"])})


def stage_changes(assessments: Sequence[Assessment], transitions: Sequence[Transition]) -> dict[Transition, StageChange]:
    """What of these transitions is news, with the assessments that brought them; a first declaration changes nothing."""
    by_id = {assessment.scope.id: assessment for assessment in assessments}
    names = distinct_names(assessment.scope for assessment in assessments)
    return {
        transition: _change(transition, transition.from_stage, by_id[transition.scope_id], names[transition.scope_id])
        for transition in transitions
        if transition.from_stage not in (None, transition.to_stage) and transition.scope_id in by_id
    }


def _change(transition: Transition, before: int, assessment: Assessment, name: str) -> StageChange:
    scope = assessment.scope
    step = assessment.next_steps[0].message if assessment.next_steps else ""
    return StageChange(
        scope=scope.kind,
        vcenter=scope.vcenter,
        vsphere_cluster=name if scope.kind == "cluster" else "",
        from_stage=before,
        to_stage=transition.to_stage,
        cause=transition.cause,
        at=transition.at,
        figures=f"Certainty {assessment.certainty:.0%}, coverage of the evidence {assessment.coverage:.0%}.",
        next_step=f"Next step: {step}" if step else "",
    )
