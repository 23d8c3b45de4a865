"""Tags from the simulator to the assessment, through the command line, into a recording and out of it."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from collector.vcenter.tagging import CLIENT
from vjourney.sources import Replay

if TYPE_CHECKING:
    from tests.conftest import StartVcsim
    from tests.vjourney.conftest import Run
    from tests.vjourney.simulated.conftest import Configure, Label

pytestmark = pytest.mark.vcsim

ACCOUNT = ("-username", "svc-vjourney", "-password", "simulated")
TAGS = {
    "Application / Acme": ["SAP Acme", "Exchange Acme"],
    "Application Owner": ["jane.doe@acme.example", "Acme Mail Team", "none"],
    "Environment": ["Production", "Acme Test"],
    "Acme Backup": ["Acme Gold", "no acme backup"],
    "Acme Location": ["Acme Berlin"],
}
SECRETS = ("acme", "jane", "berlin", "corporation")


@pytest.fixture(scope="module")
def tagged(vcsim: StartVcsim, captures: Mapping[str, Path], label: Label) -> int:
    """The port of a captured vCenter whose machines have tags, by turns and most of them several."""
    directory = next(place for name, place in captures.items() if "lab-4-hosts" in name)
    simulator = vcsim("-load", str(directory), *ACCOUNT)
    label(simulator, TAGS)
    return simulator.port


def vcenter_of(document: dict[str, Any]) -> dict[str, Any]:
    """The assessment of the whole vCenter, without what depends on the moment and on names."""
    found: dict[str, Any] = next(each for each in document["assessments"] if each["scope"]["kind"] == "vcenter")
    return found


def observation(assessment: dict[str, Any], indicator: str) -> dict[str, Any]:
    """One of its observations."""
    found: dict[str, Any] = next(each for each in assessment["observations"] if each["indicator"] == indicator)
    return found


def test_the_check_counts_categories(tmp_path: Path, tagged: int, run: Run, configuration: Configure) -> None:
    """The state of tags is a step of its own."""
    result = run("check", "--config", configuration(tmp_path, tagged), "--json")
    answer = json.loads(result.stdout)["vcenters"][0]
    assert result.exit_code == 0, result.stdout
    assert answer["steps"][-1] == {"step": "tags", "ok": True, "message": "5 categories visible"}


def test_the_check_says_why_tags_are_not_read(
    tmp_path: Path, tagged: int, monkeypatch: pytest.MonkeyPatch, run: Run, configuration: Configure
) -> None:
    """Switched off, or without the client: neither is a failure of the vCenter."""
    off = run("check", "--config", configuration(tmp_path / "off", tagged, ", tags: false"), "--json")
    assert json.loads(off.stdout)["vcenters"][0]["steps"][-1]["message"] == "not read: tags is false"
    monkeypatch.setitem(sys.modules, CLIENT, None)
    plain = run("check", "--config", configuration(tmp_path / "plain", tagged), "--json")
    wanted = run("check", "--config", configuration(tmp_path / "wanted", tagged, ", tags: true"), "--json")
    for result in (plain, wanted):
        step = json.loads(result.stdout)["vcenters"][0]["steps"][-1]
        assert (result.exit_code, step["ok"]) == (0, None)
        assert "pip install 'vjourney[tags]'" in step["message"]


def test_the_check_warns_where_no_category_can_be_seen(
    tmp_path: Path, vcsim: StartVcsim, run: Run, configuration: Configure
) -> None:
    """There may be none, or the account may lack a permission that only this shows."""
    simulator = vcsim(*ACCOUNT)
    result = run("check", "--config", configuration(tmp_path, simulator.port), "--json")
    simulator.stop()
    step = json.loads(result.stdout)["vcenters"][0]["steps"][-1]
    assert step["ok"] is None
    assert step["message"].endswith("the account lacks Read-only as a global permission")


def test_tags_reach_the_assessment(tmp_path: Path, tagged: int, run: Run, configuration: Configure) -> None:
    """Owners are counted by tag, and business applications have a witness more."""
    result = run("once", "--config", configuration(tmp_path, tagged), "--json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["vcenters"][0]["gaps"] == []
    found = vcenter_of(document)
    owners = observation(found, "owner_tags")
    assert owners["state"] == "observed"
    assert 0 < owners["numerator"] < owners["denominator"]
    assert "by tag, attribute, folder or name" in observation(found, "biz_share")["evidence"][0]


def test_a_rule_goes_by_tag(tmp_path: Path, tagged: int, run: Run, configuration: Configure) -> None:
    """With a rule that takes its class from whatever has an application tag, business applications are fewer."""
    shares = []
    for number, rules in enumerate(("rules: []", "rules: [{tag: 'Application*:*', class: none}]")):
        result = run("once", "--config", configuration(tmp_path / str(number), tagged, rules=rules), "--json")
        shares.append(observation(vcenter_of(json.loads(result.stdout)), "biz_share")["numerator"] or 0)
    assert shares[0] > shares[1]


def test_a_rule_by_tag_without_the_client_is_a_gap(
    tmp_path: Path, tagged: int, monkeypatch: pytest.MonkeyPatch, run: Run, configuration: Configure
) -> None:
    """Without such a rule nothing complains; with it the poll is partial and says how to help it."""
    monkeypatch.setitem(sys.modules, CLIENT, None)
    plain = json.loads(run("once", "--config", configuration(tmp_path / "a", tagged), "--json").stdout)
    assert (plain["vcenters"][0]["status"], plain["vcenters"][0]["gaps"]) == ("ok", [])
    rules = "rules: [{tag: Production, environment: production}]"
    ruled = json.loads(run("once", "--config", configuration(tmp_path / "b", tagged, rules=rules), "--json").stdout)
    assert ruled["vcenters"][0]["status"] == "partial"
    (gap,) = ruled["vcenters"][0]["gaps"]
    assert gap["topic"] == "tags"
    assert "pip install 'vjourney[tags]'" in gap["reason"]
    assert ruled["assessments"]


def test_a_recording_keeps_what_tags_say_and_not_whose_they_are(
    tmp_path: Path, tagged: int, monkeypatch: pytest.MonkeyPatch, run: Run, configuration: Configure
) -> None:
    """Two polls, replayed to the same numbers; no name of a tag, no description and no account is in the file."""
    out = tmp_path / "recording.yaml.gz"
    file = configuration(tmp_path, tagged)
    monkeypatch.setattr("collector.tags.REREAD", timedelta(0))
    recorded = run("record", "--config", file, "--out", out, "--polls", "2", "--every", "1s")
    assert recorded.exit_code == 0, recorded.stdout
    text = gzip.decompress(out.read_bytes()).decode()
    assert "/tagging/tag-association" in text
    assert [word for word in SECRETS if word in text.lower()] == []
    assert not re.search(r"authorization:|set-cookie|vmware-api-session-id|basic [a-z0-9]", text, re.IGNORECASE)
    live = vcenter_of(json.loads(run("once", "--config", file, "--json").stdout))
    played = json.loads(run("replay", out, "--json").stdout)
    assert played["vcenters"][0]["gaps"] == []
    again = vcenter_of(played)
    for indicator in ("owner_tags", "biz_share", "biz_div", "biz_protected", "infra_share", "tenants"):
        before, after = observation(live, indicator), observation(again, indicator)
        assert [before[key] for key in ("state", "value", "numerator", "denominator")] == [
            after[key] for key in ("state", "value", "numerator", "denominator")
        ], indicator
    source = Replay("again", out)
    labels = [source.poll(lambda _: None).tags for _ in range(2)]
    assert labels[0] == labels[1]
    assert len(labels[0] or ()) == sum(map(len, TAGS.values()))


def test_a_recording_with_tags_says_what_it_needs(
    tmp_path: Path, tagged: int, monkeypatch: pytest.MonkeyPatch, run: Run, configuration: Configure
) -> None:
    """Without the client the replay has a gap; one that was made without tags has none."""
    with_tags, without = tmp_path / "with.yaml.gz", tmp_path / "without.yaml.gz"
    assert run("record", "--config", configuration(tmp_path / "a", tagged), "--out", with_tags).exit_code == 0
    assert run("record", "--config", configuration(tmp_path / "b", tagged, ", tags: false"), "--out", without).exit_code == 0
    monkeypatch.setitem(sys.modules, CLIENT, None)
    gaps = json.loads(run("replay", with_tags, "--json").stdout)["vcenters"][0]["gaps"]
    assert [gap["topic"] for gap in gaps] == ["tags"]
    assert json.loads(run("replay", without, "--json").stdout)["vcenters"][0]["gaps"] == []
