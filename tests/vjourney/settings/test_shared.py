"""What a configuration takes from elsewhere: mappings merged in by YAML, the model, the folder of the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vjourney.settings import Listen

if TYPE_CHECKING:
    from tests.vjourney.settings.conftest import Accepted, Problems

FIRST = "{name: a, host: h1, username: u, password_env: P, tls: {verify: false}}"


def test_a_mapping_is_merged_in_and_gives_way(accepted: Accepted) -> None:
    """Many vCenters that differ in name and host are written once, as YAML offers."""
    first, second = accepted(f"vcenters:\n  - &first {FIRST}\n  - {{<<: *first, name: b, host: h2, timeout: 9s}}\n").vcenters

    assert (second.name, second.host, second.username) == ("b", "h2", "u")
    assert second.tls.verify is False
    assert (first.name, first.host) == ("a", "h1")


def test_several_mappings_are_merged_first_come(accepted: Accepted) -> None:
    """Of several sources the earlier one holds, and what is written beside them holds over both."""
    text = (
        f"vcenters:\n  - &x {FIRST}\n  - &y {{<<: *x, name: b, host: h2, port: 444}}\n  - {{host: h3, <<: [*y, *x], name: c}}\n"
    )

    third = accepted(text).vcenters[2]

    assert (third.name, third.host, third.port) == ("c", "h3", 444)


@pytest.mark.parametrize("merged", ["text", "[1]", "*own"])
def test_what_cannot_be_merged_says_so(merged: str, problems: Problems) -> None:
    """Text, numbers and the mapping itself are nothing to merge."""
    found = problems(f"vcenters:\n  - &own {{<<: {merged}, name: a, host: h1, username: u, password_env: P}}\n")

    assert found == ["2:11: vcenters[0].<<: cannot be merged; name an anchor of a mapping"]


def test_a_model_that_is_not_shipped_is_refused_in_its_place(problems: Problems) -> None:
    """A misspelt name is found before anything is polled."""
    assert problems(f"vcenters: [{FIRST}]\nmodel: journey1\n") == [
        "2:8: model: 'journey1' is not a model; write journey-1, or the path of a model file"
    ]


def test_a_profile_of_hysteresis_is_one_of_the_model(problems: Problems, accepted: Accepted) -> None:
    """The careful profile is there to be chosen; another word is answered by those that the model has."""
    assert accepted(f"vcenters: [{FIRST}]\nhysteresis: conservative\n").hysteresis == "conservative"
    for word in ("brave", "[conservative]", "3"):
        (line,) = problems(f"vcenters: [{FIRST}]\nhysteresis: {word}\n")
        assert line.startswith("2:")
        assert line.endswith("is not a hysteresis profile of the model; write conservative or default")


def test_a_broken_model_file_is_refused_with_each_of_its_faults(tmp_path: Path, problems: Problems) -> None:
    """The faults stand under the name of the model file."""
    (tmp_path / "own.yaml").write_text("name: own\n", encoding="utf-8")

    found = problems(f"vcenters: [{FIRST}]\nmodel: own.yaml\n")

    assert len(found) > 1
    assert all(line.startswith(f"{tmp_path}/own.yaml: ") for line in found)


def test_a_store_without_a_folder_is_refused_in_its_place(tmp_path: Path, problems: Problems) -> None:
    """The folder has to be made by someone who knows what it is for."""
    assert problems(f"vcenters: [{FIRST}]\nstore: {{url: sqlite:///none/x.db}}\n") == [
        f"2:14: store.url: names a file in {tmp_path}/none, which is not a folder; create it"
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("client_auth_type: RequireAndVerifyClientCert", "tls_server_config.client_auth_type: needs client_ca_file"),
        ("client_ca_file: ca.pem", "tls_server_config.client_ca_file: has no effect without client_auth_type"),
        ("min_version: TLS13, max_version: TLS12", "tls_server_config.max_version: is below min_version"),
        ("max_version: TLS11", "tls_server_config.max_version: is not supported; write TLS12 or TLS13"),
    ],
)
def test_what_clients_must_show_and_speak_fits_together(tmp_path: Path, given: str, says: str, problems: Problems) -> None:
    """None of the demands is ignored by mistake."""
    (tmp_path / "web.yml").write_text(
        f"tls_server_config: {{cert_file: ca.pem, key_file: ca.pem, {given}}}\n", encoding="utf-8"
    )
    (tmp_path / "ca.pem").write_text("no certificate\n", encoding="utf-8")

    found = problems(f"vcenters: [{FIRST}]\nweb: {{config_file: web.yml}}\n")

    assert any(says in line for line in found)


def test_port_zero_listens_on_any_free_port(accepted: Accepted) -> None:
    """Several services on one machine need no agreement on ports."""
    assert accepted(f"vcenters: [{FIRST}]\nweb: {{listen: '127.0.0.1:0'}}\n").web.listen == Listen("127.0.0.1", 0)
