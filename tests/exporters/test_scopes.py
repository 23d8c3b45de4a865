"""Scopes by name: none is taken for another."""

from __future__ import annotations

import pytest

from exporters.scopes import UnknownScopeError, distinct_names, find
from inference.results import Scope


def cluster(moid: str, name: str, vcenter: str = "prod") -> Scope:
    """A cluster scope."""
    return Scope("cluster", f"uuid-{vcenter}/{moid}", name, vcenter)


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    """The sentence lists the scopes by name."""
    with pytest.raises(UnknownScopeError, match=r"no scope 'x'; there is 'A', 'B'"):
        find([cluster("c1", "A"), cluster("c2", "B")], "x")


def test_without_any_scope_the_sentence_says_so() -> None:
    """Nothing assessed is not an empty list."""
    with pytest.raises(UnknownScopeError, match="nothing is assessed yet"):
        find([], "x")


def test_a_long_list_is_cut() -> None:
    """Hundreds of clusters do not fill a screen."""
    with pytest.raises(UnknownScopeError, match=r"and 170 more"):
        find([cluster(f"c{n}", f"Cluster {n}") for n in range(200)], "x")


def test_a_name_of_two_clusters_is_refused_with_their_ids() -> None:
    """A guess between two clusters would be wrong half of the time."""
    with pytest.raises(UnknownScopeError, match=r"'uuid-east/c1', 'uuid-west/c1'"):
        find([cluster("c1", "A", "east"), cluster("c1", "A", "west")], "A")


@pytest.mark.parametrize("wanted", ["uuid-prod/c2", "A (c2)", "prod/A (c2)"])
def test_clusters_of_one_name_are_found_one_by_one(wanted: str) -> None:
    """An id, the distinct name and the name with its vCenter all mean the same scope."""
    scopes = [cluster("c1", "A"), cluster("c2", "A")]
    assert find(scopes, wanted) is scopes[1]


def test_a_name_is_enough_with_its_vcenter() -> None:
    """The same name in two vCenters is told apart by the vCenter."""
    scopes = [cluster("c1", "A", "east"), cluster("c1", "A", "west")]
    assert find(scopes, "west/A") is scopes[1]


def test_a_unique_name_stays_as_it_is() -> None:
    """Only clusters that need it get their object id."""
    assert distinct_names([cluster("c1", "A"), cluster("c2", "B")]) == {"uuid-prod/c1": "A", "uuid-prod/c2": "B"}


def test_a_name_that_looks_like_a_distinct_one_does_not_collide() -> None:
    """A cluster that is really called "A (c1)" is not taken for cluster A."""
    scopes = [cluster("c1", "A"), cluster("c3", "A"), cluster("c2", "A (c1)")]
    assert len(set(distinct_names(scopes).values())) == 3
