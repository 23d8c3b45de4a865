"""Tables of the laboratory for a terminal, made from its documents and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inference.judging.model import Model
from inference.stages import STAGE_TITLES
from vjourney.terminal import number, percent, position, table

Document = Mapping[str, Any]
LIMITS = (
    "These estates are simulated. No assessed organisation has been compared yet: the figures show how the model copes with "
    "behaviour that does not share its form, not how accurate its stages are in the field."
)


def print_evaluation(document: Document, screen: Console) -> None:
    """Figures beside their targets, what falls short, ablations and archetypes."""
    model = document["model"]
    screen.print(
        f"Model {model['name']} {model['version']} on {document['estates']} estates and {document['journeys']} journeys of "
        f"three years, seed {document['seed']} ({document['seeds']} seeds).\n"
    )
    screen.print(_figures("Figure", document["figures"]))
    screen.print(_figures("By group", document["calibration"]))
    screen.print(_figures("Ranked probability score with part of the evidence", document["ablations"]))
    screen.print(_archetypes(document["archetypes"]))
    short = "; ".join(document["falls_short"])  # names of groups hold commas
    screen.print(f"\nTargets missed: {short}." if short else "\nEvery target is met.", style="bold")
    screen.print(LIMITS, style="dim")


def _figures(title: str, figures: Sequence[Document]) -> Table:
    told = table(title, "Value", "95% interval", "n", "Target", "Aim")
    for figure in figures:
        interval = "-" if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"
        mark = {True: "[green]met[/]", False: "[red]short[/]", None: ""}[figure["met"]]
        told.add_row(
            escape(figure["title"]),
            number(figure["value"], 3),
            interval,
            str(figure["count"]),
            f"{_target(figure)} {mark}",
            number(figure["aim"], 3),
        )
    return told


def _target(figure: Document) -> str:
    if figure["at_most"] is not None:
        return f"≤ {number(figure['at_most'], 3)}"
    return "" if figure["at_least"] is None else f"≥ {number(figure['at_least'], 3)}"


def _archetypes(rows: Sequence[Document]) -> Table:
    told = table("Archetype", "Fair", "Inferred", "Declared", "Inside", "Position", "Most frequent flags")
    for row in rows:
        fair = ", ".join(map(str, row["admissible"])) + (" or none" if row["may_abstain"] else "")
        inferred, declared = (
            ", ".join(f"{count}x {stage}" for stage, count in row[name].items()) for name in ("inferred", "declared")
        )
        flags = ", ".join(name for name, share in row["flags"].items() if share > 0.5)  # noqa: PLR2004 - most
        told.add_row(escape(row["title"]), fair, inferred, declared, percent(row["inside"]), number(row["position"]), flags)
    return told


def print_model(model: Model, screen: Console) -> None:
    """Families with their items: cut points, positions, slope and source."""
    info = model.info
    screen.print(f"Model {info.name} {info.version}, SHA-256 {info.sha256}", style="bold")
    for family in model.specification.families:
        screen.print(f"\n{escape(family.title)}", style="bold")
        for item in model.items:
            if item.family == family.id:
                screen.print(f"  [cyan]{item.id}[/] ({item.kind}): {escape(item.question)}")
                if item.scored:
                    cuts, b = (" / ".join(map(str, values)) for values in (item.cuts, item.b))
                    screen.print(f"    cuts {cuts} {escape(item.unit)}, at positions {b}, slope {number(item.a)}")
                screen.print(f"    {escape(item.source)}", style="dim")


def print_rescored(document: Document, screen: Console) -> None:
    """Old and new stages by scope and day."""
    model = document["model"]
    told = table("Scope", "Day", "Stored by", "Stage then", f"Stage by {model['version']}", whole=["Day"])
    for row in document["readings"]:
        changed = row["old_model"] is not None and row["old_stage"] != row["new_stage"]
        told.add_row(
            escape(row["name"]),
            row["day"],
            escape(row["old_model"] or "-"),
            f"{_stage(row['old_stage'])} ({position(row['old_position'])})",
            f"{_stage(row['new_stage'])} ({position(row['new_position'])})",
            style="yellow" if changed else "",
        )
    screen.print(told)


def _stage(stage: int | None) -> str:
    return "none" if stage is None else f"{stage} {STAGE_TITLES[stage]}"


def print_calibration(document: Document, screen: Console) -> None:
    """Figures on left-out labels, and which positions moved."""
    checked = document["cross_validated"]
    left_out = table(f"Held-out labels, {checked['folds']} folds", "Ranked probability score", "Accuracy")
    rows = (("shipped", "original positions"), ("calibrated", "fitted positions"), ("guess", "guess without documents"))
    for name, title in rows:
        left_out.add_row(title, f"{checked[name]['rps']:.4f}", percent(checked[name]["accuracy"]))
    screen.print(left_out)
    moved = table("Indicator", "Positions before", "Positions after", whole=["Indicator"])
    for item in document["items"]:
        moved.add_row(item["id"], " / ".join(map(str, item["before"])), " / ".join(map(str, item["after"])))
    screen.print(moved)
    screen.print(_worth(checked))
    screen.print(f"{document['labels']} labels of {document['organisations']} organisations; written to {document['out']}.")
    screen.print(f"SHA-256 {document['model']['sha256']}")


def _worth(checked: Document) -> str:
    """What the figures on left-out labels say of the new model."""
    gain = checked["gain"]
    if checked["guess"]["rps"] <= checked["calibrated"]["rps"]:
        return (
            "[red]Held-out labels are predicted better by how common the stages are than by the documents: are labels and "
            "documents mixed up? Do not use this model.[/]"
        )
    if not checked["better"]:
        return "[red]The fitted positions did no better on held-out labels: do not use this model until there are more.[/]"
    interval = f"by {gain['rps']:.4f} (95% interval {gain['low']:.4f} to {gain['high']:.4f})"
    chance = "" if gain["low"] > 0 else " That may be chance: more labels would show."
    return f"On held-out labels the score fell {interval} (lower is better).{chance}"
