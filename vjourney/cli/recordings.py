"""Commands about recordings: record, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from collector.vcenter.errors import VcenterError
from vjourney import console, recording
from vjourney.cli.frame import AsJson, Config, Exit, app, failures, outcome, print_json, usage_error
from vjourney.progress import SyncProgress
from vjourney.replaying.replay import NothingToReplay, replay
from vjourney.settings import load
from vjourney.settings.values import between, duration
from vjourney.sources import wants_tags

Out = Annotated[Path, typer.Option("--out", help="The recording to write (.yaml.gz).", show_default=False)]
Polls = Annotated[int, typer.Option("--polls", min=1, help="Number of polls to record; Ctrl-C ends it early.")]
Every = Annotated[str, typer.Option("--every", help="Interval between polls (90s, 5m, 1h, 1d).")]
Which = Annotated[
    str | None, typer.Option("--vcenter", help="Which vCenter of the configuration.", show_default="the only one")
]
LONGEST_PAUSE = "365d"
"""Longer than any recording is waited for; what lasts for centuries no clock of a machine can wait for."""

Files = Annotated[list[Path], typer.Argument(help="Recordings, each of one vCenter.", show_default=False)]


@app.command("record")
def record_command(config: Config, out: Out, vcenter: Which = None, polls: Polls = 1, every: Every = "5m") -> None:
    """Record one vCenter, anonymised, into a file that can be replayed, read and shared."""
    with failures():
        settings = load(config)
        try:
            chosen = recording.choose(settings, vcenter)
        except ValueError as problem:
            usage_error(str(problem), as_json=False)
        try:
            pause = between("0s", LONGEST_PAUSE)(duration(every))
        except ValueError as problem:
            usage_error(f"--every: {problem}", as_json=False)
        try:
            with SyncProgress(enabled=True) as progress:
                tags = wants_tags(chosen, settings)
                recorded = recording.record(
                    chosen, out, polls=polls, every=pause, tags=tags, rules=settings.workloads, progress=progress.update
                )
        except OSError as error:
            usage_error(f"--out: {out} cannot be written ({error.strerror}); name a file that can be", as_json=False)
        taken = len(recorded.snapshots)
        if recorded.ended_by is not None:
            typer.echo(f"ended after {taken} of {polls} polls: {str(recorded.ended_by) or 'interrupted'}", err=True)
        typer.echo(f"{out}: {taken} {'poll' if taken == 1 else 'polls'}, {out.stat().st_size / 1000:.0f} kB, anonymised")
        typer.echo(f"Read it with `gunzip -c {out} | less`, and see what it says with `vjourney replay {out}`.")
        if isinstance(recorded.ended_by, VcenterError):
            raise typer.Exit(Exit.SOME_FAILED)


@app.command("replay")
def replay_command(files: Files, as_json: AsJson = False) -> None:
    """Assess recordings without any vCenter and without storing anything: every poll of each, in order of time."""
    with failures(as_json):
        try:
            document = replay(files)
        except NothingToReplay as nothing:
            usage_error(*nothing.problems, as_json=as_json)
        if as_json:
            print_json(document)
        else:
            console.print_assessments(document, Console())
        raise typer.Exit(outcome([vcenter["status"] != "failed" for vcenter in document["vcenters"]]))
