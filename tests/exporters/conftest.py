"""Hand-made publications: one of a whole fleet that holds every case an exporter has to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from collector.facts import TOPICS, Gap
from inference.observations import Missing, amount, not_applicable, rate, share, unknown
from inference.publication import Publication, Tally, VcenterStatus
from inference.results import (
    Assessment,
    Consolidation,
    Contribution,
    Declaration,
    Evidence,
    FeatureUse,
    Flag,
    Milestone,
    ModelInfo,
    NextStep,
    Posterior,
    Question,
    Scope,
    Spread,
    Transition,
)

NOW = datetime(2025, 11, 21, 22, 45, tzinfo=UTC)
UUID = "6b2c0f0e-5a3d-4b0a-9d55-3f6f4a1f7d10"
FLEET = Scope("fleet", "fleet", "fleet")
PROD = Scope("vcenter", UUID, "prod", "prod")
COMPUTE_A = Scope("cluster", f"{UUID}/domain-c8", "Compute", "prod")
COMPUTE_B = Scope("cluster", f"{UUID}/domain-c9", "Compute", "prod")
HOSTILE = Scope("cluster", f"{UUID}/domain-c77", '<script>alert("x")</script> \\ Zürich\n2', "prod")

EVIDENCE = (
    Evidence(
        share("cluster_share", 4, 4, evidence=("4 of 4 hosts are in clusters of at least two.",)),
        "foundation",
        "configured",
        "share of hosts",
        3,
        0.4,
    ),
    Evidence(
        rate("vmotion_rate", 37, 2.91, seen=0.9, evidence=("37 live migrations in 27 days over 97 virtual machines.",)),
        "mobility",
        "exercised",
        "moves per 100 VMs and 30 days",
        2,
        1.234567891,
        0.0987654321,
    ),
    Evidence(amount("scale", 0), "foundation", "configured", "virtual machines", 0, -0.75),
    Evidence(
        unknown("maint_evac", Missing("no host entered maintenance mode in 90 days")),
        "mobility",
        "exercised",
        "share of maintenance entries",
    ),
    Evidence(not_applicable("sdrs", "there is no datastore cluster"), "placement", "configured", "share of clusters"),
    Evidence(amount("infra_share", 0.25), "workloads", "context", "share of powered-on workload VMs"),
)

QUESTIONS = MappingProxyType(
    {
        "cluster_share": Question("How many hosts are in clusters of two or more?", "share of hosts", (0.25, 0.6, 0.9)),
        "vmotion_rate": Question("How often are machines moved live?", "moves per 100 VMs and 30 days", (0.0, 10.0, 40.0)),
        "maint_evac": Question("How often are hosts emptied?", "share of maintenance entries", (0.9, 0.6, 0.2), "lower"),
    }
)
FAMILIES = MappingProxyType({"foundation": "Platform foundation", "mobility": "Live mobility", "service": "Service"})

FEATURES = MappingProxyType(
    {
        "vmotion": FeatureUse(1.0, 12.714776632, "moves per 100 VMs and 30 days", NOW - timedelta(hours=3, microseconds=5)),
        "ha": FeatureUse(0.875, 0.0, "restarts in 30 days", None),
        "ft": FeatureUse(0.0, None, "protected virtual machines", None),
        "drs": FeatureUse(0.5, 4.0, "moves in 30 days", NOW - timedelta(days=2)),
    }
)


def posterior(*probabilities: float, position: float) -> Posterior:
    """A posterior over the four stages with a spread of half a stage."""
    first, second, third, fourth = probabilities
    return Posterior((first, second, third, fourth), position, 0.25, (max(0.0, position - 0.6), min(4.0, position + 0.6)))


def assessment(scope: Scope, *, confirmed: bool = True) -> Assessment:
    """An assessment above the evidence floor with something in every field."""
    return Assessment(
        scope=scope,
        taken_at=NOW,
        posterior=posterior(0.01, 0.13, 0.8, 0.06, position=2.4123456789),
        inferred=2,
        certainty=0.52,
        coverage=0.81,
        evidence=EVIDENCE,
        team_confidence=posterior(0.05, 0.75, 0.15, 0.05, position=1.6),
        confirmed=confirmed,
        unconfirmed_because=() if confirmed else ("No business workload was seen.",),
        consolidation=Consolidation(4, 97, 80, 20.0, 2.25, 0.9),
        features=FEATURES,
        flags=(Flag("bought_not_exercised", "Much is configured that is hardly used."),),
        next_steps=(NextStep("maint_evac", "Estates at the next stage empty hosts by live migration.", 0.08),),
        milestones=(Milestone("vmotion_learned", NOW - timedelta(days=21)),),
        facets=MappingProxyType({"mobility": posterior(0.05, 0.75, 0.15, 0.05, position=1.6)}),
        contributions=MappingProxyType({"mobility": Contribution(-0.4, -0.07)}),
        shared=1.25,
        clusters=Spread(1.2, 2.3, 2.9, judged=1, parts=2) if scope.kind == "vcenter" else None,
    )


def below_the_floor(scope: Scope) -> Assessment:
    """An assessment that shows a range only, with nothing read."""
    return Assessment(
        scope=scope,
        taken_at=NOW,
        posterior=posterior(0.1, 0.35, 0.35, 0.2, position=2.15),
        inferred=None,
        certainty=0.07,
        coverage=0.12,
        evidence=(
            Evidence(
                unknown("vmotion_rate", Missing("no event was ever seen")),
                "mobility",
                "exercised",
                "moves per 100 VMs and 30 days",
            ),
        ),
    )


def statuses() -> tuple[VcenterStatus, ...]:
    """One vCenter that answered in part, one that never answered."""
    gap = Gap("licenses", "The account lacks Global.Licenses; grant it at the root to read licences.")
    topics = {topic: topic != gap.topic for topic in TOPICS}
    requests = {"RetrievePropertiesEx": 12, "WaitForUpdatesEx": 40}
    refused = "Nothing listens at dr.example.com:443; check host and port."
    return (
        VcenterStatus("prod", UUID, "8.0.3", "partial", None, (gap,), 1.25, topics, NOW, -0.4, requests, 30),
        VcenterStatus("dr", "", "", "failed", refused, (), 0.031),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--write-golden``, for ``pytest tests/exporters --write-golden``."""
    parser.addoption("--write-golden", action="store_true", help="write fixtures/golden again from what is rendered now")


@pytest.fixture
def publication() -> Publication:
    """A fleet: declared and undeclared, above and below the floor, a failed vCenter, clusters of one name, a hostile name."""
    since = NOW - timedelta(days=40)
    return Publication(
        taken_at=NOW,
        model=ModelInfo("journey-1", "1.0.0", "ab" * 32, QUESTIONS, FAMILIES),
        vcenters=statuses(),
        assessments=(
            assessment(FLEET),
            assessment(PROD, confirmed=False),
            assessment(COMPUTE_A),
            below_the_floor(COMPUTE_B),
            assessment(HOSTILE),
        ),
        declarations={
            FLEET.id: Declaration(1, since, 2, NOW - timedelta(days=3), 0.81, NOW),
            PROD.id: Declaration(1, since, None, None, None, NOW),
            COMPUTE_A.id: Declaration(2, NOW - timedelta(days=1), None, None, None, NOW),
        },
        transitions=(
            Transition(FLEET.id, since, None, 1, "first"),
            Transition(PROD.id, since, None, 1, "first"),
            Transition(COMPUTE_A.id, since, None, 1, "first"),
            Transition(COMPUTE_A.id, NOW - timedelta(days=1), 1, 2, "estate"),
        ),
        tallies=(
            Tally("prod", "migrations", "user", 33),
            Tally("prod", "migrations", "drs", 4),
            Tally("prod", "ha_restarts", "host_failure", 0),
            Tally("prod", "recovery_tests", "plan", 1),
            Tally("prod", "provisioned_vms", "template", 7),
            Tally("prod", "maintenance_entries", "evacuated", 2),
        ),
    )


@pytest.fixture
def large_publication() -> Callable[[int], Publication]:
    """A maker of publications with this many clusters and as many indicators as the model has."""

    def make(clusters: int) -> Publication:
        evidence = tuple(
            Evidence(share(f"indicator_{number}", number, 40), "mobility", "exercised", "share", 1, 0.1)
            for number in range(1, 40)
        )
        scopes = [Scope("cluster", f"{UUID}/domain-c{number}", f"Cluster {number}", "prod") for number in range(clusters)]
        assessments = tuple(
            Assessment(scope, NOW, posterior(0.1, 0.2, 0.6, 0.1, position=2.2), 2, 0.5, 0.8, evidence, features=FEATURES)
            for scope in scopes
        )
        return Publication(NOW, ModelInfo("journey-1", "1.0.0", "ab" * 32), statuses(), assessments)

    return make
