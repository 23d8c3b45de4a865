"""Hysteresis: the declared stage changes only with lasting evidence, one step at a time, and never because data were lost.

Evidence is never accumulated: each evaluation looks at the posterior of a window, and a change must hold on every evaluation
of its dwell. A merger of estates, or evidence two stages away, starts a quiet period after which the stage is declared anew;
that one change may be larger than a step. A change that begins soon after a new model is the model's, not the estate's.
What was bought and is not exercised promotes nobody: while configuration is that far ahead, nothing higher is declared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from inference.judging.anomalies import BOUGHT
from inference.judging.model import Model
from inference.judging.specification import Hysteresis, Profile
from inference.lost_evidence import remember
from inference.results import Assessment, Declaration, Transition

Direction = Literal[1, -1]
DEFAULT_PROFILE = "default"
PLATFORM = 1
"""The stage that a platform makes by being there; what is beyond it can be bought without being reached."""

ROUNDING = 1e-9
"""Sums of probabilities may miss a threshold that they are meant to meet by as much."""


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """One daily look: the state as updated so far, the assessment and the rules that apply.

    ``readings`` are the assessment, and the same with what was lost as it was last seen: both must support a change.
    """

    state: Declaration
    assessment: Assessment
    readings: tuple[Assessment, ...]
    rules: Hysteresis
    profile: Profile

    @property
    def now(self) -> datetime:
        return self.assessment.taken_at


def step(
    state: Declaration,
    assessment: Assessment,
    *,
    model: Model,
    evidence_days: float,
    profile: str = DEFAULT_PROFILE,
    recalled: Assessment | None = None,
) -> tuple[Declaration, tuple[Transition, ...]]:
    """Evaluate one assessment; at most once a day, anything sooner or older changes nothing.

    ``evidence_days`` is how far back the evidence reaches, not how long this program has been running. A fleet is judged by
    its quorum, every other scope by its posterior. ``recalled`` is the scope with what was lost as it was last seen, where
    anything was; see ``inference.lost_evidence``.

    Raises:
        ValueError: the model has no such profile.
    """
    rules = model.specification.hysteresis
    if profile not in rules.profiles:
        raise ValueError(f"there is no hysteresis profile {profile}; the model has {', '.join(sorted(rules.profiles))}")
    if _is_too_soon(state, assessment.taken_at, rules):
        return state, ()
    state = _remember_model(_on_this_clock(state, assessment.taken_at, rules), assessment.taken_at, model.sha256)
    state = _remember_coverage(state, assessment, rules)
    state = replace(state, last_seen=remember(state.last_seen, assessment, rules))
    state, merged = _remember_hosts(state, assessment, rules)
    readings = (assessment,) if recalled is None else (assessment, recalled)
    look = _Evaluation(replace(state, evaluated_at=assessment.taken_at), assessment, readings, rules, rules.profiles[profile])
    if state.declared is None:
        return _first(look, evidence_days)
    if merged:
        return _quieten(look), ()
    if state.quiet_until is not None:
        if look.now < state.quiet_until:
            return look.state, ()
        if _cause(look) != "model":
            return _after_quiet(look, state.declared)
        # what is read now may be the new model's doing, which has to last like any other change of its
        look = replace(look, state=replace(look.state, quiet_until=None))
    return _candidate(look, state.declared, previous=state.evaluated_at)


def _is_too_soon(state: Declaration, now: datetime, rules: Hysteresis) -> bool:
    """Whether less than a day went by. A look back further than the longest gap means that a wrong clock was set right."""
    if state.evaluated_at is None:
        return False
    elapsed = now - state.evaluated_at
    return -timedelta(days=rules.longest_gap_days.value) <= elapsed < timedelta(hours=rules.evaluate_hours.value)


def _on_this_clock(state: Declaration, now: datetime, rules: Hysteresis) -> Declaration:
    """Forget what was timed by a clock that ran far ahead; the declared stage itself stays."""
    if state.evaluated_at is None or state.evaluated_at <= now:
        return state
    since = min(state.since, now) if state.since else None
    quiet = min(state.quiet_until, now + timedelta(days=rules.quiet_days.value)) if state.quiet_until else None
    return replace(
        _dropped(state),
        since=since,
        evaluated_at=None,
        quiet_until=quiet,
        hosts_since=None,
        hosts_after=(),
        coverage_since=None,
        model_since=None,
    )


def _remember_model(state: Declaration, now: datetime, sha256: str) -> Declaration:
    if state.model == sha256:
        return state
    return replace(state, model=sha256, model_since=now if state.model else None, coverage=None, coverage_since=None)


def _remember_coverage(state: Declaration, assessment: Assessment, rules: Hysteresis) -> Declaration:
    """Keep the best coverage of recent times, so that a loss of sight is known for what it is, and when it was last met.

    As long as it is met but for a drop that is none, it fades, by no more in the time of the memory than by such a drop.
    After a loss it stays, and is forgotten after that time.
    """
    now, drop, memory = assessment.taken_at, rules.coverage_drop.value, timedelta(days=rules.coverage_memory_days.value)
    best, age = state.coverage, now - state.coverage_since if state.coverage_since else None
    if best is None or age is None or age > memory:
        return replace(state, coverage=assessment.coverage, coverage_since=now)
    if assessment.coverage < best - drop - ROUNDING:
        return state
    return replace(state, coverage=max(assessment.coverage, best - drop * (age / memory)), coverage_since=now)


def _remember_hosts(state: Declaration, assessment: Assessment, rules: Hysteresis) -> tuple[Declaration, bool]:
    """Keep the numbers of hosts of the last days; true when the present one is a jump from any, as in a merger or a split."""
    sizes, now = assessment.consolidation, assessment.taken_at
    # a host that is out of reach for a while is still there
    hosts = sizes.hosts if sizes.hosts_listed is None else sizes.hosts_listed
    if hosts is None:
        return state, False
    known = () if state.hosts is None or state.hosts_since is None else ((state.hosts_since, state.hosts), *state.hosts_after)
    recent = [(seen, count) for seen, count in known if now - seen <= timedelta(days=rules.merge_days.value)]
    share, least = rules.merge_share.value, rules.merge_hosts.value
    jumped = any(abs(hosts - count) >= max(share * count - ROUNDING, least) for _, count in recent)
    kept = [] if jumped else [(seen, count) for seen, count in recent if count != hosts]
    counts = (*kept, (now, hosts))
    return replace(state, hosts=counts[0][1], hosts_since=counts[0][0], hosts_after=counts[1:]), jumped


def _first(look: _Evaluation, evidence_days: float) -> tuple[Declaration, tuple[Transition, ...]]:
    enough = evidence_days >= look.rules.first_days.value and look.assessment.coverage >= look.rules.first_coverage.value
    stages = [_first_stage(reading) for reading in look.readings]
    if not enough or stages[0] is None:
        return look.state, ()
    return _declare(look, None, min(stage for stage in stages if stage is not None), "first")


def _first_stage(assessment: Assessment) -> int | None:
    """The stage that is read, or one less where that is only bought."""
    stage = _stage(assessment)
    bought = stage is not None and stage > PLATFORM and _is_bought(assessment) and not assessment.confirmed
    return stage - 1 if stage is not None and bought else stage


def _is_bought(assessment: Assessment) -> bool:
    """Whether configuration is so far ahead of exercise that the stage may have been bought."""
    return any(flag.id == BOUGHT for flag in assessment.flags)


def _stage(assessment: Assessment) -> int | None:
    """The stage that a declaration would name now: the quorum of a fleet, where there is one, else the inferred one."""
    if assessment.inferred is None:
        return None
    return assessment.quorum if assessment.scope.kind == "fleet" else assessment.inferred


def _supports(look: _Evaluation, direction: Direction, stage: int) -> bool:
    """Whether this look, well enough seen, supports at least ``stage`` (going up) or at most it (going down)."""
    assessment, known = look.assessment, look.state.coverage or 0.0
    if assessment.coverage < look.rules.coverage.value or _stage(assessment) is None:
        return False
    if assessment.coverage < known - look.rules.coverage_drop.value - ROUNDING:
        return False
    return all(_says(reading, direction, stage, look.profile) for reading in look.readings)


def _says(reading: Assessment, direction: Direction, stage: int, profile: Profile) -> bool:
    """Whether a reading is strong enough for a change; what was only bought is none for a higher stage."""
    if direction > 0 and _is_bought(reading):
        return False
    if reading.quorum is not None:
        return reading.quorum >= stage if direction > 0 else reading.quorum <= stage
    shares = reading.posterior.probabilities
    if direction > 0:
        return sum(shares[stage:]) >= profile.up.value - ROUNDING
    return sum(shares[: stage + 1]) >= profile.down.value - ROUNDING


def _direction(look: _Evaluation, declared: int) -> Direction | None:
    last = len(look.assessment.posterior.probabilities) - 1
    if declared < last and _supports(look, 1, declared + 1):
        return 1
    if declared > 0 and _supports(look, -1, declared - 1):
        return -1
    return None


def _candidate(look: _Evaluation, declared: int, *, previous: datetime | None) -> tuple[Declaration, tuple[Transition, ...]]:
    """Start, keep, drop or declare the candidate."""
    direction = _direction(look, declared)
    if direction is None:
        return _dropped(look.state), ()
    stage, state = declared + direction, look.state
    interrupted = previous is None or look.now - previous > timedelta(days=look.rules.longest_gap_days.value)
    new_model = state.model_since == look.now
    if state.candidate != stage or state.candidate_since is None or interrupted or new_model:
        goes_on = state.candidate == stage and state.candidate_cause
        cause = state.candidate_cause if goes_on else _cause(look)
        state = replace(
            state,
            candidate=stage,
            candidate_since=look.now,
            candidate_coverage=look.assessment.coverage,
            candidate_cause=cause,
        )
        return state, ()
    if look.assessment.coverage < (state.candidate_coverage or 0.0) - look.rules.coverage_drop.value - ROUNDING:
        return _dropped(state), ()
    dwell = look.profile.up_days if direction > 0 else look.profile.down_days
    if look.now - state.candidate_since < timedelta(days=dwell.value):
        return state, ()
    if state.candidate_cause != "model" and _is_jump(look, declared, direction):
        return _quieten(look), ()
    return _declare(look, declared, stage, state.candidate_cause)


def _cause(look: _Evaluation) -> str:
    """What a change that begins now is down to: soon after a new model, or after a change that one made, to the model."""
    since = look.state.model_since
    recent = since is not None and look.now - since <= timedelta(days=look.rules.model_days.value)
    return "model" if recent else "estate"


def _is_jump(look: _Evaluation, declared: int, direction: Direction) -> bool:
    """Whether the evidence is as strong for a change of two stages."""
    beyond = declared + 2 * direction
    return 0 <= beyond < len(look.assessment.posterior.probabilities) and _supports(look, direction, beyond)


def _dropped(state: Declaration) -> Declaration:
    return replace(state, candidate=None, candidate_since=None, candidate_coverage=None, candidate_cause="")


def _quieten(look: _Evaluation) -> Declaration:
    return replace(_dropped(look.state), quiet_until=look.now + timedelta(days=look.rules.quiet_days.value))


def _after_quiet(look: _Evaluation, declared: int) -> tuple[Declaration, tuple[Transition, ...]]:
    """Declare anew the farthest stage, up to the one that is read now, that the evidence is strong enough to move to.

    While too little is seen it waits on.
    """
    assessment, stage = look.assessment, _stage(look.assessment)
    if stage is None or assessment.coverage < look.rules.coverage.value:
        return look.state, ()
    direction = _direction(look, declared)
    while direction is not None and (stage - declared) * direction > 0:
        if _supports(look, direction, stage):
            return _declare(look, declared, stage, "rebaseline")
        stage -= direction
    return replace(look.state, quiet_until=None), ()


def _declare(look: _Evaluation, declared: int | None, stage: int, cause: str) -> tuple[Declaration, tuple[Transition, ...]]:
    model_since = look.now if cause == "model" else look.state.model_since
    state = replace(_dropped(look.state), declared=stage, since=look.now, quiet_until=None, model_since=model_since)
    return state, (Transition(look.assessment.scope.id, look.now, declared, stage, cause),)
