"""Names are read once for each series, and no reading changes by that."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from inference.classification.lexicon import builtin

LEXICON = builtin()
"""Loaded once, which takes longer than any example may."""

PARTS = st.sampled_from(
    [
        "sql",
        "SQL01",
        "prod",
        "dc0",
        "web",
        "s4",
        "2019",
        "01",
        "7",
        "veeam",
        "proxy",
        "W10",
        "Ä1",
        "x.local",
        "",
        "p",
        "q01",
        "1a2b3c4d",
    ]
)
NAMES = st.lists(st.tuples(PARTS, st.sampled_from(["-", "_", " ", ".", "", "--"])), max_size=5).map(
    lambda parts: "".join(part + sign for part, sign in parts)
)


@given(NAMES)
@example("veeam-proxy-01")
@example("web.local-01")
@example("exch-2016")
@example("01")
@example("1a2b3c4d-1234")
def test_a_name_means_what_it_means_without_its_last_numbers(name: str) -> None:
    """Memory by series gives the answer that every name would get alone."""
    assert LEXICON.read(name) == LEXICON.read_afresh(name)


def test_numbers_alone_are_no_words() -> None:
    """The memory by series leaves them out, so none may ever mean anything."""
    lexicon = builtin()
    words = {*lexicon.apps, *lexicon.environments, *lexicon.neutral, *lexicon.desktops}
    assert not any(word.isdigit() for word in words)
