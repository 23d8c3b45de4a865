"""The command line: parse and delegate; every failure is one line on standard error and an exit code of the contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from collector.vcenter.errors import VcenterError
from exporters.web.server import ServeError
from inference.model import ModelError
from vjourney import __version__, checks, console, demo, logs
from vjourney.progress import SyncProgress
from vjourney.runtime import Runtime, open_store
from vjourney.settings import ConfigurationError, Settings, load
from vjourney.store import StoreError


class Exit(IntEnum):
    """Exit codes of the contract."""

    DONE = 0
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4


app = typer.Typer(
    name="vjourney",
    help="Reads from vCenter how far an organisation has adopted virtualization, and how sure that reading is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Option("--config", help="The configuration file (YAML).", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on standard output.")]
ScopeName = Annotated[str | None, typer.Option("--scope", help="Only this scope, by name or id.")]


def main() -> None:
    """Run the command line of the process."""
    app()


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    """Options of the program itself."""
    logs.configure()
    if version:
        typer.echo(f"vjourney {__version__}")
        raise typer.Exit


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 9747,
    once: Annotated[bool, typer.Option("--once", help="Print the assessments and exit.")] = False,
    as_json: AsJson = False,
) -> None:
    """Poll the bundled recordings of several estates and serve everything; no configuration and no vCenter needed."""
    with _failures(as_json), demo.settings(port) as settings:
        if once or as_json:
            _once(settings, as_json)
        else:
            _serve(settings)


@app.command("once")
def once_command(config: Config, as_json: AsJson = False) -> None:
    """Poll every configured vCenter once, assess, print."""
    with _failures(as_json):
        _once(load(config), as_json)


@app.command("run")
def run_command(config: Config) -> None:
    """Run the service: poll on a schedule, store, publish metrics, API and page."""
    with _failures():
        _serve(load(config))


@app.command("check")
def check_command(config: Config, as_json: AsJson = False) -> None:
    """Validate the file, then each vCenter: reach, TLS, login, clock skew, privileges."""
    with _failures(as_json):
        settings = load(config)
        answers = [checks.check(vcenter, lambda: datetime.now(UTC)) for vcenter in settings.vcenters]
        if as_json:
            _print_json({"schema": 1, "vcenters": answers})
        else:
            console.print_checks(answers, Console())
        _leave([answer["ok"] for answer in answers])


@app.command("explain")
def explain_command(config: Config, scope: ScopeName = None, as_json: AsJson = False) -> None:
    """Print the last assessment with every observation, its numbers and its contribution."""
    with _failures(as_json):
        with open_store(load(config)) as store:
            documents = store.latest(scope)
        if not documents:
            _usage_error(_nothing_to_explain(scope), as_json=as_json)
        if as_json:
            _print_json({"schema": 1, "assessments": documents})
        else:
            console.print_explanation(documents, Console())


def _once(settings: Settings, as_json: bool) -> NoReturn:
    with SyncProgress(enabled=not as_json) as progress, Runtime(settings, progress=progress.update) as runtime:
        document = runtime.once()
    if as_json:
        _print_json(document)
    else:
        console.print_assessments(document, Console())
    _leave([vcenter["status"] != "failed" for vcenter in document["vcenters"]])


def _serve(settings: Settings) -> None:
    with Runtime(settings) as runtime:
        runtime.serve(lambda address: typer.echo(f"vjourney serves {address} (Ctrl-C ends it)"))


def _leave(successes: list[bool]) -> NoReturn:
    if all(successes):
        raise typer.Exit(Exit.DONE)
    raise typer.Exit(Exit.SOME_FAILED if any(successes) else Exit.ALL_FAILED)


def _nothing_to_explain(scope: str | None) -> str:
    if scope is None:
        return "nothing has been assessed yet: run `vjourney once` with this configuration first"
    return f"no assessment of a scope called {scope!r} is stored: leave --scope out to see all"


@contextmanager
def _failures(as_json: bool = False) -> Iterator[None]:
    try:
        yield
    except ConfigurationError as error:
        _usage_error(*map(str, error.problems), as_json=as_json)
    except (StoreError, ModelError, ServeError) as error:
        _usage_error(str(error), as_json=as_json)
    except VcenterError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None


def _usage_error(*problems: str, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"schema": 1, "problems": problems})
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(Exit.USAGE) from None


def _print_json(document: Mapping[str, object]) -> None:
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")
