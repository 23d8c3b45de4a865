"""What every command shares: the Typer application, exit codes, common options, and the printing of JSON and of errors."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from collector.vcenter.errors import VcenterError
from exporters.web.server import ServeError
from inference.judging.model import ModelError
from vjourney import __version__, logs
from vjourney.settings import ConfigurationError
from vjourney.store import StoreError


class Exit(IntEnum):
    """The documented exit codes."""

    DONE = 0
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4


_ArgumentError: type[Exception] = typer.BadParameter.__mro__[1]
"""Click's UsageError, the base of every error in the arguments. Typer exports only its subclass, and newer releases bring a
Click of their own, so that importing it from ``click`` would give another class."""


class Program(TyperGroup):
    """The group of all commands. With ``--json``, a usage error is printed as JSON on standard output as well."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer hides the type of its contexts
        """Run the command that the arguments name."""
        arguments = tuple(ctx.args)  # parsing consumes them
        try:
            return super().invoke(ctx)
        except _ArgumentError as error:
            if "--json" in arguments:
                sentence = getattr(error, "format_message", error.__str__)()
                print_json({"schema": 1, "problems": [str(sentence)]})
            raise


app = typer.Typer(
    cls=Program,
    name="vjourney",
    help="Reads from vCenter how far an organisation has adopted virtualization, and how sure that reading is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Option("--config", help="The configuration file (YAML).", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on standard output.")]
ModelSource = Annotated[str, typer.Option("--model", help="A shipped model by name, or a model file.")]
ScopeName = Annotated[str | None, typer.Option("--scope", help="Only this scope, by name or id.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    """Options of the program itself."""
    logs.configure()
    if version:
        typer.echo(f"vjourney {__version__}")
        raise typer.Exit


def outcome(successes: Sequence[bool]) -> Exit:
    """The exit code of a command that worked on several vCenters, given which of them succeeded."""
    if all(successes):
        return Exit.DONE
    return Exit.SOME_FAILED if any(successes) else Exit.ALL_FAILED


@contextmanager
def failures(as_json: bool = False) -> Iterator[None]:
    """Report the errors that a user can cause or meet, one line each, and exit with the code that belongs to them."""
    try:
        yield
    except ConfigurationError as error:
        usage_error(*map(str, error.problems), as_json=as_json)
    except ModelError as error:
        usage_error(*str(error).splitlines(), as_json=as_json)
    except (StoreError, ServeError) as error:
        usage_error(str(error), as_json=as_json)
    except VcenterError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None


def nothing_stored(scope: str | None) -> str:
    """What to tell a user whose store holds no assessment, or none of the scope that ``--scope`` names."""
    if scope is None:
        return "nothing has been assessed yet: run `vjourney once` with this configuration first"
    return f"no assessment of a scope called {scope!r} is stored: leave --scope out to see all"


def usage_error(*problems: str, as_json: bool) -> NoReturn:
    """Exit with a usage error. Each problem is one line on standard error; with ``as_json`` also part of a JSON document."""
    if as_json:
        print_json({"schema": 1, "problems": problems})
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(Exit.USAGE) from None


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON document on standard output: in UTF-8, or with ASCII escapes where the output has another encoding."""
    is_utf8 = codecs.lookup(sys.stdout.encoding).name == "utf-8"
    json.dump(document, sys.stdout, indent=2, ensure_ascii=not is_utf8, allow_nan=False)
    sys.stdout.write("\n")
