"""Recording and replaying: an anonymised recording is assessed as its original is, and a replay is the same every time."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.facts import Snapshot
from collector.vcenter import cassette
from collector.vcenter.anonymise.pseudonyms import Pseudonyms
from exporters.document import assessment_document
from inference.assess import assess_estate
from inference.classification.lexicon import builtin
from inference.estate.estate import Estate
from inference.estate.history import History
from inference.events.accounts import is_import, makes_agents, role_of
from inference.judging.model import load as load_model
from inference.products import data_file
from vjourney import recording
from vjourney.demo import recordings
from vjourney.replaying.replay import replay
from vjourney.settings import Settings, Vcenter
from vjourney.sources import Replay
from vjourney.vocabulary import vocabulary

if TYPE_CHECKING:
    from tests.vjourney.conftest import Run

BUNDLED = recordings()
RecordBundled = Callable[..., recording.Recorded]
VCENTER = Vcenter.model_construct(name="vc-acme", host="vcenter.acme.example", username="u", replay=None)


def assessed(snapshots: Sequence[Snapshot]) -> list[dict[str, Any]]:
    """The assessments of every scope at the last of these polls, without what names the scope."""
    events = tuple(sorted((event for snapshot in snapshots for event in snapshot.events), key=lambda event: event.key))
    seen = min((snapshot.oldest_event for snapshot in snapshots if snapshot.oldest_event), default=None)
    estate = Estate.of(snapshots[-1], History(events=events, seen_since=seen))
    documents = [assessment_document(assessment) for assessment in assess_estate(estate, load_model("journey-1"))]
    return [document | {"scope": document["scope"]["kind"]} for document in documents]


def replayed(file: Path) -> Iterator[Snapshot]:
    """Every poll of a recording."""
    source = Replay("again", file)
    while not source.ended:
        yield source.poll(lambda _: None)


@pytest.mark.parametrize("name", BUNDLED)
def test_an_anonymised_estate_is_assessed_as_the_original(name: str, tmp_path: Path, record_bundled: RecordBundled) -> None:
    """The same observations, numbers, probabilities and features, and nothing of the names, accounts or ids is left."""
    out = tmp_path / "anonymous.yaml.gz"
    originals = record_bundled(name, out, 2).snapshots
    copies = list(replayed(out))
    assert len(copies) == len(originals)
    assert assessed(copies) == assessed(originals)
    text = gzip.decompress(out.read_bytes()).decode().lower()
    assert [secret for secret in secrets_of(originals) if secret.lower() in text] == []


def secrets_of(snapshots: Sequence[Snapshot]) -> set[str]:
    """What tells who somebody is: names with a number or a dot in them, accounts, the UUID, attributes and their values."""
    found: set[str] = set()
    for snapshot in snapshots:
        named = (*snapshot.vms, *snapshot.hosts, *snapshot.datastores, *snapshot.clusters, *snapshot.datacenters)
        found |= {fact.name for fact in named if re.search(r"[\d.]|[a-z][A-Z]", fact.name) and len(fact.name) > 3}
        found |= {event.user for event in snapshot.events if re.search(r"[\\@.]", event.user)}
        found |= {value for vm in snapshot.vms for _, value in vm.custom_values if re.search(r"\W", value)}
        found |= {vm.annotation for vm in snapshot.vms if vm.annotation}
        found.add(snapshot.about.instance_uuid)
    return found


def test_a_recording_says_what_made_it(tmp_path: Path, record_bundled: RecordBundled) -> None:
    """Versions, model, date and number of polls stand first, in plain text."""
    out = tmp_path / "anonymous.yaml.gz"
    record_bundled("experimentation", out, 2)
    said = cassette.description(out)
    assert gzip.decompress(out.read_bytes()).startswith(b"recording:\n")
    assert (said["polls"], said["anonymised"], said["model"]) == (2, True, "journey-1")
    assert said["made_by"].startswith("vjourney ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(said["date"]))
    assert cassette.description(BUNDLED["experimentation"]).get("anonymised") is None


@pytest.mark.parametrize(
    ("given_name", "says"), [(None, "name the one"), ("staging", "no vCenter of the configuration is called")]
)
def test_the_vcenter_to_record_is_asked_for(given_name: str | None, says: str) -> None:
    """With several vCenters, or a name that is not there, the sentence lists those that are."""
    several = [VCENTER.model_copy(update={"name": name}) for name in ("east", "west")]
    with pytest.raises(ValueError, match=says) as refused:
        recording.choose(Settings.model_construct(vcenters=tuple(several)), given_name)
    assert "east, west" in str(refused.value)


def test_only_vcenters_are_recorded() -> None:
    """A recording in the configuration is none to record; the only vCenter beside it needs no name."""
    alone = VCENTER.model_copy(update={"name": "copy", "replay": BUNDLED["experimentation"]})
    with pytest.raises(ValueError, match="no vCenter to record, only recordings"):
        recording.choose(Settings.model_construct(vcenters=(alone,)), None)
    copy = VCENTER.model_copy(update={"name": "copy", "replay": BUNDLED["experimentation"]})
    assert recording.choose(Settings.model_construct(vcenters=(copy, VCENTER)), None) is VCENTER


LEXICON = builtin()
WORDS = sorted({*LEXICON.apps, *LEXICON.environments, *LEXICON.desktops, *LEXICON.neutral, *LEXICON.appliance_prefixes})
ACCOUNT_WORDS = sorted(
    {
        word
        for entry in data_file("accounts.yaml").values()
        if isinstance(entry, dict)
        for words in entry.values()
        for word in words
    }
)
pieces = st.one_of(
    st.sampled_from(WORDS), st.text("abcxyzABC019", max_size=5), st.sampled_from(["-", "_", ".", " ", "01", ".example.com"])
)
account_pieces = st.one_of(st.sampled_from(ACCOUNT_WORDS), st.text("abcxyz019", max_size=4), st.sampled_from(["-", "_", "."]))


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(pieces, min_size=1, max_size=6))
def test_a_pseudonym_reads_as_the_name(parts: list[str]) -> None:
    """Application, environment, desktop and appliance are what they were, whatever words a name is made of."""
    name = "".join(parts)
    pseudonym = Pseudonyms(vocabulary()).name(name)
    assert (LEXICON.read(pseudonym), is_import(pseudonym)) == (LEXICON.read(name), is_import(name))


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(account_pieces, min_size=1, max_size=4), domain=st.sampled_from(["", "ACME\\"]))
def test_a_pseudonym_has_the_role_of_the_account(parts: list[str], domain: str) -> None:
    """Platform and its agency, tools, self service, programs, shared accounts and people stay apart."""
    account = domain + "".join(parts)
    pseudonym = Pseudonyms(vocabulary()).user(account)
    assert (role_of(pseudonym), is_import(pseudonym)) == (role_of(account), is_import(account))
    assert makes_agents(pseudonym) is makes_agents(account)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("sqlprd01", r"sql-prd-x\d{9}z-\d{5}"),
        ("W10-LON-0007", r"x\d{9}z-\d{5}"),
        ("mail.acme.example.com", r"mail-x\d{9}z"),
        ("vCLS (12)", r"vCLS \(x\d{9}z-\d{5}"),
        ("DS-METRO-ACME", r"metro-x\d{9}z"),
        ("filer", r"file-x\d{9}z"),
        ("Harbor-Test", r"(?!harbor-test)[a-z]+-[a-z]+-x\d{9}z"),
    ],
)
def test_names_become_what_they_are_for(name: str, pattern: str) -> None:
    """A reader of a recording sees a database in production, and not whose."""
    assert re.fullmatch(pattern, Pseudonyms(vocabulary()).name(name))


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Set the time zone of this process until the end of the test."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def test_a_replay_is_the_same_every_time_and_everywhere(zone: Any, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:  # noqa: ANN401  # a function
    """Every bundled recording in one process, twice, in two time zones: equal to the byte, and no socket is opened."""

    def refuse(*_: object) -> None:
        raise AssertionError("a replay opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    outputs = []
    for name in ("Pacific/Kiritimati", "America/Los_Angeles"):
        zone(name)
        result = run("replay", "--json", *BUNDLED.values())
        assert result.exit_code == 0, result.output
        outputs.append(result.stdout)
    assert outputs[0] == outputs[1]
    document = json.loads(outputs[0])
    assert [vcenter["name"] for vcenter in document["vcenters"]] == list(BUNDLED)
    assert {vcenter["poll_seconds"] for vcenter in document["vcenters"]} == {0.0}
    assert document["taken_at"] == max(vcenter["last_success"] for vcenter in document["vcenters"])


def test_every_poll_is_replayed() -> None:
    """The end of a recording is known: all its polls are assessed, and the last one counts."""
    polls = list(replayed(BUNDLED["experimentation"]))
    document = replay([BUNDLED["experimentation"]])
    assert len(polls) > 2
    assert document["assessments"][-1]["taken_at"] == polls[-1].taken_at.isoformat().replace("+00:00", "Z")


def test_the_same_file_twice_is_one_vcenter_too_many(tmp_path: Path, run: Run) -> None:
    """The second copy is refused with a sentence, and the exit code says that some failed."""
    copy = tmp_path / "experimentation.yaml.gz"
    copy.write_bytes(BUNDLED["experimentation"].read_bytes())
    result = run("replay", "--json", BUNDLED["experimentation"], copy)
    assert result.exit_code == 3
    first, second = json.loads(result.stdout)["vcenters"]
    assert (first["name"], second["name"]) == ("experimentation", "experimentation-2")
    said = f"{first['error']} {second['error']}"
    assert "same vCenter" in said
    assert "configuration" not in said, "a replay has none"


def test_what_is_no_recording_is_a_usage_error(tmp_path: Path, run: Run) -> None:
    """A missing file, a folder and something else: one line each that names it, and exit code 2."""
    (tmp_path / "notes.yaml").write_text("hello: world\n")
    files = [tmp_path / "gone.yaml.gz", tmp_path, tmp_path / "notes.yaml"]
    result = run("replay", "--json", *files)
    assert result.exit_code == 2
    problems = json.loads(result.stdout)["problems"]
    assert problems == result.stderr.splitlines()
    assert sorted(problem.partition(": ")[0] for problem in problems) == sorted(str(file) for file in files)
    assert all("vjourney record" in problem for problem in problems)


def test_what_is_no_recording_beside_one_that_is_has_failed(tmp_path: Path, run: Run) -> None:
    """The others are assessed, and the exit code says that some failed."""
    result = run("replay", "--json", tmp_path / "gone.yaml.gz", BUNDLED["experimentation"])
    assert result.exit_code == 3
    told = {vcenter["name"]: vcenter["error"] for vcenter in json.loads(result.stdout)["vcenters"]}
    assert "there is no such file" in told["gone"]
    assert told["experimentation"] is None


def test_record_refuses_what_it_cannot_do(tmp_path: Path, run: Run) -> None:
    """A span that is none and a vCenter that is none are usage errors of one line, which begins with the option."""
    (tmp_path / "password").write_text("secret-word\n")
    file = tmp_path / "vjourney.yaml"
    file.write_text("vcenters:\n  - {name: a, host: h, username: u, password_file: password}\n")
    for arguments in (["--every", "often"], ["--vcenter", "b"]):
        result = run("record", "--config", file, "--out", tmp_path / "r.yaml.gz", *arguments)
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1
        assert result.stderr.startswith(f"{arguments[0]}: ")
    assert list(islice(tmp_path.glob("r.yaml.gz*"), 1)) == []
