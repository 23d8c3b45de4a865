"""The columns of the two tables. Run as a program it prints the part of the documentation that lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from exporters.history import is_whole
from exporters.wording import FEATURE_TITLES, as_moment
from inference.stages import STAGE_TITLES, STAGES

Kind = Literal["time", "text", "whole", "number", "yes_no"]
Row = Mapping[str, Any]
Table = Literal["assessments", "observations"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the kind of its values, what they mean with their unit, and how an entry gives them."""

    name: str
    kind: Kind
    meaning: str
    value: Callable[[Row, Row], Any]
    """Of the entry of the assessment document, and of the observation in it (the entry again in a table of assessments)."""


def _of(*path: str) -> Callable[[Row, Row], Any]:
    def value(entry: Row, _: Row) -> Any:  # noqa: ANN401 - JSON
        found: Any = entry
        for key in path:
            found = found[key]
        return found

    return value


def _seen(key: str) -> Callable[[Row, Row], Any]:
    return lambda _, observation: observation[key]


def _time(*path: str) -> Callable[[Row, Row], datetime | None]:
    value = _of(*path)

    def moment(entry: Row, observation: Row) -> datetime | None:
        found = value(entry, observation)
        return None if found is None else as_moment(found)

    return moment


SCOPE = (
    Column("taken_at", "time", "when the vCenter was read, by its clock; of a fleet by ours", _time("taken_at")),
    Column("scope", "text", "fleet, vcenter or cluster", _of("scope", "kind")),
    Column("scope_id", "text", "id of the scope", _of("scope", "id")),
    Column("name", "text", "name of the scope", _of("scope", "name")),
    Column("vcenter", "text", "name of the vCenter; empty for the fleet", _of("scope", "vcenter")),
)

ASSESSMENTS = (
    *SCOPE,
    Column("declared_stage", "whole", "declared stage, 0 to 3; empty before the first", _of("stage", "declared")),
    Column("declared_since", "time", "since when it has held", _time("stage", "declared_since")),
    Column("candidate_stage", "whole", "stage that may replace it, 0 to 3", _of("stage", "candidate")),
    Column("candidate_since", "time", "since when it is the candidate", _time("stage", "candidate_since")),
    Column(
        "inferred_stage", "whole", "stage of this reading, 0 to 3; empty below the evidence floor", _of("stage", "inferred")
    ),
    Column("confirmed", "yes_no", "whether all that the stage needs was seen", _of("stage", "confirmed")),
    *(
        Column(f"probability_{key}", "number", f"probability of {title}, 0 to 1", _of("stage", "probabilities", key))
        for key, title in zip(STAGES, STAGE_TITLES, strict=True)
    ),
    Column("position", "number", "position on the journey, 0 to 4; empty below the evidence floor", _of("stage", "position")),
    Column("interval80_low", "number", "lower end of its 80% interval", lambda entry, _: entry["stage"]["interval80"][0]),
    Column("interval80_high", "number", "upper end of its 80% interval", lambda entry, _: entry["stage"]["interval80"][1]),
    Column("certainty", "number", "how clearly the evidence points to one stage, 0 to 1", _of("certainty")),
    Column("coverage", "number", "share of the informative evidence that could be seen, 0 to 1", _of("coverage")),
    Column(
        "team_confidence",
        "text",
        "experimenting, reactive, selective or very_high; empty where unknown",
        _of("team_confidence", "level"),
    ),
    Column("team_confidence_position", "number", "the same as a position, 0 to 4", _of("team_confidence", "position")),
    Column("hosts", "whole", "hosts", _of("consolidation", "hosts")),
    Column("workload_vms", "whole", "workload virtual machines", _of("consolidation", "workload_vms")),
    Column("powered_on_vms", "whole", "those of them that are powered on", _of("consolidation", "powered_on_vms")),
    Column("vms_per_host", "number", "powered-on workload VMs per host", _of("consolidation", "vms_per_host")),
    Column("vcpus_per_core", "number", "vCPU:pCPU, virtual CPUs per physical core", _of("consolidation", "vcpus_per_core")),
    Column(
        "vram_per_ram",
        "number",
        "vRAM to RAM, memory of powered-on VMs per memory of hosts",
        _of("consolidation", "vram_per_ram"),
    ),
    *(
        column
        for key, title in FEATURE_TITLES.items()
        for column in (
            Column(
                f"{key}_configured", "number", f"share for which {title} is set up, 0 to 1", _of("features", key, "configured")
            ),
            Column(f"{key}_exercised", "number", f"uses of {title}, in the unit beside it", _of("features", key, "exercised")),
            Column(f"{key}_exercised_unit", "text", f"unit of {key}_exercised", _of("features", key, "exercised_unit")),
        )
    ),
    Column(
        "whole",
        "yes_no",
        "false for a fleet of which a vCenter could not be read for more than 7 days",
        lambda entry, _: is_whole(entry),
    ),
)

OBSERVATIONS = (
    *SCOPE,
    Column("indicator", "text", "id of the indicator", _seen("indicator")),
    Column("family", "text", "family of the model it belongs to", _seen("family")),
    Column("kind", "text", "configured, exercised or context", _seen("kind")),
    Column("state", "text", "observed, unknown or not_applicable", _seen("state")),
    Column("reason", "text", "why it is not observed", _seen("reason")),
    Column("value", "number", "the value, in the unit beside it; empty unless observed", _seen("value")),
    Column("unit", "text", "unit of the value; a share is 0 to 1", _seen("unit")),
    Column("numerator", "number", "what was counted", _seen("numerator")),
    Column("denominator", "number", "of how many, or how much", _seen("denominator")),
    Column("category", "whole", "category that the model puts the value in, 0 to 3", _seen("category")),
    Column("contribution", "number", "log-odds of the inferred stage that would be lost without it", _seen("contribution")),
    Column("seen", "number", "share of population and window that could be seen, 0 to 1", _seen("seen")),
)

TABLES: dict[Table, tuple[Column, ...]] = {"assessments": ASSESSMENTS, "observations": OBSERVATIONS}


def rows(table: Table, entry: Row) -> Iterator[dict[str, Any]]:
    """The rows that one entry of the assessment document gives."""
    for part in [entry] if table == "assessments" else entry["observations"]:
        yield {column.name: column.value(entry, part) for column in TABLES[table]}


def documentation() -> str:
    """The columns as Markdown."""
    words = {"time": "time (UTC)", "text": "text", "whole": "whole number", "number": "number", "yes_no": "true or false"}
    parts = []
    for table, columns in TABLES.items():
        lines = [f"| `{column.name}` | {words[column.kind]} | {column.meaning} |" for column in columns]
        parts.append("\n".join([f"### {table.capitalize()}", "", "| column | holds | meaning |", "|---|---|---|", *lines, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    print(documentation(), end="")  # noqa: T201 - that is what it is for
