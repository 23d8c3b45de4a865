"""What changed between two documents of one scope, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from exporters.wording import FEATURE_TITLES, as_moment, milestone, number, percent, sentence, words
from inference.judging.positions import as_read
from inference.stages import STAGE_TITLES

NOTICED_POSITION, NOTICED_COVERAGE = 0.1, 0.05
"""Changes below these are noise to a reader: a tenth of a stage, five points of coverage."""

MOST_INDICATORS = 6
"""How many indicators are told of one by one."""

NO_QUESTIONS: Mapping[str, str] = MappingProxyType({})
COUNTS = {"hosts": "hosts", "workload_vms": "workload virtual machines"}


def changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], since: datetime, questions: Mapping[str, str] = NO_QUESTIONS
) -> list[str]:
    """What a reader has to know of the time since ``since``, most important first; ``before`` is the document of then.

    Both are entries of the assessment document. Without ``before`` only what is dated can be told.
    ``questions`` say what an indicator asks, by its id.
    """
    found = [*_stages(after, since), *_milestones(after, since)]
    if before is not None:
        found += [*_position(before, after), *_confidence(before, after), *_features(before, after)]
        found += [*_counts(before, after), *_indicators(before, after, questions), *_coverage(before, after)]
    return found


def _stages(after: Mapping[str, Any], since: datetime) -> Iterator[str]:
    for change in after["transitions"]:
        if (at := as_moment(change["at"])) >= since:
            reached = STAGE_TITLES[change["to_stage"]]
            if change["from_stage"] is None:
                yield f"{reached} was declared as the first stage on {at:%Y-%m-%d}."
            else:
                yield f"The declared stage went from {STAGE_TITLES[change['from_stage']]} to {reached} on {at:%Y-%m-%d}."


def _milestones(after: Mapping[str, Any], since: datetime) -> Iterator[str]:
    for reached in after["milestones"]:
        if (at := as_moment(reached["first_seen"])) >= since:
            yield f"Milestone on {at:%Y-%m-%d}: {milestone(reached['id'])}."


def _position(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = before["stage"]["position"], after["stage"]["position"]
    if old is None and new is not None:
        yield "There is enough evidence for a position now; there was not before."
    elif old is not None and new is None:
        yield "There is no longer enough evidence for a position."
    elif old is not None and abs(new - old) >= NOTICED_POSITION:
        yield f"The position on the journey {'rose' if new > old else 'fell'} from {as_read(old)} to {as_read(new)} of 4."


def _confidence(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = before["team_confidence"]["level"], after["team_confidence"]["level"]
    if old != new:
        yield f"Team confidence went from {words(old or 'unknown')} to {words(new or 'unknown')}."


def _features(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, title in FEATURE_TITLES.items():
        old, new = before["features"][name]["exercised"], after["features"][name]["exercised"]
        if old == 0 and new:
            yield f"{title} is in use now; it was not before."
        elif old and new == 0:
            yield f"{title} was in use before and no longer is."


def _counts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, title in COUNTS.items():
        old, new = before["consolidation"][name], after["consolidation"][name]
        if old is not None and new is not None and old != new:
            yield f"There are {number(new)} {title}; there were {number(old)}."


def _indicators(before: Mapping[str, Any], after: Mapping[str, Any], questions: Mapping[str, str]) -> Iterator[str]:
    """Indicators that are a category further or behind, the largest steps first: smaller changes are no news."""
    old = {seen["indicator"]: seen for seen in before["observations"]}
    moved = []
    for seen in after["observations"]:
        was = old.get(seen["indicator"])
        if was is not None and None not in (was["category"], seen["category"]) and was["category"] != seen["category"]:
            moved.append((seen["category"] - was["category"], was, seen))
    moved.sort(key=lambda move: -abs(move[0]))
    for step, was, seen in moved[:MOST_INDICATORS]:
        show = percent if seen["unit"].startswith("share") else number
        asked = questions.get(seen["indicator"]) or sentence(words(seen["indicator"]))
        better = "better" if step > 0 else "worse"
        yield f"{asked} {show(seen['value'])}, was {show(was['value'])} ({seen['unit']}): {better}."
    if (rest := len(moved) - MOST_INDICATORS) > 0:
        yield f"Further measurements that changed as clearly: {number(rest)}; the page shows each."


def _coverage(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = before["coverage"], after["coverage"]
    if abs(new - old) >= NOTICED_COVERAGE:
        yield f"{'More' if new > old else 'Less'} of the evidence can be seen: {percent(new)}, was {percent(old)}."
