"""Scopes by name: names that tell scopes apart, and the scope that a reader means by an id or a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from inference.publication import Publication, VcenterStatus
from inference.results import Scope

MOST_LISTED = 30
"""How many scopes an error sentence lists; an estate may have hundreds."""


class UnknownScopeError(LookupError):
    """No scope, or more than one, is meant by this id or name; the message says which there are."""


def known_scopes(publication: Publication) -> tuple[Scope, ...]:
    """Those that are assessed, and those of which only the past is known."""
    return (*(assessment.scope for assessment in publication.assessments), *publication.unread)


def distinct_names(scopes: Iterable[Scope]) -> Mapping[str, str]:
    """The name of each scope by its id; clusters of one vCenter that share a name get their object id behind it."""
    known = tuple(scopes)
    often = Counter((scope.kind, scope.vcenter, scope.name) for scope in known)
    names = {scope.id: _name(scope, distinct=often[scope.kind, scope.vcenter, scope.name] > 1) for scope in known}
    # a cluster may really be called "Compute (domain-c8)"; with every object id behind its name nothing can collide
    if len({(scope.kind, scope.vcenter, names[scope.id]) for scope in known}) < len(names):
        names = {scope.id: _name(scope, distinct=True) for scope in known}
    return names


def _name(scope: Scope, *, distinct: bool) -> str:
    if scope.kind == "cluster" and distinct:
        return f"{scope.name} ({scope.id.rpartition('/')[2]})"
    return scope.name


def find(scopes: Iterable[Scope], wanted: str, polls: Iterable[VcenterStatus] = ()) -> Scope:
    """The scope with this id, or the only one with this name, told apart where needed as ``vcenter/cluster``.

    Raises:
        UnknownScopeError: none or several are meant. Of a vCenter that has no scope yet, ``polls`` tell why.
    """
    known = tuple(scopes)
    names = distinct_names(known)
    tests = (
        lambda scope: scope.id == wanted,
        lambda scope: names[scope.id] == wanted,
        lambda scope: f"{scope.vcenter}/{names[scope.id]}" == wanted,
        lambda scope: wanted in (scope.name, f"{scope.vcenter}/{scope.name}"),
    )
    for test in tests:
        found = [scope for scope in known if test(scope)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownScopeError(
                f"{wanted!r} names {len(found)} scopes; use one of these ids: {_listed(s.id for s in found)}."
            )
    for poll in polls:
        if poll.name == wanted:
            reason = (poll.error or "it was not polled yet").rstrip(".")
            raise UnknownScopeError(f"There is no reading of {wanted!r} since the start: {reason}.")
    if not known:
        raise UnknownScopeError(f"There is no scope {wanted!r}: nothing is assessed yet.")
    raise UnknownScopeError(f"There is no scope {wanted!r}; there is {_listed(names[s.id] for s in known)}.")


def _listed(names: Iterable[str]) -> str:
    every = [repr(name) for name in names]
    rest = len(every) - MOST_LISTED
    return ", ".join(every[:MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")
