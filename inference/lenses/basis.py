"""What every lens looks at, and the words in which they all answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from inference.declared import Declared
from inference.lenses.sightings import Sightings
from inference.observations import Observation
from inference.results import Assessment, Evidence

Source = Literal["telemetry", "declared", "both", "none"]
"""Where an answer comes from; ``none`` where nothing is known."""

EVIDENCE_SHOWN = 3

UNSEEN = "Not known: it could not be read, or events did not reach far enough back."
"""The sentence for what vCenter would have shown."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A plain sentence and where it comes from; ``declared_on`` where a person said so."""

    text: str
    source: Source
    declared_on: date | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """One scope: its assessment, what was declared for it, and what was sighted besides the indicators."""

    assessment: Assessment
    declared: Declared
    sightings: Sightings

    def observed(self, indicator: str) -> Observation | None:
        """The observation of an indicator that was observed."""
        asked = self._asked(indicator)
        return asked.observation if asked is not None and asked.observation.state == "observed" else None

    def category(self, indicator: str) -> int | None:
        """The category of an observed and scored indicator, 0 to 3."""
        asked = self._asked(indicator)
        return None if asked is None else asked.category

    def evidence(self, indicators: Iterable[str]) -> tuple[str, ...]:
        """One sentence of evidence behind each observed indicator, as many as a reader takes in."""
        found = [(e, e.observation) for name in indicators if (e := self._asked(name)) and e.observation.state == "observed"]
        sentences = [_pooled(e) if self.assessment.scope.kind == "fleet" else " ".join(o.evidence[:1]) for e, o in found]
        return tuple(sentence for sentence in sentences if sentence)[:EVIDENCE_SHOWN]

    def is_unknown(self, indicator: str) -> bool:
        """Whether the model asks for an indicator that could not be answered."""
        asked = self._asked(indicator)
        return asked is not None and asked.observation.state == "unknown"

    def not_applicable(self, indicators: Iterable[str]) -> str | None:
        """Why none of these indicators applies, where that is so of all that the model asks."""
        asked = [e.observation for name in indicators if (e := self._asked(name))]
        if not asked or any(observation.state != "not_applicable" for observation in asked):
            return None
        return joined(sorted({observation.reason for observation in asked}))

    def why_unknown(self, indicators: Iterable[str]) -> str:
        """Clauses that say why indicators were not observed, or what to look at where this model does not ask them."""
        wanted = tuple(indicators)
        reasons = [e.observation.reason for e in self.assessment.evidence if e.observation.indicator in wanted]
        return joined(sorted({reason for reason in reasons if reason})) or "no indicator of this model covers it"

    def _asked(self, indicator: str) -> Evidence | None:
        return next((e for e in self.assessment.evidence if e.observation.indicator == indicator), None)


def _pooled(evidence: Evidence) -> str:
    """A sentence with the numbers of the whole, by the name of what was asked; those of the parts are about the parts."""
    seen, shares = evidence.observation, "share of "
    if evidence.unit.startswith(shares) and seen.numerator is not None and seen.denominator is not None:
        told = f"{seen.numerator:,.6g} of {seen.denominator:,.6g} {evidence.unit.removeprefix(shares)}"
    elif seen.value is not None:
        told = f"{round(seen.value, 2):,.6g} {evidence.unit}"
    else:
        return ""
    return ", ".join([f"{seen.indicator.replace('_', ' ')}: {told}", *seen.evidence[:1]]) + "."


def joined(clauses: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(clauses) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(clauses)
    return f"{', '.join(clauses[:-1])} and {clauses[-1]}"


def lowered(title: str) -> str:
    """A title inside a sentence; a word such as IT keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def not_known(what: str) -> str:
    """The sentence for what only the operator can say; ``what`` is the key of the declared file."""
    return f"Not known: declare {what}."
