"""The configuration file: everything wrong with it at once and in its place, whatever it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vjourney.settings import ConfigurationError, load

if TYPE_CHECKING:
    from tests.vjourney.settings.conftest import Problems

CONFIGURATIONS = Path(__file__).parents[3] / "fixtures/configurations"

BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
"""Thirty lines that stand for more values than there are atoms in a person."""
MERGED_BOMB = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30))


def expected(path: Path) -> list[tuple[str, str]]:
    """The place, file and line, and the words that the comments after ``#!`` in this file ask for."""
    lines = path.read_text().splitlines()
    return [(f"{path}:{number}:", line.partition("#! ")[2]) for number, line in enumerate(lines, 1) if "#! " in line]


def test_every_problem_is_listed_at_once_in_its_place() -> None:
    """A file with every kind of mistake, and the web file it names, give each problem in its line in one go."""
    files = [CONFIGURATIONS / "broken.yaml", CONFIGURATIONS / "broken-web.yml"]
    with pytest.raises(ConfigurationError) as caught:
        load(files[0], {"VJOURNEY_EMPTY": ""})
    lines = str(caught.value).splitlines()
    wanted = [pair for path in files for pair in expected(path)]
    missing = [(place, words) for place, words in wanted if not any(line.startswith(place) and words in line for line in lines)]
    assert len(wanted) >= 40
    assert missing == []
    unexpected = [line for line in lines if not any(line.startswith(place) for place, _ in wanted)]
    assert unexpected == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "the file is empty; it needs at least the key vcenters with one vCenter"),
        ("# only a comment\n", "the file is empty"),
        ("just words", "1:1: 'just words' must be a mapping of keys to values"),
        ("- vcenters", "1:1: must be a mapping of keys to values"),
        ("vcenters: []", "1:1: vcenters: is empty; give at least one vCenter"),
        ("web: {}", "1:1: vcenters: is missing"),
        ("vcenters:\n", "vcenters: has no value; write one"),
        ("vcenters: [a\nweb: {}", "2:4: the file is not valid YAML"),
        ("vcenters:\n\t- name: a", "2:1: the file has a tab where only spaces are allowed; indent with spaces"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here; keep one in the file"),
        ("vcenters: &all [*all]\n", "vcenters[0]: refers to itself"),
        ("vcenters: !!python/name:os.system ''\n", "vcenters: is not a plain value"),
        ("? [a, b]\n: 1\n", "a key must be a word"),
        (BOMB, "the file expands to more than 100,000 values"),
        (MERGED_BOMB, "the file expands to more than 100,000 values"),
        ("[" * 5000, "the file is nested too deeply"),
        (b"vcenters: \xff\xfe", "the file is not UTF-8 text"),
        (b"vcenters: \x07", "the file holds a character that YAML does not allow"),
    ],
)
def test_a_file_that_is_no_configuration_says_why(text: str | bytes, line: str, problems: Problems) -> None:
    """Whatever a file holds, its first problem is one sentence with a place and never a traceback."""
    assert line in "\n".join(problems(text))


def refused(path: Path) -> ConfigurationError | None:
    """The error with which a file is refused, if it is."""
    try:
        load(path, {"name": "secret"})
    except ConfigurationError as error:
        return error
    return None


KEYS = (
    *("vcenters", "name", "host", "port", "username", "password", "password_file", "password_env", "tls", "ca_file", "verify"),
    *("thumbprint", "poll_interval", "timeout", "replay", "web", "listen", "config_file", "store", "url", "declared", "alerts"),
    *("alertmanagers", "notify", "digest", "schedule", "to", "model", "workloads", "other", ""),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=9), st.sampled_from(KEYS)
)
DOCUMENTS = st.recursive(
    SCALARS, lambda deeper: st.one_of(st.lists(deeper, max_size=3), st.dictionaries(st.sampled_from(KEYS), deeper, max_size=6))
)


@hypothesis.settings(deadline=None)  # files on a busy machine
@given(vcenters=st.lists(DOCUMENTS, max_size=3), rest=st.dictionaries(st.sampled_from(KEYS), DOCUMENTS, max_size=6))
def test_no_document_causes_anything_but_problems(
    tmp_path_factory: pytest.TempPathFactory, vcenters: list[object], rest: dict[str, object]
) -> None:
    """Whatever stands under whichever key, the answer is settings or problems with a place, each of one line."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(yaml.safe_dump(rest | {"vcenters": vcenters}, allow_unicode=True))
    error = refused(path)
    if error is not None:
        assert error.problems
        assert str(error).count("\n") == len(error.problems) - 1
        assert all(problem.place.line for problem in error.problems)


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    """A path without a readable file names the path and the reason."""
    with pytest.raises(ConfigurationError, match=r"none\.yaml: the file cannot be read: no such file or directory"):
        load(tmp_path / "none.yaml")
    with pytest.raises(ConfigurationError, match="cannot be read: is a directory"):
        load(tmp_path)
