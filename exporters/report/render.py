"""The report as one HTML file that needs nothing else, and as the same in PDF."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from exporters.atomic_files import atomic_file
from exporters.charts import position_chart, time_line
from exporters.history import INCOMPLETE
from exporters.report.changes import NO_QUESTIONS, changes
from exporters.wording import as_moment, environment, held_back
from inference.stages import STAGES

TEMPLATES = Path(__file__).parent / "templates"
NO_TITLES: Mapping[str, str] = MappingProxyType({})
STEPS = 3
"""How many next steps a report names at most."""

REASONS = 5
"""How many reasons for what could not be seen it names at most."""

ENVIRONMENT = environment(
    TEMPLATES,
    style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    # a PDF takes the style of a picture from within the picture alone
    chart_style=Markup(f"<style>{(TEMPLATES / 'chart.css').read_text(encoding='utf-8')}</style>"),  # noqa: S704 - the same
)


class ReportError(RuntimeError):
    """There is no report; the message says what to do."""


def subject(documents: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the report is about: the fleet, or the only vCenter there is.

    Raises:
        ReportError: nothing was assessed, or several vCenters and not yet their fleet.
    """
    fleets, vcenters = ([d for d in documents if d["scope"]["kind"] == kind] for kind in ("fleet", "vcenter"))
    if len(vcenters) == 1:
        return vcenters[0]
    if not vcenters and not fleets:
        raise ReportError("nothing has been assessed yet: run `vjourney once` with this configuration first")
    if not fleets:
        advice = "see `vjourney check`, or take out of the configuration what is gone"
        raise ReportError(f"there is no fleet to report on, since its vCenters have never all been read: {advice}")
    return fleets[0]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a report compares its subject with.

    ``since`` is the moment to compare with, ``reported`` whether a report told of that moment, ``before`` the entry of the
    subject as of then, and ``readings`` its stored readings, oldest first.
    """

    since: datetime
    reported: bool = False
    before: Mapping[str, Any] | None = None
    readings: Sequence[Mapping[str, Any]] = ()


def render_report(
    documents: Sequence[Mapping[str, Any]],
    earlier: Earlier,
    *,
    questions: Mapping[str, str] = NO_QUESTIONS,
    families: Mapping[str, str] = NO_TITLES,
) -> str:
    """The report as HTML.

    ``documents`` are the last entries of the assessment document of every scope. ``questions`` say what each indicator asks,
    and ``families`` are titles of families, both by id.

    Raises:
        ReportError: nothing was assessed.
    """
    about = subject(documents)
    vcenters = [each for each in documents if each["scope"]["kind"] == "vcenter"]
    values = {
        "about": about,
        "name": about["scope"]["name"] if about["scope"]["kind"] == "vcenter" else f"{len(vcenters)} vCenters",
        "vcenters": vcenters,
        "seen_at": as_moment(about["taken_at"]),
        "since": earlier.since,
        "reported": earlier.reported,
        "before": earlier.before,
        "incomplete": [flag["message"] for flag in about["flags"] if flag["id"] == INCOMPLETE],
        "held_back": held_back(about, families),
        "unseen": unseen(about),
        "changes": changes(earlier.before, about, earlier.since, questions),
        "steps": next_steps(about, vcenters),
        "chart": position_chart(earlier.readings),
        "line": time_line(about),
    }
    return ENVIRONMENT.get_template("report.html").render(values)


def next_steps(about: Mapping[str, Any], vcenters: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Two or three next steps: of the subject, or where it has none the first of each vCenter that is behind the last stage."""
    if about["next_steps"]:
        return [{"where": "", "text": step["message"]} for step in about["next_steps"][:STEPS]]
    behind = sorted(
        (each for each in vcenters if each["next_steps"] and each["stage"]["inferred"] != len(STAGES) - 1),
        key=lambda each: each["stage"]["position"] if each["stage"]["position"] is not None else -1.0,
    )
    return [{"where": each["scope"]["name"], "text": each["next_steps"][0]["message"]} for each in behind[:STEPS]]


def unseen(about: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Why measurements could not be made, and how many for each reason, the most common first."""
    reasons = Counter(seen["reason"] for seen in about["observations"] if seen["state"] == "unknown")
    return reasons.most_common(REASONS)


def write_report(html: str, out: Path) -> None:
    """Write the report to ``out``: PDF where its name ends in .pdf, else HTML.

    Raises:
        ReportError: the ending is neither, what makes PDFs is not installed, or the file cannot be written.
    """
    if out.suffix.lower() not in {".html", ".htm", ".pdf"}:
        raise ReportError(f"{out}: name a file that ends in .html or .pdf")
    content = _pdf(html) if out.suffix.lower() == ".pdf" else html.encode()
    try:
        with atomic_file(out) as partial:
            partial.write_bytes(content)
    except OSError as error:
        advice = "name a file in a folder that is there and has room"
        raise ReportError(f"{out} cannot be written ({error.strerror}); {advice}") from error


def _pdf(html: str) -> bytes:
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra, and slow to load
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 - the same
    except (ImportError, OSError) as error:  # the second where the libraries of the system are missing
        raise ReportError(
            "a PDF needs WeasyPrint: pip install 'vjourney[pdf]', on Debian also apt install libpangoft2-1.0-0 "
            f"libharfbuzz-subset0; or name a file that ends in .html ({str(error).splitlines()[0]})"
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of the rules that are for screens alone
    # nothing may be fetched: the report holds everything it shows
    made: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(pdf_variant="pdf/ua-1")
    return made
