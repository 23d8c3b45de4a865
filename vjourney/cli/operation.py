"""The commands of daily operation: demo, once, run, check, explain, history."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from vjourney import alert_checks, checks, console, demo, past
from vjourney.cli.frame import (
    AsJson,
    Config,
    Exit,
    ScopeName,
    app,
    failures,
    nothing_stored,
    outcome,
    print_json,
    usage_error,
)
from vjourney.parallel import in_threads
from vjourney.progress import SyncProgress
from vjourney.runtime import Runtime, open_store
from vjourney.settings import Settings, load


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 9747,
    once: Annotated[bool, typer.Option("--once", help="Print the assessments and exit.")] = False,
    as_json: AsJson = False,
) -> None:
    """Poll bundled recordings of several estates and serve the results; needs no configuration and no vCenter."""
    with failures(as_json), demo.settings(port) as settings:
        if once or as_json:
            _once(settings, as_json)
        else:
            _serve(settings)


@app.command("once")
def once_command(config: Config, as_json: AsJson = False) -> None:
    """Poll every configured vCenter once, then assess and print."""
    with failures(as_json):
        _once(load(config), as_json)


@app.command("run")
def run_command(config: Config) -> None:
    """Run the service: poll on a schedule, store, publish metrics, API and page."""
    with failures():
        _serve(load(config))


@app.command("check")
def check_command(config: Config, as_json: AsJson = False) -> None:
    """Validate the file, then check each vCenter (reach, TLS, login, clock, privileges) and each alert target."""
    with failures(as_json):
        settings = load(config)
        answers = in_threads(lambda vcenter: checks.check(vcenter, settings, _now), settings.vcenters)
        targets = alert_checks.check(settings.alerts, datetime.now(UTC)) if settings.alerts else []
        if as_json:
            print_json({"schema": 1, "vcenters": answers, "alerts": targets})
        else:
            console.print_checks(answers, Console())
            console.print_targets(targets, Console())
        if not any(answer["ok"] for answer in answers):
            raise typer.Exit(Exit.ALL_FAILED)
        raise typer.Exit(outcome([answer["ok"] for answer in (*answers, *targets)]))


@app.command("explain")
def explain_command(config: Config, scope: ScopeName = None, as_json: AsJson = False) -> None:
    """Print the last assessment with every observation, its numbers and its contribution."""
    with failures(as_json):
        settings = load(config)
        with open_store(settings) as store:
            document = past.explanation(store, scope, settings.names)
        if not document:
            usage_error(nothing_stored(scope), as_json=as_json)
        if as_json:
            print_json(document)
        else:
            console.print_explanation(document["assessments"], Console())


@app.command("history")
def history_command(config: Config, scope: ScopeName = None, as_json: AsJson = False) -> None:
    """Print the stored declarations, their changes and milestones."""
    with failures(as_json):
        settings = load(config)
        with open_store(settings) as store:
            document = past.history(store, scope, settings.names, datetime.now(UTC))
        if not document["scopes"]:
            usage_error(nothing_stored(scope), as_json=as_json)
        if as_json:
            print_json(document)
        else:
            console.print_history(document, Console())


def _once(settings: Settings, as_json: bool) -> NoReturn:
    with SyncProgress(enabled=not as_json) as progress, Runtime(settings, progress=progress.update) as runtime:
        document = runtime.once()
    if as_json:
        print_json(document)
    else:
        console.print_assessments(document, Console())
    raise typer.Exit(outcome([vcenter["status"] != "failed" for vcenter in document["vcenters"]]))


def _serve(settings: Settings) -> None:
    with Runtime(settings) as runtime:
        runtime.serve(lambda address: typer.echo(f"vjourney serves {address} (Ctrl-C ends it)"))
    if not runtime.ended:  # at its end Python would wait for the thread of a target that does not answer
        sys.stdout.flush()
        os._exit(Exit.DONE)


def _now() -> datetime:
    return datetime.now(UTC)
