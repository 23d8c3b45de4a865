"""``vjourney evaluate``: the laboratory and its figures."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from inference.judging.model import DEFAULT as DEFAULT_MODEL
from vjourney.cli.frame import AsJson, ModelSource, app, failures, print_json, usage_error
from vjourney.laboratory import tables
from vjourney.laboratory.evaluation import DEFAULT_ESTATES, DEFAULT_SEED, evaluate


@app.command("evaluate")
def evaluate_command(
    seed: Annotated[
        int, typer.Option("--seed", help="Random seed for the estates; the default is a test seed.")
    ] = DEFAULT_SEED,
    estates: Annotated[int, typer.Option("--estates", help="Number of simulated estates.")] = DEFAULT_ESTATES,
    model: ModelSource = DEFAULT_MODEL,
    as_json: AsJson = False,
) -> None:
    """Simulate estates that do not share the model's form, and print how well the model does on them."""
    with failures(as_json):
        try:
            evaluation = evaluate(seed=seed, estates=estates, model=model)
        except ValueError as error:
            usage_error(*str(error).splitlines(), as_json=as_json)
        if as_json:
            print_json(evaluation.document())
        else:
            tables.print_evaluation(evaluation.document(), Console())
