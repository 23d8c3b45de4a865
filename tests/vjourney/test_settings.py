"""The configuration file: everything wrong with it at once and in its place, and what a right one means."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bcrypt
import hypothesis
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from inference.model import DIRECTORY
from vjourney.settings import ConfigurationError, Listen, Settings, load

ROOT = Path(__file__).parents[2]
CONFIGURATIONS = ROOT / "fixtures/configurations"
MINIMAL = "vcenters: [{name: a, host: vc.example.com, username: u, password_env: P}]\n"

BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
"""Thirty lines that stand for more values than there are atoms in a person."""
MERGED_BOMB = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30))


def problems(folder: Path, text: str | bytes, **environ: str) -> list[str]:
    """The problems of a configuration with this text, without the name of its file."""
    path = folder / "vjourney.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigurationError) as caught:
        load(path, environ or {"P": "secret"})
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems)
    return [line.removeprefix(f"{path}:").strip() for line in lines]


def accepted(folder: Path, text: str, **environ: str) -> Settings:
    """The settings that this text means."""
    path = folder / "vjourney.yaml"
    path.write_text(text)
    return load(path, environ or {"P": "secret"})


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
def test_a_file_that_is_no_configuration_says_why(tmp_path: Path, text: str | bytes, line: str) -> None:
    """Whatever a file holds, its first problem is one sentence with a place and never a traceback."""
    assert line in "\n".join(problems(tmp_path, text))


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


@pytest.mark.parametrize(
    "entry",
    [
        "password: hunter2horse",
        "pasword: hunter2horse",
        "password_file: [hunter2horse]",
        "password: *hunter2horse",
        "password: !hunter2horse",
        "password: !hunter2horse!x y",
        "password: 'hunter2horse",
        "password: &hunter2horse",
        "password_env: P, password: hunter2horse",
        "password_env: 'hunter2horse!'",
        "password_env: P, host: 'https://svc:hunter2horse@h'",
    ],
)
def test_a_password_in_the_file_is_never_repeated(tmp_path: Path, entry: str) -> None:
    """However a password gets into the file, no problem shows it."""
    text = f"vcenters: [{{name: a, username: u, {entry}{'' if 'host:' in entry else ', host: h'}}}]"
    assert "hunter2horse" not in "\n".join(problems(tmp_path, text))


@pytest.mark.parametrize(
    "url",
    ["postgres://u:hunter2horse@h/d", "hunter2horse", "postgresql://u:hunter2horse@h", "postgresql://u:hunter2horse@h:0/d"],
)
def test_a_store_address_that_is_refused_is_not_repeated(tmp_path: Path, url: str) -> None:
    """A database URL may hold a password and is not shown in the problem about it."""
    (line,) = problems(tmp_path, f"{MINIMAL}store: {{url: '{url}'}}")
    assert line.startswith("2:14: store.url: ")
    assert "hunter2horse" not in line


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:vjourney.db", "sqlite:///a.db?mode=ro", "sqlite:///a\\0"]
)
def test_an_sqlite_store_needs_a_file(tmp_path: Path, url: str) -> None:
    """History in memory, or with options, is refused."""
    (line,) = problems(tmp_path, f'{MINIMAL}store: {{url: "{url}"}}')
    assert "sqlite:///vjourney.db" in line


def test_a_store_password_needs_a_user_and_a_server(tmp_path: Path) -> None:
    """A password beside the URL contradicts one inside it, a missing user and an SQLite file."""
    for url in ("postgresql://u:p@h/d", "postgresql://h/d", "sqlite:///x.db"):
        (line,) = problems(tmp_path, f"{MINIMAL}store: {{url: '{url}', password_env: P}}")
        assert "password" in line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff", "is not UTF-8 text"),
        (b"hunter2horse\n\n", "contains more than a password"),
        (b"user\nhunter2horse\n", "contains more than a password"),
        (b"hunter2\0horse", "contains more than a password"),
    ],
)
def test_an_unusable_password_file_is_a_problem(tmp_path: Path, content: bytes, words: str) -> None:
    """A password file must hold a password."""
    (tmp_path / "pw").write_bytes(content)
    (line,) = problems(tmp_path, "vcenters: [{name: a, host: h, username: u, password_file: pw}]")
    assert "vcenters[0].password_file: pw " in line
    assert words in line
    assert "horse" not in line


@pytest.mark.parametrize("listen", ["9747", "127.0.0.1", "127.0.0.1:65536", "::1:9747x", "[::1:9747", "a b:1", "http://a:1"])
def test_a_bad_listen_address_is_a_problem(tmp_path: Path, listen: str) -> None:
    """An address to listen on needs a host, or nothing, and a port that exists."""
    (line,) = problems(tmp_path, f"{MINIMAL}web: {{listen: '{listen}'}}")
    assert line.startswith("2:15: web.listen: ")


def test_a_digest_to_nobody_is_a_problem(tmp_path: Path) -> None:
    """It would be due every week and reach no one."""
    (line,) = problems(tmp_path, f"{MINIMAL}alerts: {{digest: {{schedule: '0 8 * * MON', to: []}}}}")
    assert "alerts.digest.to: is empty; give at least one address" in line


@pytest.mark.parametrize(
    "schedule", ["", "* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "* * 0 * *", "* * * * FOO", "1- * * * *"]
)
def test_a_bad_schedule_is_a_problem(tmp_path: Path, schedule: str) -> None:
    """A cron schedule has five fields, each within its range."""
    (line,) = problems(tmp_path, f"{MINIMAL}alerts: {{digest: {{schedule: '{schedule}', to: [a]}}}}")
    assert "alerts.digest.schedule: " in line


@pytest.mark.parametrize("schedule", ["0 8 * * MON", "*/15 0-6,22 1 jan-mar 0", "0 0 1,15 * mon-fri", "5/10 * * 12 7"])
def test_a_usual_schedule_is_accepted(tmp_path: Path, schedule: str) -> None:
    """Lists, ranges, steps and names are allowed."""
    settings = accepted(tmp_path, f"{MINIMAL}alerts: {{digest: {{schedule: '{schedule}', to: [a]}}}}")
    assert settings.alerts is not None
    assert settings.alerts.digest is not None
    assert settings.alerts.digest.schedule == schedule


@pytest.mark.parametrize(
    ("text", "length"),
    [("30s", timedelta(seconds=30)), ("5m", timedelta(minutes=5)), ("1h30m", timedelta(minutes=90)), ("1d", timedelta(days=1))],
)
def test_durations_are_numbers_with_units(tmp_path: Path, text: str, length: timedelta) -> None:
    """Seconds, minutes, hours and days, alone or together."""
    settings = accepted(tmp_path, MINIMAL.replace("}]", f", poll_interval: {text}}}]"))
    assert settings.vcenters[0].poll_interval == length


@pytest.mark.parametrize("text", ["5", "5 m", "-5m", "m", "''", "30m1h", "5.5m", "\u0665m", "9" * 30 + "d", "[5m]"])
def test_anything_else_is_no_duration(tmp_path: Path, text: str) -> None:
    """A number without a unit, or a unit without a number, is refused and not guessed."""
    (line,) = problems(tmp_path, MINIMAL.replace("}]", f", poll_interval: {text}}}]"))
    assert "write a" in line


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


def test_a_key_that_does_not_fit_its_certificate_is_a_problem(tmp_path: Path) -> None:
    """A foreign key, an encrypted one and a file that holds no key are told apart before the server starts."""
    certificate(tmp_path)
    shutil.copy(tmp_path / "ca.pem", tmp_path / "old.pem")
    certificate(tmp_path)
    (tmp_path / "web.yml").write_text("tls_server_config: {cert_file: old.pem, key_file: key.pem}")
    text = f"{MINIMAL}web: {{config_file: web.yml}}"
    assert "is not the key of the certificate" in problems(tmp_path, text)[0]
    certificate(tmp_path, passphrase=b"x")
    assert "is encrypted" in problems(tmp_path, text)[0]
    (tmp_path / "key.pem").write_text("nothing")
    assert "are not a key and a certificate in PEM format" in problems(tmp_path, text)[0]


def test_an_empty_web_file_protects_nothing(tmp_path: Path) -> None:
    """As with other exporters, an empty web configuration means neither TLS nor users."""
    (tmp_path / "web.yml").write_text("")
    settings = accepted(tmp_path, f"{MINIMAL}web: {{config_file: web.yml, listen: ':9747'}}")
    assert settings.web.config is not None
    assert (settings.web.config.tls, settings.web.config.users) == (None, {})
    assert settings.web.listen == Listen("", 9747)


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    """The tree is frozen, so that it can be passed to every thread."""
    settings = accepted(tmp_path, MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        settings.vcenters[0].host = "other"  # type: ignore[misc]  # the point of the test


def test_the_documented_example_is_a_configuration() -> None:
    """The example can be used as it stands."""
    settings = load(ROOT / "docs/vjourney.example.yaml", {"VJOURNEY_PROD_PASSWORD": "secret"})
    assert settings.vcenters[0].name == "prod"
