"""A node's home: its settings, its keys."""

from pathlib import Path

import pytest

from fourfold.errors import InputError, RefusedError, SignatureError
from fourfold.node.home import Config, Home, write_config, write_database, write_private
from fourfold.node.keys import passphrase, write_key
from fourfold.records.signing import Signer

CONFIG = Config(id="identity--1234567890", name='An "Institute"\n\\ ünïcode', url="http://127.0.0.1:8471/")


def test_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_config(home, CONFIG)
    assert home.config() == CONFIG


def test_every_fault_of_the_settings_is_told_at_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config_file.write_text('name = 3\nport = "x"\ncolour = "red"\ndemo = 1\n')
    with pytest.raises(InputError) as raised:
        home.config()
    assert {fault.field for fault in raised.value.faults} == {"name", "port", "colour", "demo", "id", "url"}


@pytest.mark.parametrize("text", ["name = ", "\x00", "= 1"])
def test_settings_that_are_no_toml_are_refused(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path)
    home.config_file.write_text(text)
    with pytest.raises(InputError, match=r"node\.toml"):
        home.config()


def test_a_folder_without_a_node_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fourfold node init"):
        Home(tmp_path).config()


@pytest.mark.parametrize(
    ("host", "demo", "is_open"),
    [
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("localhost", True, True),
        ("127.0.0.1", False, False),
        ("0.0.0.0", True, False),  # noqa: S104  refused, not bound
        ("192.0.2.7", True, False),
        ("example.org", True, False),
    ],
)
def test_pages_are_open_only_in_a_demonstration_on_loopback(host: str, *, demo: bool, is_open: bool) -> None:
    assert Config(id="x", name="x", url="http://x/", host=host, demo=demo).is_open is is_open


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", ["127.0.0.1", "node.example"]),
        ("192.0.2.7", ["192.0.2.7", "node.example"]),
        ("0.0.0.0", ["127.0.0.1", "[::1]", "node.example"]),  # noqa: S104  read, not bound
        ("::", ["127.0.0.1", "[::1]", "node.example"]),
    ],
)
def test_a_node_that_listens_everywhere_is_asked_for_its_health_from_its_own_machine(
    host: str, names: list[str]
) -> None:
    assert Config(id="x", name="x", url="https://node.example/", host=host).allowed_hosts == names


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("backup_due_days = -1", "backup_due_days"),
        ("countersign_seconds = 9", "countersign_seconds"),
        ("countersign_seconds = 86401", "countersign_seconds"),
    ],
)
def test_a_setting_out_of_bounds_is_told(tmp_path: Path, line: str, field: str) -> None:
    home = Home(tmp_path)
    home.config_file.write_text(f'id = "x"\nname = "x"\nurl = "http://x/"\n{line}\n')
    with pytest.raises(InputError) as raised:
        home.config()
    assert {fault.field for fault in raised.value.faults} == {field}


@pytest.mark.parametrize("before", ['database = "postgresql:///old"\n', "", '  database=""\n'])
def test_another_database_is_written_and_all_else_stays(tmp_path: Path, before: str) -> None:
    home, kept = Home(tmp_path), '# by hand\nid = "x"\nname = "x"\n'
    home.config_file.write_text(f'{kept}{before}url = "http://x/"\n')
    write_database(home, "postgresql:///new")
    assert home.config().database == "postgresql:///new"
    assert home.config_file.read_text().startswith(kept)
    write_database(home, "")
    assert home.config().database == ""


def test_a_private_file_is_readable_by_its_owner_only_and_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "secret"
    write_private(file, b"one")
    write_private(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["secret"]


def test_the_secret_of_a_node_is_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = home.secret()
    assert len(first) > 50
    assert home.secret() == first
    assert (home.keys / "secret").stat().st_mode & 0o777 == 0o600


def test_a_key_file_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    signer = Signer.generate()
    write_key(tmp_path / "node.pem", signer, b"a long passphrase")
    pem = (tmp_path / "node.pem").read_bytes()
    assert b"ENCRYPTED" in pem
    assert Signer.from_pem(pem, b"a long passphrase").key == signer.key
    with pytest.raises(SignatureError):
        Signer.from_pem(pem, b"another passphrase")


def test_a_passphrase_comes_from_a_file_and_must_be_long_enough_when_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(b"twelve chars\n")
    monkeypatch.setenv("A_PASSPHRASE", str(file))
    assert passphrase("A_PASSPHRASE", "key", new=True) == b"twelve chars"
    file.write_bytes(b"short\n")
    assert passphrase("A_PASSPHRASE", "key") == b"short"
    with pytest.raises(InputError, match="at least 12"):
        passphrase("A_PASSPHRASE", "key", new=True)


def test_without_a_file_or_a_terminal_the_passphrase_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("A_PASSPHRASE", raising=False)
    with pytest.raises(RefusedError, match="A_PASSPHRASE"):
        passphrase("A_PASSPHRASE", "key")


OIDC = 'oidc_issuer = "https://login.example/a"\noidc_client = "node"\noidc_secret_file = "secret.txt"\n'


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ('second_factor = "maybe"', {"second_factor"}),
        ("proxies = -1", {"proxies"}),
        ("proxies = 9", {"proxies"}),
        ('oidc_client = "node"', {"oidc_issuer", "oidc_secret_file"}),
        (OIDC.replace("https:", "http:"), {"oidc_issuer"}),
        (OIDC.replace("/a", "/a?b=c"), {"oidc_issuer"}),
        (OIDC.replace("https://login.example/a", "login.example"), {"oidc_issuer"}),
        (OIDC, set()),
        (OIDC.replace("https://login.example/a", "http://127.0.0.1:8080/"), set()),
        ('second_factor = "required"\nproxies = 1', set()),
    ],
)
def test_how_people_sign_in_is_set_safely_or_not_at_all(tmp_path: Path, lines: str, wrong: set[str]) -> None:
    home = Home(tmp_path)
    write_config(home, CONFIG)
    kept = home.config_file.read_text().splitlines()
    names = {line.split(" = ")[0] for line in lines.splitlines()}
    kept = [line for line in kept if line.split(" = ")[0] not in names]
    home.config_file.write_text("\n".join([*kept, lines]) + "\n")
    if not wrong:
        assert home.config().second_factor in lines + "optional"
        return
    with pytest.raises(InputError) as raised:
        home.config()
    assert {fault.field for fault in raised.value.faults} == wrong


def test_a_node_made_before_requires_no_second_factor(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config_file.write_text('id = "identity--1"\nname = "Old"\nurl = "https://node.example/"\n')
    assert not home.config().asks_for_second_factor


def test_the_secret_for_a_provider_stands_in_its_own_file_and_is_never_repeated(tmp_path: Path) -> None:
    home = Home(tmp_path)
    given = {"oidc_issuer": "https://login.example", "oidc_client": "node", "oidc_secret_file": "secret.txt"}
    config = Config(id="identity--1", name="x", url="https://node.example/", **given)
    for content in (None, "", " \n", b"\xff secret"):
        if content is not None:
            (tmp_path / "secret.txt").write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InputError, match=r"secret\.txt.*No secret can be read here") as raised:
            home.oidc_secret(config)
        assert "xff" not in str(raised.value)
    (tmp_path / "secret.txt").write_text("sesame\n")
    assert home.oidc_secret(config) == "sesame"
    assert "sesame" not in repr(config)
