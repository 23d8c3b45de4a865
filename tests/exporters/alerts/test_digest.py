"""The digest: what changed since the last one, what holds back, the value so far, in a size that is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from exporters.alerts.digest import MOST_CLUSTERS, digest
from inference.publication import Publication
from inference.results import Declaration, Posterior, Transition

LEDGER = {
    "things": [
        {"title": "Share of servers that are virtual", "amount": 0.8, "unit": "share"},
        {"title": "Servers avoided", "amount": None, "unit": "servers"},
    ],
    "money": [{"title": "Capital avoided", "amount": 12345.6, "unit": "money a year"}],
    "service": [],
    "total": 12345.6,
    "currency": "EUR",
    "summary": "12,346 EUR a year.",
}


def test_nothing_known_is_no_failure(publication: Publication) -> None:
    """Before the first assessment the digest tells which vCenters could not be read."""
    message = digest(replace(publication, assessments=(), transitions=(), declarations={}), None, {})
    assert message.title == "Virtualization journey: no stage changed"
    assert message.text == ("Could not be read\n- vCenter dr: Nothing listens at dr.example.com:443; check host and port.")


def test_what_was_told_is_not_told_again(publication: Publication) -> None:
    """Only changes later than those of the last digest count, by the clock of their own scope."""
    last = publication.taken_at - timedelta(days=7)
    every = {change.scope_id: change.at for change in publication.transitions}
    quiet = digest(publication, last, every)
    assert quiet.title == f"Virtualization journey: no stage changed since {last:%Y-%m-%d}"
    assert f"Nothing changed since {last:%Y-%m-%d}." in quiet.text

    cluster = publication.assessments[2].scope
    news = digest(publication, last, {**every, cluster.id: last})
    assert news.title == f"Virtualization journey: 1 stage changed since {last:%Y-%m-%d}"
    assert "Compute (domain-c8) of prod: from IT Production to Business Production on 2025-11-20." in news.text


def test_a_first_digest_tells_first_declarations(publication: Publication) -> None:
    """A first declaration is in the digest, and is not counted as a change."""
    message = digest(publication, None, {})
    assert "- Changed: IT Production was declared for the first time on 2025-10-12." in message.text
    assert message.title == "Virtualization journey: 1 stage changed"


def test_it_says_what_holds_back_and_what_to_do(publication: Publication) -> None:
    """Reasons that a stage is not confirmed, the candidate and the next steps are there."""
    text = digest(publication, None, {}).text
    assert "- Held back by: No business workload was seen." in text
    assert "- Next step: Estates at the next stage empty hosts by live migration." in text
    assert "Business Production has been a candidate since 2025-11-18" in text
    assert "Clusters: 3\n- 1 at Business Production; 2 without a declared stage." in text


def test_families_hold_back_by_their_titles_and_nothing_does_below_the_floor(publication: Publication) -> None:
    """What lies behind is named as a reader knows it; where too little is seen that is all there is to say."""
    model = replace(publication.model, families=MappingProxyType({"mobility": "Live mobility"}))
    unit = replace(
        publication.assessments[1],
        unconfirmed_because=(),
        facets={"mobility": Posterior((0.9, 0.1, 0.0, 0.0), 0.5, 0.4, (0.1, 0.9))},
    )
    text = digest(replace(publication, model=model, assessments=(unit,)), None, {}).text
    assert "- Held back by: Taken alone, these have not reached IT as a Service: Live mobility (0.5 of 4)." in text
    blind = replace(unit, inferred=None, unconfirmed_because=("there is not enough evidence",))
    assert "Holds back" not in digest(replace(publication, model=model, assessments=(blind,)), None, {}).text


def test_the_value_is_told_where_it_is_known(publication: Publication) -> None:
    """Lines of the ledger with an amount are told, in the declared currency; the others are no zero."""
    unit = replace(publication.assessments[1], lenses=MappingProxyType({"value_ledger": LEDGER}))
    text = digest(replace(publication, assessments=(unit,)), None, {}).text
    assert "- Value so far: Share of servers that are virtual (80%), Capital avoided (12,346 EUR a year)." in text
    assert "- 12,346 EUR a year." in text
    assert "Servers avoided" not in text


def test_hundreds_of_changed_clusters_are_counted_rather_than_named(
    large_publication: Callable[[int], Publication],
) -> None:
    """The digest of a large estate stays readable."""
    made = large_publication(200)
    changes = tuple(Transition(each.scope.id, made.taken_at, 0, 1, "estate") for each in made.assessments)
    declared = {each.scope.id: Declaration(1) for each in made.assessments}
    message = digest(replace(made, transitions=changes, declarations=declared), None, {})
    assert message.text.count(": from Experimentation to ") == MOST_CLUSTERS
    assert "Earlier changes of clusters, on the page of vjourney: 180." in message.text
    assert len(message.text) < 5000


def test_names_are_no_markup(publication: Publication) -> None:
    """A cluster called like an HTML element stays text in Markdown."""
    hostile = publication.assessments[4].scope.id
    changed = (Transition(hostile, publication.taken_at, 1, 2, "estate"),)
    message = digest(replace(publication, transitions=changed), None, {})
    assert "&lt;script>" in message.markdown
    assert "<script>" not in message.markdown
