"""What every command shares: the program itself, exit codes, options, and how documents and failures are told."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Mapping
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
    """Exit codes of the contract."""

    DONE = 0
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4


_NOT_UNDERSTOOD: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser of arguments raises, which typer gives no name."""


def _said(error: Exception) -> str:
    """The sentence of the parser."""
    return str(getattr(error, "format_message", error.__str__)())


class Program(TyperGroup):
    """The commands; where JSON is asked for, arguments that make no sense are told as JSON too."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer hides the type of its contexts
        """Run the command that the arguments name."""
        given = tuple(ctx.args)
        try:
            return super().invoke(ctx)
        except _NOT_UNDERSTOOD as error:
            if "--json" in given:
                print_json({"schema": 1, "problems": [_said(error)]})
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


@contextmanager
def failures(as_json: bool = False) -> Iterator[None]:
    """Turn every failure a user can meet into its sentences and its exit code."""
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


def usage_error(*problems: str, as_json: bool) -> NoReturn:
    """Leave because of what the user gave: one line each, and the same as JSON where that is asked for."""
    if as_json:
        print_json({"schema": 1, "problems": problems})
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(Exit.USAGE) from None


def print_json(document: Mapping[str, object]) -> None:
    """One document on standard output, in UTF-8 or, where the output is something else, in the ASCII that both share."""
    other = codecs.lookup(sys.stdout.encoding).name != "utf-8"
    json.dump(document, sys.stdout, indent=2, ensure_ascii=other, allow_nan=False)
    sys.stdout.write("\n")
