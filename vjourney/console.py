"""The tables on the terminal. They are made from the documents of the contract (contracts.md) and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from exporters import wording
from inference.results import FEATURES
from inference.stages import STAGE_TITLES, STAGES
from inference.wording import percentage
from vjourney.terminal import Bar, number, percent, position, table

FEATURE_TITLES = {"vmotion": "vMotion", "ha": "HA", "ft": "FT", "drs": "DRS", "srm": "SRM"}
WIDE = 110
"""The least number of columns of a terminal on which a table has room for sentences."""

Document = Mapping[str, Any]


def print_assessments(document: Document, console: Console) -> None:
    """Print the result of every poll, a section for each vCenter and the fleet, and a line for each cluster."""
    console.print(_polls(document["vcenters"]))
    for assessment in document["assessments"]:
        if assessment["scope"]["kind"] != "cluster":
            console.print(_section(assessment))
    clusters = [item for item in document["assessments"] if item["scope"]["kind"] == "cluster"]
    if clusters:
        console.print(_clusters(clusters))
    model = document["model"]
    console.print(
        f"Stage inferred from infrastructure telemetry, uncalibrated against assessed organisations "
        f"(model {escape(model['name'])} {escape(model['version'])}).",
        style="dim",
    )


def print_explanation(assessments: Iterable[Document], console: Console) -> None:
    """Print each assessment with all its observations and their contributions."""
    for assessment in assessments:
        console.print(_section(assessment))
        console.print(_Observations(assessment["observations"]))
        console.print(*_together(assessment), end="")


def print_judgement(assessments: Iterable[Document], console: Console) -> None:
    """Print assessments made of observations alone, which have no declared stage, sizes or features."""
    for assessment in assessments:
        console.print(_framed(assessment, [_standing(assessment)]))
        console.print(_Observations(assessment["observations"]))
        console.print(*_together(assessment), end="")


def print_checks(checks: Sequence[Document], console: Console) -> None:
    """Print the result of ``vjourney check``: each step, and each missing privilege with what is unknown without it."""
    for check in checks:
        answers = table("Step", "Result", title=escape(check["name"]))
        for step in check["steps"]:
            answers.add_row(escape(step["step"]), f"{_verdict(step['ok'])}: {escape(step['message'])}")
        for privilege in check["privileges"]:
            if privilege["granted"] is not True:
                answers.add_row(f"privilege {escape(privilege['name'])}", _missing_privilege(privilege))
        console.print(answers)


def print_targets(targets: Sequence[Document], console: Console) -> None:
    """Print whether each target of alerts and digests can be used."""
    if targets:
        answers = table("Target", "Result", title="Alerts and digest")
        for each in targets:
            answers.add_row(escape(each["target"]), f"{_verdict(each['ok'])}: {escape(each['message'])}")
        console.print(answers)


def print_history(document: Document, console: Console) -> None:
    """Print the declared stage of each scope, then all changes and milestones, oldest first."""
    names = {scope["id"]: _named(scope) for scope in document["scopes"]}
    declared = table("Scope", "Declared", "Since", "Candidate", "Since")
    for each in document["declarations"]:
        stages = [
            _stage(each["declared"]),
            _day(each["declared_since"]),
            _stage(each["candidate"]),
            _day(each["candidate_since"]),
        ]
        declared.add_row(escape(names[each["scope"]]), *stages)
    console.print(declared)
    happened = [(change["at"], change["scope"], _change(change)) for change in document["transitions"]]
    happened += [(each["first_seen"], each["scope"], wording.milestone(each["id"])) for each in document["milestones"]]
    past = table("When", "Scope", "What", whole=["When"])
    for at, scope, what in sorted(happened):
        past.add_row(_day(at), escape(names[scope]), escape(what))
    console.print(past)


def _stage(stage: int | None) -> str:
    return "-" if stage is None else f"{stage} {STAGE_TITLES[stage]}"


def _day(moment: str | None) -> str:
    return "-" if moment is None else moment[:10]


def _change(change: Document) -> str:
    before = "" if change["from_stage"] is None else f", before that {_stage(change['from_stage'])}"
    return f"declared {_stage(change['to_stage'])}{before} ({wording.cause(change['cause'])})"


def _verdict(ok: bool | None) -> str:
    return {True: "[green]ok[/]", False: "[red]failed[/]", None: "[yellow]unknown[/]"}[ok]


def _missing_privilege(privilege: Document) -> str:
    cost = escape(privilege["unknown_without"])
    if privilege["granted"] is None:
        return f"[yellow]unknown[/]: vCenter does not say; without it, {cost}"
    return f"[red]missing[/]: without it, {cost}"


def _polls(vcenters: Sequence[Document]) -> Table:
    polls = table("vCenter", "Poll", "Version", "Seconds", "Not read")
    for vcenter in vcenters:
        colour = {"ok": "green", "partial": "yellow", "failed": "red"}[vcenter["status"]]
        problems = [vcenter["error"]] if vcenter["error"] else [f"{gap['topic']}: {gap['reason']}" for gap in vcenter["gaps"]]
        polls.add_row(
            escape(vcenter["name"]),
            f"[{colour}]{vcenter['status']}[/]",
            escape(vcenter["version"] or "-"),
            number(vcenter["poll_seconds"]),
            escape("\n".join(problems)),
        )
    return polls


def _named(scope: Document) -> str:
    """Kind and name of a scope, such as ``cluster gold``; for the fleet its name alone."""
    if scope["kind"] == "fleet":
        return str(scope["name"])
    return f"{'vCenter' if scope['kind'] == 'vcenter' else scope['kind']} {scope['name']}"


def _title(assessment: Document) -> Text:
    scope, stage = assessment["scope"], assessment["stage"]
    title = Text(f"\n{_named(scope)}: ", style="bold")
    if stage["inferred"] is None:
        low, high = stage["interval80"]
        title.append("not enough evidence for a stage", style="yellow")
        return title.append(f" (position between {number(low)} and {number(high)} of 4)", style="not bold")
    title.append(f"{stage['inferred']} {STAGE_TITLES[stage['inferred']]}", style="cyan")
    if not stage["confirmed"]:
        title.append(", unconfirmed", style="yellow")
    return title


def _standing(assessment: Document, declared: Sequence[str] = ()) -> Table:
    stage = assessment["stage"]
    grid = Table.grid(*(Column(overflow="fold") for _ in range(3)), padding=(0, 2))
    low, high = stage["interval80"]
    for name, label in zip(STAGES, STAGE_TITLES, strict=True):
        probability = stage["probabilities"][name]
        grid.add_row(label, Bar(probability), percent(probability))
    place = "not known" if stage["position"] is None else f"{position(stage['position'])} of 4"
    grid.add_row("position", place, f"80% interval {number(low)} to {number(high)}")
    for line in declared:
        grid.add_row("declared", line, "")
    grid.add_row("team confidence", (assessment["team_confidence"]["level"] or "not enough evidence").replace("_", " "), "")
    grid.add_row("coverage", percent(assessment["coverage"]), f"certainty {percent(assessment['certainty'])}")
    return grid


def _declared(stage: Document) -> str:
    if stage["declared"] is None:
        return "none yet"
    since = f" since {stage['declared_since'][:10]}" if stage["declared_since"] else ""
    return f"{stage['declared']} {STAGE_TITLES[stage['declared']]}{since}"


def _features(assessment: Document) -> Table:
    uses = table("Feature", "Configured", "Exercised", "Last seen", whole=["Last seen"])
    for name in FEATURES:
        feature = assessment["features"].get(name)
        if feature is None:
            continue
        exercised = number(feature["exercised"])
        if feature["exercised"] is not None:
            exercised += f" {feature['exercised_unit']}"
        uses.add_row(
            FEATURE_TITLES[name], percent(feature["configured"]), escape(exercised), (feature["last_seen"] or "-")[:10]
        )
    return uses


def _counts(assessment: Document) -> str:
    counts = assessment["consolidation"]
    return (
        f"{_counted(counts['hosts'], 'host')}, {_counted(counts['workload_vms'], 'workload VM')} "
        f"({number(counts['powered_on_vms'], 0)} powered on), {number(counts['vms_per_host'], 1)} VMs per host, "
        f"vCPU:pCPU {number(counts['vcpus_per_core'])}, vRAM to RAM {number(counts['vram_per_ram'])}"
    )


def _counted(count: int | None, one: str) -> str:
    return f"{number(count, 0)} {one if count == 1 else one + 's'}"


def _remarks(assessment: Document) -> list[Text]:
    remarks = [Text(f"unconfirmed: {reason}", style="yellow") for reason in assessment["stage"]["unconfirmed_because"]]
    remarks += [Text(f"investigate: {flag['message']}", style="magenta") for flag in assessment["flags"]]
    return remarks + [Text(f"next step: {step['message']}") for step in assessment["next_steps"][:3]]


def _section(assessment: Document) -> RenderableType:
    standing = _standing(assessment, [_declared(assessment["stage"])])
    return _framed(assessment, [standing, Text(_counts(assessment)), _features(assessment)])


def _framed(assessment: Document, body: Sequence[RenderableType]) -> RenderableType:
    """The title of an assessment, then ``body``, then what is unconfirmed, the flags and the next steps."""
    return Group(_title(assessment), Padding(Group(*body, *_remarks(assessment)), (0, 0, 1, 2)))


def _clusters(assessments: Sequence[Document]) -> Table:
    clusters = table("vCenter", "Cluster", "Stage", "Position", "Coverage", "Hosts", "VMs")
    for item in assessments:
        inferred = item["stage"]["inferred"]
        clusters.add_row(
            escape(item["scope"]["vcenter"]),
            escape(item["scope"]["name"]),
            "not enough evidence" if inferred is None else f"{inferred} {STAGE_TITLES[inferred]}",
            position(item["stage"]["position"]),
            percent(item["coverage"]),
            number(item["consolidation"]["hosts"], 0),
            number(item["consolidation"]["workload_vms"], 0),
        )
    return clusters


@dataclass(frozen=True, slots=True)
class _Observations:
    """Observations as a table where the terminal is wide enough for sentences in a column, else one below the other."""

    observations: Sequence[Document]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        if options.max_width >= WIDE:
            yield self._table()
            return
        for item in self.observations:
            numbers = [_answer(item)]
            if item["category"] is not None:
                numbers.append(f"level {item['category']}")
            if item["contribution"] is not None:
                numbers.append(f"contribution {wording.as_signed(item['contribution'])}")
            yield Text(f"{item['indicator']}: ", style="bold", overflow="fold").append(", ".join(numbers), style="not bold")
            yield Padding(Text(_why(item), overflow="fold"), (0, 0, 0, 4))

    def _table(self) -> Table:
        answers = table("Indicator", "Value", "Level", "Contribution", "Evidence", whole=["Indicator"])
        for item in self.observations:
            contribution = "-" if item["contribution"] is None else wording.as_signed(item["contribution"])
            cells = (escape(_answer(item)), number(item["category"], 0), contribution, escape(_why(item)))
            answers.add_row(escape(item["indicator"]), *cells)
        return answers


def _together(assessment: Document) -> Iterator[Text]:
    """What whole families contribute, and what no single indicator does; readings that are stored may not have it."""
    families = [
        f"{each['family']} {wording.as_signed(each['contribution'])} (position {wording.as_signed(each['shift'])})"
        for each in assessment.get("facets", ())
        if each.get("contribution") is not None
    ]
    shared = assessment.get("shared_contribution")
    told = [f"Contributions of whole families: {', '.join(families)}."] if families else []
    told += [f"Said by several indicators, and credited to none: {wording.as_signed(shared)}."] if shared is not None else []
    if told:
        yield Text(f"{' '.join(told)}\n", style="dim")


def _answer(observation: Document) -> str:
    """The value with its unit, or the state where there is none."""
    if observation["state"] != "observed":
        return str(observation["state"]).replace("_", " ")
    if observation["unit"].startswith("share "):
        return f"{percentage(observation['value'])} {observation['unit'].removeprefix('share ')}"
    return f"{wording.number(observation['value'])} {observation['unit']}"


def _why(observation: Document) -> str:
    """The reason why there is no answer, if any, and the evidence."""
    reasons = [observation["reason"]] if observation["reason"] else []
    return "\n".join([*reasons, *observation["evidence"]])
