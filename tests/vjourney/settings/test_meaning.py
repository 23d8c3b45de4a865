"""What a right configuration means: the least one, one with every key, and the files that it names."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import bcrypt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inference.judging.model import DIRECTORY
from vjourney.settings import Listen, Settings, load

if TYPE_CHECKING:
    from tests.vjourney.settings.conftest import Accepted, Problems

ROOT = Path(__file__).parents[3]
CONFIGURATIONS = ROOT / "fixtures/configurations"


def certificate(folder: Path, *, passphrase: bytes | None = None) -> None:
    """Write ca.pem and key.pem, a self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vjourney.example.com")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=9999))
    signed = built.sign(key, hashes.SHA256())
    (folder / "ca.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    wrapped = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, wrapped)
    (folder / "key.pem").write_bytes(pem)


def test_the_least_configuration_has_the_documented_defaults() -> None:
    """One vCenter is enough; everything else is as documented."""
    settings = load(CONFIGURATIONS / "minimal.yaml", {"VJOURNEY_PASSWORD": "secret"})
    (vcenter,) = settings.vcenters
    assert (vcenter.port, vcenter.poll_interval, vcenter.timeout) == (443, timedelta(minutes=5), timedelta(seconds=60))
    assert (vcenter.tls.verify, vcenter.tls.ca_file, vcenter.tls.thumbprint, vcenter.replay) == (True, None, None, None)
    assert settings.web.listen == Listen("127.0.0.1", 9747)
    assert settings.web.config is None
    assert settings.store.url.get_secret_value() == f"sqlite:///{CONFIGURATIONS.absolute()}/vjourney.db"
    assert settings.model == "journey-1"


def full(folder: Path) -> Settings:
    """The configuration with every key, in a folder with every file that it names."""
    shutil.copy(CONFIGURATIONS / "full.yaml", folder)
    for name in ("recording.yaml", "declared.yaml", "workloads.yaml"):
        (folder / name).touch()
    (folder / "models").mkdir()
    shutil.copy(DIRECTORY / "journey-1.yaml", folder / "models/own.yaml")
    (folder / "declared.yaml").write_text("declared_on: 2024-03-01\npolicy: {in_place: true}\n")
    (folder / "workloads.yaml").write_text("rules: [{name: 'sqlview-*', class: none}]\n")
    for name in ("secrets", "web"):
        (folder / name).mkdir()
    (folder / "secrets/prod").write_bytes(b" hunter2horse \r\n")
    (folder / "secrets/store").write_bytes(b"\xef\xbb\xbfp@ss/horse\n")
    certificate(folder)
    hashed = bcrypt.hashpw(b"x", bcrypt.gensalt(4)).decode()
    web = f"tls_server_config: {{cert_file: ../ca.pem, key_file: ../key.pem}}\nbasic_auth_users: {{alice: '{hashed}'}}\n"
    (folder / "web/web.yml").write_text(web)
    return load(folder / "full.yaml", {"VJOURNEY_BRANCH_PASSWORD": "branchhorse"})


def test_every_key_is_kept(tmp_path: Path) -> None:
    """Paths are relative to the file that names them, secrets are read, addresses are in one form."""
    settings = full(tmp_path)
    prod, branch, lab, exhibit = settings.vcenters
    assert prod.password.get_secret_value() == " hunter2horse "
    assert (prod.tls.ca_file, prod.poll_interval) == (tmp_path / "ca.pem", timedelta(minutes=90))
    assert (branch.host, branch.password.get_secret_value()) == ("2001:db8::7", "branchhorse")
    assert branch.tls.thumbprint == ":".join(["AB", "CD", "EF", "01", "23", "45", "67", "89"] * 3)[: 20 * 3 - 1]
    assert (lab.tls.verify, lab.tags, prod.tags) == (False, False, None)
    assert (exhibit.replay, exhibit.host) == (tmp_path / "recording.yaml", "")
    assert str(settings.web.listen) == "[::1]:9800"
    assert settings.web.config is not None
    assert settings.web.config.tls is not None
    assert Path(settings.web.config.tls.cert_file).samefile(tmp_path / "ca.pem")
    assert list(settings.web.config.users) == ["alice"]
    assert settings.store.url.get_secret_value() == "postgresql+psycopg://vjourney:p%40ss%2Fhorse@db.example.com:5433/history"
    assert settings.model == tmp_path / "models/own.yaml"
    assert settings.declared is not None
    assert settings.declared.policy is not None
    assert settings.declared.policy.in_place
    assert [rule.name for rule in settings.workloads] == ["sqlview-*"]


def test_secrets_never_show(tmp_path: Path) -> None:
    """Neither text forms nor dumps of the settings hold a password, hash or token."""
    settings = full(tmp_path)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    for secret in ("horse", "token", "$2b$"):
        assert secret not in shown


def test_a_key_that_does_not_fit_its_certificate_is_a_problem(tmp_path: Path, problems: Problems, minimal: str) -> None:
    """A foreign key, an encrypted one and a file that holds no key are told apart before the server starts."""
    certificate(tmp_path)
    shutil.copy(tmp_path / "ca.pem", tmp_path / "old.pem")
    certificate(tmp_path)
    (tmp_path / "web.yml").write_text("tls_server_config: {cert_file: old.pem, key_file: key.pem}")
    text = f"{minimal}web: {{config_file: web.yml}}"
    assert "is not the key of the certificate" in problems(text)[0]
    certificate(tmp_path, passphrase=b"x")
    assert "is encrypted" in problems(text)[0]
    (tmp_path / "key.pem").write_text("nothing")
    assert "are not a key and a certificate in PEM format" in problems(text)[0]


def test_an_empty_web_file_protects_nothing(tmp_path: Path, accepted: Accepted, minimal: str) -> None:
    """As with other exporters, an empty web configuration means neither TLS nor users."""
    (tmp_path / "web.yml").write_text("")
    settings = accepted(f"{minimal}web: {{config_file: web.yml, listen: ':9747'}}")
    assert settings.web.config is not None
    assert (settings.web.config.tls, settings.web.config.users) == (None, {})
    assert settings.web.listen == Listen("", 9747)


def test_settings_cannot_be_changed(accepted: Accepted, minimal: str) -> None:
    """The tree is frozen, so that it can be passed to every thread."""
    settings = accepted(minimal)
    with pytest.raises(ValueError, match="frozen"):
        settings.vcenters[0].host = "other"  # type: ignore[misc]  # the point of the test


def test_the_documented_example_is_a_configuration() -> None:
    """The example can be used as it stands."""
    settings = load(ROOT / "docs/vjourney.example.yaml", {"VJOURNEY_PROD_PASSWORD": "secret"})
    assert settings.vcenters[0].name == "prod"
