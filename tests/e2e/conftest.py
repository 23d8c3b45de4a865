"""A year of scrapes: the assessments of the bundled recordings, declared day by day, in a real Prometheus."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.facts import TOPICS
from exporters.prometheus.exposition import Exposition
from inference.declare import step
from inference.judging.model import Model
from inference.judging.model import load as load_model
from inference.publication import Publication, Tally, VcenterStatus
from inference.results import Assessment, Consolidation, Declaration, Scope, Transition
from inference.rollup import roll_up
from vjourney import demo
from vjourney.service import Service
from vjourney.sources import source
from vjourney.store import Store

RULES = Path(__file__).parents[2] / "exporters" / "prometheus" / "rules"
FLEET = Scope("fleet", "fleet", "fleet")
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 365
LAST = FIRST + timedelta(days=DAYS, hours=2)
DAY = timedelta(days=1)
JOURNEY = ((0, "experimentation"), (60, "it-production"), (140, "business-production"), (280, "it-production"))
"""Which recorded estate the vCenter ``prod`` resembles from which day on: it learns, and then forgets."""

BRANCH = "Zürich (DR) a.b+c | 'x' \"y\" \\\\z ${w} & 100%"
CLUSTER = "Compute [A] & 'B'"
"""Names with everything that means something to a query, a regular expression or an address."""

COUNTED = {
    "migrations": ("user", "drs"),
    "ha_restarts": ("host_failure",),
    "recovery_tests": ("plan",),
    "provisioned_vms": ("template", "blank"),
    "maintenance_entries": ("evacuated", "shutdown"),
}


def recorded_estates() -> dict[str, Sequence[Assessment]]:
    """What one poll of each bundled recording is assessed as, by the name of the recording."""
    with demo.settings(0) as settings:
        store = Store.open(settings.store.url.get_secret_value())
        sources = {vcenter.name: source(vcenter, lambda *_: None) for vcenter in settings.vcenters}
        service = Service(
            sources, store, load_model("journey-1"), clock=lambda: datetime.now(UTC), prepare=lambda publication: publication
        )
        for name in sources:
            assert service.poll(name).error is None
        publication = service.publication
        service.close()
        store.close()
    assert publication is not None
    return {name: [a for a in publication.assessments if a.scope.vcenter == name] for name in sources}


class Year:
    """Makes the publication of any day, in order."""

    def __init__(self, estates: Mapping[str, Sequence[Assessment]], model: Model) -> None:
        self._estates = estates
        self._model = model
        self.declarations: dict[str, Declaration] = {}
        self.transitions: tuple[Transition, ...] = ()

    def publication(self, at: datetime) -> Publication:
        """What is published at a moment; on the first day nothing can be read but that the vCenters are there."""
        days = (at - FIRST) / DAY
        resembled = next(name for since, name in reversed(JOURNEY) if days >= since)
        own = [*self._estate(resembled, "prod", at), *self._estate("it-production", BRANCH, at)]
        if days < 1:
            own = [_blind(assessment) for assessment in own]
        units = [assessment for assessment in own if assessment.scope.kind == "vcenter"]
        every = (roll_up(FLEET, at, units, self._model), *own)
        for assessment in every:
            state = self.declarations.get(assessment.scope.id, Declaration())
            state, changes = step(state, assessment, model=self._model, evidence_days=days)
            self.declarations[assessment.scope.id] = state
            self.transitions += changes
        return Publication(
            taken_at=at,
            model=self._model.info,
            vcenters=tuple(_status(name, at, days) for name in ("prod", BRANCH)),
            assessments=every,
            declarations=dict(self.declarations),
            transitions=self.transitions,
            tallies=_tallies(days) if days >= 1 else (),
        )

    def _estate(self, recording: str, name: str, at: datetime) -> Iterator[Assessment]:
        clusters = 0
        for assessment in self._estates[recording]:
            scope = assessment.scope
            if scope.kind == "vcenter":
                moved = Scope("vcenter", name, name, name)
            else:
                clusters += 1
                moved = Scope("cluster", f"{name}/domain-c{clusters}", f"{CLUSTER} {clusters}", name)
            later = at - assessment.taken_at
            used = {
                feature: replace(use, last_seen=use.last_seen + later if use.last_seen else None)
                for feature, use in assessment.features.items()
            }
            # the number of hosts stays: another one would be a merger, after which stages are declared anew
            sizes = replace(assessment.consolidation, hosts=8)
            yield replace(assessment, scope=moved, taken_at=at, consolidation=sizes, features=used)


def _blind(assessment: Assessment) -> Assessment:
    silent = tuple(
        replace(
            evidence,
            observation=replace(
                evidence.observation, state="unknown", reason="not read", value=None, numerator=None, denominator=None
            ),
            category=None,
            contribution=None,
        )
        for evidence in assessment.evidence
    )
    return replace(
        assessment,
        inferred=None,
        coverage=0.0,
        evidence=silent,
        team_confidence=None,
        consolidation=Consolidation(),
        features={},
    )


def _status(name: str, at: datetime, days: float) -> VcenterStatus:
    down = name == BRANCH and 200 <= days < 202
    topics = {topic: not down and not (topic == "licenses" and 100 <= days < 130) for topic in TOPICS}
    reached = at - 2 * DAY if down else at - timedelta(minutes=1)
    requests = {"RetrievePropertiesEx": 12 + int(days * 288), "WaitForUpdatesEx": int(days * 576)}
    return VcenterStatus(
        name, name, "8.0.3", "failed" if down else "ok", "down" if down else None, (), 1.25, topics, reached, -0.4, requests
    )


def _tallies(days: float) -> tuple[Tally, ...]:
    return tuple(
        Tally(vcenter, name, label, int(days * number))
        for vcenter in ("prod", BRANCH)
        for name, labels in COUNTED.items()
        for number, label in enumerate(labels, start=1)
    )


def scrape(publication: Publication) -> Iterator[str]:
    """The lines of one scrape with labels of the target and a time, as Prometheus would keep them."""
    body, _ = Exposition(lambda: publication, version="1.2.3").render("application/openmetrics-text")
    for line in body.decode().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            target = 'job="vjourney",instance="127.0.0.1:9747"'
            labelled = name.replace("{", f"{{{target},", 1) if "{" in name else f"{name}{{{target}}}"
            yield f"{labelled} {value} {publication.taken_at.timestamp():.0f}"


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus with the year in it."""

    url: str

    def get(self, path: str, **parameters: str) -> Any:  # noqa: ANN401  # JSON has no type
        """The ``data`` of an answer of its API."""
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310  # loopback, http
            document = json.load(answer)
        assert document["status"] == "success", document
        return document["data"]

    def instant(self, expression: str, at: datetime) -> list[dict[str, Any]]:
        """Series with one value."""
        found: list[dict[str, Any]] = self.get("query", query=expression, time=f"{at.timestamp()}")["result"]
        return found

    def over_time(self, expression: str, start: datetime, end: datetime, every: timedelta) -> list[dict[str, Any]]:
        """Series with values at each step."""
        found: list[dict[str, Any]] = self.get(
            "query_range",
            query=expression,
            start=f"{start.timestamp()}",
            end=f"{end.timestamp()}",
            step=f"{every.total_seconds()}",
        )["result"]
        return found

    def label_values(self, series: str, label: str) -> list[str]:
        """What Grafana offers for ``label_values(series, label)``; None, which is empty, where there is nothing."""
        found: list[str] = self.get(
            f"label/{label}/values", **{"match[]": series, "start": f"{FIRST.timestamp()}", "end": f"{LAST.timestamp()}"}
        )
        return found or [""]


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year in OpenMetrics: a scrape a day, and one every five minutes in its last two hours."""
    made = Year(recorded_estates(), load_model("journey-1"))
    moments = [FIRST + day * DAY for day in range(DAYS)]
    moments += [LAST - timedelta(minutes=minutes) for minutes in range(120, -1, -5)]
    file = tmp_path_factory.mktemp("year") / "year.om"
    with file.open("w", encoding="utf-8") as out:
        for at in moments:
            out.writelines(f"{line}\n" for line in scrape(made.publication(at)))
        out.write("# EOF\n")
    steps = {change.to_stage - change.from_stage for change in made.transitions if change.from_stage is not None}
    assert steps == {1, -1}, "the year must hold a step up and a step down: see JOURNEY"
    return file


@pytest.fixture(scope="session")
def prometheus(year: Path) -> Iterator[Prometheus]:
    """Debian's Prometheus, on a free port of loopback, with the year as its past."""
    programs = shutil.which("prometheus"), shutil.which("promtool")
    if None in programs:
        pytest.skip("Prometheus is not installed: on Debian, apt install prometheus")
    server, tool = map(str, programs)
    data = year.parent / "data"
    subprocess.run(  # noqa: S603  # promtool itself
        [tool, "tsdb", "create-blocks-from", "--max-block-duration=8760h", "openmetrics", str(year), str(data)],
        check=True,
        capture_output=True,
    )
    config = year.parent / "prometheus.yml"
    config.write_text(f"global: {{scrape_interval: 5m}}\nrule_files: ['{RULES}/*.yaml']\n", encoding="utf-8")
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    log = (year.parent / "prometheus.log").open("w")
    running = subprocess.Popen(  # noqa: S603  # Prometheus itself
        [
            server,
            f"--config.file={config}",
            f"--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time=10y",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield Prometheus(_ready(f"http://127.0.0.1:{port}", running, Path(log.name)))
    finally:
        running.terminate()
        running.wait(timeout=30)
        log.close()


def _ready(url: str, running: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/-/ready", timeout=5) as answer:  # noqa: S310  # loopback, http
            if answer.status == 200:
                return url
        time.sleep(0.1)
    said = re.sub(r"\s+", " ", log.read_text()[-800:])
    pytest.fail(f"Prometheus did not become ready: {said}")
