"""Commands that write files from the store: report, export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from exporters.export.columns import TABLES, Table
from exporters.export.files import ExportError, export
from exporters.history import is_whole
from exporters.report.render import Earlier, ReportError, render_report, subject, write_report
from exporters.wording import as_moment
from inference.judging.model import Model
from inference.judging.model import load as load_model
from vjourney.cli.frame import Config, ScopeName, app, failures, nothing_stored, usage_error
from vjourney.runtime import open_store
from vjourney.settings import load
from vjourney.settings.values import duration
from vjourney.store import Store

EVER = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_LOOK_BACK = "90d"
"""How far the first report looks back."""

SHOWN = ("position", "interval80", "declared")

ReportFile = Annotated[Path, typer.Option("--out", help="The file to write: .html or .pdf.", show_default=False)]
TableFile = Annotated[Path, typer.Option("--out", help="The file to write: .csv or .parquet.", show_default=False)]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Compare with this day (2025-06-30 or 90d) instead of the last report; such a report is not remembered.",
        show_default=False,
    ),
]
Which = Annotated[str, typer.Option("--table", help="assessments or observations.")]


@app.command("report")
def report_command(config: Config, out: ReportFile, since: Since = None) -> None:
    """Write the management report from the store: HTML, or PDF if the file name ends in .pdf.

    It tells what changed since the report before, which is remembered once its file is written.
    """
    with failures():
        settings = load(config)
        model = load_model(settings.model)
        try:
            with open_store(settings) as store:
                latest = store.latest(vcenters=settings.names)
                about = subject(latest)
                write_report(_report(store, latest, since, model), out)
                if since is None:
                    store.reports.add(about["scope"]["id"], as_moment(about["taken_at"]), about, datetime.now(UTC))
        except ReportError as problem:
            usage_error(str(problem), as_json=False)
    typer.echo(f"{out}: {out.stat().st_size / 1000:.0f} kB")


@app.command("export")
def export_command(config: Config, out: TableFile, table: Which = "assessments", scope: ScopeName = None) -> None:
    """Write all stored assessments or observations as a table: CSV or Parquet, by the ending of the file name."""
    chosen: Table | None = next((name for name in TABLES if name == table), None)
    if chosen is None:
        usage_error(f"--table {table}: is neither assessments nor observations", as_json=False)
    with failures(), open_store(load(config)) as store:
        try:
            stored = _stored(store, scope)
            if (first := next(stored, None)) is None:
                usage_error(nothing_stored(scope), as_json=False)
            count = export(chosen, chain([first], stored), out)
        except ExportError as problem:
            usage_error(str(problem), as_json=False)
    typer.echo(f"{out}: {count} {'row' if count == 1 else 'rows'} of {chosen}")


def _report(store: Store, latest: Sequence[Mapping[str, Any]], since: str | None, model: Model) -> str:
    about = subject(latest)
    taken_at = as_moment(about["taken_at"])
    every = [each.document for each in store.documents(about["scope"]["id"], EVER)]
    stored = [each for each in every if is_whole(each)]  # a part of the fleet is nothing to compare the whole with
    last = store.reports.last(about["scope"]["id"], taken_at) if since is None else None
    start = last.taken_at if last else _start(since or FIRST_LOOK_BACK, taken_at)
    since_then = [last.document] if last else [each for each in stored if start <= as_moment(each["taken_at"]) < taken_at]
    earlier = Earlier(
        since=start,
        reported=last is not None,
        before=since_then[0] if since_then else None,
        readings=[{"taken_at": each["taken_at"]} | {name: each["stage"][name] for name in SHOWN} for each in stored],
    )
    return render_report(
        latest,
        earlier,
        questions={item.id: item.question for item in model.items},
        families={family.id: family.title for family in model.specification.families},
    )


def _start(since: str, taken_at: datetime) -> datetime:
    """The moment that ``since`` names, counted back from the reading and not from today: a recording has its own clock."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", since):
            return datetime.fromisoformat(since).replace(tzinfo=UTC)
        return taken_at - duration(since)
    except (ValueError, OverflowError):
        raise ReportError(f"--since {since}: write a day as 2025-06-30, or how long ago it was as 90d") from None


def _stored(store: Store, scope: str | None) -> Iterator[Mapping[str, Any]]:
    """The stored documents of a scope or of every scope, one scope after the other."""
    known = [document["scope"]["id"] for document in store.latest()]
    gone = [name for name in store.declarations() if name not in known]
    for each in [*known, *gone] if scope is None else [scope]:
        for stored in store.documents(each, EVER):
            yield stored.document
