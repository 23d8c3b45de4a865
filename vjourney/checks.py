"""``vjourney check`` of a vCenter: can it be reached, trusted and logged in to, and what can its account not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.vcenter.cassette import replay
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import (
    LoginForbidden,
    LoginRejected,
    TlsFailed,
    VcenterError,
)
from collector.vcenter.privileges import Privilege, privileges, sees_inventory
from collector.vcenter.session import Session
from collector.vcenter.tagging import Tagging
from vjourney.settings import Settings, Vcenter
from vjourney.sources import endpoint, wants_tags

TOLERATED_SKEW = 60.0
"""The difference of clocks in seconds from which on there is a warning; time windows use the vCenter's clock anyway."""

STEPS = ("reach", "tls", "login", "clock", "privileges", "tags")


def check(vcenter: Vcenter, settings: Settings, clock: Callable[[], datetime]) -> dict[str, Any]:
    """Check one configured vCenter; return the steps up to the first that failed, as plain data for ``check --json``."""
    if vcenter.replay is not None:
        return _recording(vcenter.name, vcenter.replay)
    place = endpoint(vcenter)
    answer = _answer(place.name, place.address)
    try:
        with Session.open(place) as session:
            _inspect(session, clock, answer)
            answer["steps"].append(_tags(session, vcenter, settings))
    except VcenterError as error:
        _note_failure(answer, error)
    answer["ok"] = all(step["ok"] is not False for step in answer["steps"])
    return answer


def _recording(name: str, file: Path) -> dict[str, Any]:
    answer = _answer(name, str(file))
    try:
        replay(file)
    except VcenterError as error:
        answer["error"] = str(error)
        answer["steps"].append(_step("recording", str(error), ok=False))
    else:
        answer["ok"] = True
        answer["steps"].append(_step("recording", "it can be read", ok=True))
    return answer


def _answer(name: str, address: str) -> dict[str, Any]:
    nothing_yet: dict[str, Any] = {
        "version": None,
        "instance_uuid": None,
        "clock_skew_seconds": None,
        "steps": [],
        "privileges": [],
    }
    return {"name": name, "address": address, "ok": False, "error": None, **nothing_yet}


def _step(step: str, message: str, *, ok: bool | None) -> dict[str, Any]:
    return {"step": step, "ok": ok, "message": message}


def _inspect(session: Session, clock: Callable[[], datetime], answer: dict[str, Any]) -> None:
    about = session.about
    answer |= {"version": about.version, "instance_uuid": about.instance_uuid}
    answer["steps"] += [
        _step("reach", f"{session.endpoint.address} answers: {about.full_name}", ok=True),
        _step("tls", _trust(session.endpoint), ok=True),
        _step("login", f"as {session.endpoint.username}", ok=True),
    ]
    skew = (session.now() - clock()).total_seconds()
    answer["clock_skew_seconds"] = round(skew, 3)
    in_step = abs(skew) <= TOLERATED_SKEW
    answer["steps"].append(_step("clock", _clock(skew, in_step=in_step), ok=True if in_step else None))
    found = privileges(session)
    answer["privileges"] = [_privilege(each) for each in found]
    lost = [each.name for each in found if each.essential and each.granted is False]
    if lost:
        answer["steps"].append(
            _step("privileges", f"grant {' and '.join(lost)} on the root folder, with propagation", ok=False)
        )
    elif sees_inventory(session) is False:
        bare = "the inventory looks empty: there is no datacenter yet, or the role was granted without propagation"
        answer["steps"].append(_step("privileges", bare, ok=None))
    else:
        answer["steps"].append(_step("privileges", "sufficient", ok=True))


def _tags(session: Session, vcenter: Vcenter, settings: Settings) -> dict[str, Any]:
    """The step that reads tags; it never fails, since everything else works without them."""
    if not wants_tags(vcenter, settings):
        off = "tags is false" if vcenter.tags is False else "VMware's client is not installed: pip install 'vjourney[tags]'"
        return _step("tags", f"not read: {off}", ok=None)
    try:
        with Tagging(session).reading() as reading:
            categories = len(reading.categories)
    except VcenterError as error:
        return _step("tags", str(error), ok=None)
    if categories == 0:
        lack = "no category is visible: there is none, or the account lacks Read-only as a global permission"
        return _step("tags", lack, ok=None)
    return _step("tags", f"{categories} {'category' if categories == 1 else 'categories'} visible", ok=True)


def _trust(place: Endpoint) -> str:
    if place.thumbprint:
        return "the certificate matches the pinned thumbprint"
    return "the certificate is trusted" if place.verify else "the certificate is not checked (tls.verify is false)"


def _clock(skew: float, *, in_step: bool) -> str:
    if in_step:
        return f"vCenter's clock differs from ours by {round(skew, 1) + 0.0:+.1f} s"
    return f"vCenter's clock differs from ours by {skew:+.0f} s: synchronise both with NTP; time windows use vCenter's clock"


def _privilege(privilege: Privilege) -> dict[str, Any]:
    return {
        "name": privilege.name,
        "granted": privilege.granted,
        "essential": privilege.essential,
        "unknown_without": privilege.without,
    }


def _note_failure(answer: dict[str, Any], error: VcenterError) -> None:
    """Add the step that failed, after those before it, which must have passed."""
    failed = "reach"
    if isinstance(error, TlsFailed):
        failed = "tls"
    elif isinstance(error, LoginRejected | LoginForbidden):
        failed = "login"
    done = {step["step"] for step in answer["steps"]}
    if done:
        failed = next((step for step in STEPS if step not in done), STEPS[-1])
    for step in STEPS[: STEPS.index(failed)]:
        if step not in done:
            answer["steps"].append(_step(step, "passed", ok=True))
    answer["error"] = str(error)
    answer["steps"].append(_step(failed, str(error), ok=False))
