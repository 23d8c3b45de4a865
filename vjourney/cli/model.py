"""``vjourney model``: what the model holds, what it makes of stored observations, and how labels move it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from inference.judging.model import DEFAULT as DEFAULT_MODEL
from inference.judging.model import load as load_model
from vjourney.cli.frame import AsJson, Config, ModelSource, ScopeName, app, failures, print_json, usage_error
from vjourney.laboratory import calibration, tables
from vjourney.laboratory.labels import LabelsError, read_labels
from vjourney.laboratory.rescoring import rescore
from vjourney.runtime import open_store
from vjourney.settings import load

group = typer.Typer(name="model", help="Show the model, rescore stored observations, calibrate.", no_args_is_help=True)
app.add_typer(group)


@group.command("show")
def show_command(model: ModelSource = DEFAULT_MODEL, as_json: AsJson = False) -> None:
    """Print families, items, cut points and their sources."""
    with failures(as_json):
        loaded = load_model(model)
        document = {"schema": 1, "sha256": loaded.sha256, **loaded.specification.model_dump(mode="json")}
        if as_json:
            print_json(document)
        else:
            tables.print_model(loaded, Console())


@group.command("rescore")
def rescore_command(config: Config, scope: ScopeName = None, as_json: AsJson = False) -> None:
    """Rescore stored observations with the configured model and compare old and new by scope and day; nothing is written."""
    with failures(as_json):
        settings = load(config)
        loaded = load_model(settings.model)
        with open_store(settings) as store:
            readings = rescore(store, loaded, scope)
        if not readings:
            usage_error(
                "no stored observations were found: run `vjourney once` first, or name another --scope", as_json=as_json
            )
        document = {
            "schema": 1,
            "model": {"name": loaded.info.name, "version": loaded.info.version, "sha256": loaded.info.sha256},
            "readings": [reading.plain() for reading in readings],
        }
        if as_json:
            print_json(document)
        else:
            tables.print_rescored(document, Console())


@group.command("calibrate")
def calibrate_command(
    labels: Annotated[Path, typer.Argument(help="A CSV file of assessed documents and their true stages.")],
    out: Annotated[Path, typer.Option("--out", help="The model file to write; it must not exist yet.", show_default=False)],
    model: ModelSource = DEFAULT_MODEL,
    as_json: AsJson = False,
) -> None:
    """Fit the positions of items to labels, and write a new model with its cross-validated figures."""
    with failures(as_json):
        loaded = load_model(model)
        try:
            calibration.check_free(out)
            outcome = calibration.calibrate(loaded, read_labels(labels, loaded))
            written = calibration.write(outcome, out)
        except (LabelsError, calibration.CalibrationError) as error:
            usage_error(*str(error).splitlines(), as_json=as_json)
        document = outcome.document(out, written)
        if as_json:
            print_json(document)
        else:
            tables.print_calibration(document, Console())
