"""A node's home: the folder with its settings, its store and its keys.

node.toml        name, id, address, who may look without signing in
store.sqlite3    all that it keeps, unless `database` in node.toml names a PostgreSQL database
keys/            institution.pem and node.pem (encrypted), secret (for sessions), factors (for the secrets of
                 second factors); mode 0600
"""

import ipaddress
import json
import os
import re
import secrets
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from fourfold.agreements.approval import HouseRule
from fourfold.canon import ascii_name, bracketed, origin_of, own_address
from fourfold.errors import Fault, InputError
from fourfold.exchange.budget import Budget
from fourfold.exchange.outbound import Outbound
from fourfold.node.database import address_faults

PRIVATE = 0o600
MOST_WORKERS = 64
MOST_PROXIES = 8
REQUIRED, OPTIONAL = "required", "optional"
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared, not bound
_COUNTERSIGN = range(10, 86_401)
MOST_SPENT = 1_000_000_000
_LEAST = {
    "budget_seconds": 10,
    "budget_requests": 50,
    "budget_mebibytes": 32,
    "budget_objects": 1_000,
    "quarantine_objects": 0,
    "quarantine_mebibytes": 0,
    "files_mebibytes": 0,
    "reserve_mebibytes": 0,
}
"""Below this a budget would keep an honest counterpart from ever getting on: no page would fit in."""


@dataclass(frozen=True, slots=True)
class Config:
    """What node.toml says.

    `id` is the institution's id. `url` is where counterparts reach the node; `host` and `port` are where
    it listens. `demo` asks for pages without sign-in, which is only granted on loopback. `backup_days` is
    how long a backup may still hold what was destroyed here; `backup_due_days` is after how many days without
    a backup the operator is told (0: never). `sync_seconds` is the pause between two collections from each
    counterpart (0: only when asked). `budget_seconds` and its like are the most that one sync spends on one
    counterpart; `quarantine_objects` and `quarantine_mebibytes` are the most that is kept of what one sent
    and cannot be believed, `files_mebibytes` of its files, which leave `reserve_mebibytes` of the disk free.
    `countersign_seconds` is how old our countersignature of a log that has not grown may become before it is
    given again. `log_format` is text or json; `log_requests` asks for a
    line for each request. `database` is the address of a PostgreSQL database; empty: the store is a file in
    the node's folder. `workers` is how many processes answer requests. `approvals_red` and its like say how
    many second persons must approve what carries that label; never fewer for a tighter one. `second_factor`
    is required or optional: whether an account must have one before it may do anything else. `proxies` is
    how many proxies of yours stand before the node and say in X-Forwarded-For who asks; 0: whoever connects
    asks. `oidc_issuer`, `oidc_client` and `oidc_secret_file` name the institution's own OpenID Connect
    provider, the node's name there, and the file with its secret; empty: there is none. `ca_file` holds
    certificates of authorities that count beside the public ones. Through `proxy` the node reaches others,
    but not what `no_proxy` names: hosts, by commas, and all below them.
    """

    id: str
    name: str
    url: str
    host: str = "127.0.0.1"
    port: int = 8471
    demo: bool = False
    backup_days: int = 30
    backup_due_days: int = 7
    countersign_seconds: int = 900
    sync_seconds: int = 60
    budget_seconds: int = 300
    budget_requests: int = 5_000
    budget_mebibytes: int = 1_024
    budget_objects: int = 100_000
    quarantine_objects: int = 1_000
    quarantine_mebibytes: int = 64
    files_mebibytes: int = 10_240
    reserve_mebibytes: int = 1_024
    log_format: str = "text"
    log_requests: bool = False
    database: str = ""
    workers: int = 1
    approvals_clear: int = 0
    approvals_green: int = 0
    approvals_amber: int = 0
    approvals_amber_strict: int = 0
    approvals_red: int = 1
    second_factor: str = OPTIONAL
    proxies: int = 0
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret_file: str = ""
    ca_file: str = ""
    proxy: str = ""
    no_proxy: str = ""

    @property
    def asks_for_second_factor(self) -> bool:
        """Whether an account without a second factor may do nothing but set one up."""
        return self.second_factor == REQUIRED

    @property
    def budget(self) -> Budget:
        """What one sync spends at most on one counterpart."""
        return Budget(
            seconds=float(self.budget_seconds),
            requests=self.budget_requests,
            bytes=self.budget_mebibytes << 20,
            objects=self.budget_objects,
        )

    @property
    def origin(self) -> str:
        """Scheme, name and port by which a browser reaches the pages."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def house_rule(self) -> HouseRule:
        """How many second persons this institution asks for before something leaves, by its label."""
        members = HouseRule.model_fields
        return HouseRule(**{name: getattr(self, f"approvals_{name}") for name in members})

    @property
    def is_open(self) -> bool:
        """Whether pages need no sign-in: a demonstration, and reachable from this machine only."""
        return self.demo and _is_loopback(self.host)

    @property
    def allowed_hosts(self) -> list[str]:
        """The names by which a request may address the node.

        One that listens on every address is asked for its health by this machine's own, as a container is.
        """
        listens = {"127.0.0.1", "::1"} if self.host in _EVERYWHERE else {self.host}
        named = {urlsplit(self.url).hostname or "", *listens} - {""}
        return sorted({bracketed(each) for each in named})

    @property
    def past_proxy(self) -> tuple[str, ...]:
        """The hosts to which nothing goes through the proxy, as an address names them.

        Raises:
            ValueError: one is none.
        """
        given = (each.strip().strip(".[]") for each in self.no_proxy.split(","))
        return tuple(bracketed(each) if ":" in each else ascii_name(each) for each in given if each)

    @property
    def short_id(self) -> str:
        """Eight digits of the id: they keep the cookies of two nodes on one machine apart."""
        return self.id.removeprefix("identity--")[:8]


@dataclass(frozen=True, slots=True)
class Home:
    """The folder itself."""

    path: Path

    @property
    def config_file(self) -> Path:
        """The settings."""
        return self.path / "node.toml"

    @property
    def store(self) -> Path:
        """The database, where it is a file."""
        return self.path / "store.sqlite3"

    @property
    def retention_file(self) -> Path:
        """The rules by which what is kept is destroyed; it may be absent."""
        return self.path / "retention.yaml"

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.path / "keys"

    @property
    def institution_key(self) -> Path:
        """The institution's key; it may be kept elsewhere, and is opened for few commands."""
        return self.keys / "institution.pem"

    @property
    def node_key(self) -> Path:
        """The node's own key, for the daily traffic."""
        return self.keys / "node.pem"

    def exists(self) -> bool:
        """Whether a node lives here."""
        return self.config_file.is_file()

    def config(self) -> Config:
        """The settings, checked.

        Raises:
            InputError: there are none, or some are wrong; all faults.
        """
        try:
            return _checked(tomllib.loads(self.config_file.read_text(encoding="utf-8")), self.config_file)
        except FileNotFoundError as error:
            remedy = "Make a node with `fourfold node init`, or name its folder with --home."
            raise InputError([Fault("There is no node here.", str(self.path), remedy=remedy)]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError([Fault(f"Not readable as TOML: {error}", str(self.config_file))]) from error

    def secret(self) -> str:
        """The secret behind sessions and forms; made on first use."""
        return self._made_once(self.keys / "secret")

    @property
    def metrics_file(self) -> Path:
        """The file with the token of whoever reads the metrics."""
        return self.keys / "metrics-token"

    @property
    def factors_file(self) -> Path:
        """The file with the key under which the store keeps the secrets of second factors."""
        return self.keys / "factors"

    def factors_key(self) -> bytes:
        """The key under which the store keeps the secrets of second factors; made on first use."""
        return self._made_once(self.factors_file).encode()

    def outbound(self, config: Config) -> Outbound:
        """How the node reaches others; a relative name of a file is one in this folder."""
        file = self.path / config.ca_file if config.ca_file else None
        return Outbound(file, config.proxy, config.past_proxy)

    def oidc_secret(self, config: Config) -> str:
        """The secret by which the node shows itself to the OpenID Connect provider.

        Raises:
            InputError: its file cannot be read, or is empty; what stands in it is not repeated.
        """
        file = self.path / config.oidc_secret_file
        why = "it is empty"
        try:
            found = file.read_text(encoding="utf-8").strip()
        except UnicodeDecodeError:
            found, why = "", "it is no text"
        except OSError as error:
            found, why = "", str(error.strerror)
        if not found:
            remedy = "Put the client secret into it, readable for the node only."
            message = f"No secret can be read here: {why}."
            raise InputError([Fault(message, str(file), field="oidc_secret_file", remedy=remedy)])
        return found

    def metrics_token(self) -> str:
        """The token of whoever reads the metrics; made on first use."""
        return self._made_once(self.metrics_file)

    def _made_once(self, file: Path) -> str:
        if not file.exists():
            write_private(file, secrets.token_urlsafe(48).encode())
        return file.read_text(encoding="ascii")


def write_config(home: Home, config: Config) -> None:
    """Write node.toml; a basic string of TOML is a string of JSON."""
    lines = [
        f"{field.name} = {json.dumps(getattr(config, field.name), ensure_ascii=False)}"
        for field in fields(Config)
    ]
    write_private(home.config_file, ("\n".join(lines) + "\n").encode())


def write_database(home: Home, address: str) -> None:
    """Let node.toml name another database (empty: none, the store is a file); all else stays as it stands."""
    text = home.config_file.read_text(encoding="utf-8")
    line = f"database = {json.dumps(address, ensure_ascii=False)}"
    rest = re.sub(r"(?m)^[ \t]*database[ \t]*=.*\n?", "", text).rstrip("\n")
    write_private(home.config_file, f"{rest}\n{line}\n".encode())


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def _checked(values: dict[str, object], file: Path) -> Config:
    kinds = {field.name: field.type for field in fields(Config)}
    faults = [Fault(f"No setting is called {name}.", str(file), field=name) for name in values.keys() - kinds]
    faults += [
        Fault("This setting is missing.", str(file), field=name)
        for name in ("id", "name", "url")
        if name not in values
    ]
    faults += [
        Fault(f"Must be {kinds[name].__name__}.", str(file), field=name)
        for name, value in values.items()
        if name in kinds and type(value) is not kinds[name]
    ]
    if values.get("log_format", "text") not in {"text", "json"}:
        faults.append(Fault("Must be text or json.", str(file), field="log_format"))
    if faults:
        raise InputError(faults)
    config = Config(**values)
    url, wrong = _url(config, file)
    faults = [*wrong, *_limits(config, file), *address_faults(config.database, str(file))]
    faults += _approvals(config, file)
    if faults:
        raise InputError(faults)
    return replace(config, url=url)


def _url(config: Config, file: Path) -> tuple[str, list[Fault]]:
    """The node's own address in the one form, or what is wrong with it."""
    try:
        return own_address(config.url), []
    except InputError as error:
        return config.url, [replace(fault, file=str(file)) for fault in error.faults]


def _approvals(config: Config, file: Path) -> list[Fault]:
    try:
        _ = config.house_rule
    except ValidationError:
        remedy = "Set approvals_clear to approvals_red so that a tighter label never needs fewer."
        message = "The numbers of approvals do not go together."
        return [Fault(message, str(file), field="approvals_red", remedy=remedy)]
    return []


def _limits(config: Config, file: Path) -> list[Fault]:
    faults = []
    if config.second_factor not in {REQUIRED, OPTIONAL}:
        faults.append(Fault(f"Must be {REQUIRED} or {OPTIONAL}.", str(file), field="second_factor"))
    faults += [*_oidc(config, file), *_outbound(config, file)]
    if not 0 <= config.proxies <= MOST_PROXIES:
        faults.append(Fault(f"Must be from 0 to {MOST_PROXIES}.", str(file), field="proxies"))
    if not 1 <= config.workers <= MOST_WORKERS:
        faults.append(Fault(f"Must be from 1 to {MOST_WORKERS}.", str(file), field="workers"))
    if config.backup_due_days < 0:
        faults.append(Fault("Must be 0 (never) or more days.", str(file), field="backup_due_days"))
    faults += [
        Fault(f"Must be from {least} to {MOST_SPENT}.", str(file), field=name)
        for name, least in _LEAST.items()
        if not least <= getattr(config, name) <= MOST_SPENT
    ]
    if config.countersign_seconds not in _COUNTERSIGN:
        faults.append(Fault("Must be from 10 to 86400 seconds.", str(file), field="countersign_seconds"))
    if config.database and config.backup_days < 1:
        remedy = "Give the days until its files and write-ahead log are surely reused, and backups are gone."
        message = "PostgreSQL keeps what was deleted for a while: 0 days would be a wrong promise."
        faults.append(Fault(message, str(file), field="backup_days", remedy=remedy))
    return faults


def _oidc(config: Config, file: Path) -> list[Fault]:
    given = {name: getattr(config, name) for name in ("oidc_issuer", "oidc_client", "oidc_secret_file")}
    if not any(given.values()):
        return []
    faults = [
        Fault("The three oidc settings go together; this one is missing.", str(file), field=name)
        for name, value in given.items()
        if not value
    ]
    parts = urlsplit(config.oidc_issuer)
    if config.oidc_issuer and (not is_protected(config.oidc_issuer) or parts.query or parts.fragment):
        remedy = "Write the issuer exactly as the provider does: https://login.example/..."
        faults.append(Fault("Must be an https address.", str(file), field="oidc_issuer", remedy=remedy))
    return faults


def _outbound(config: Config, file: Path) -> list[Fault]:
    """What is wrong with the settings by which the node reaches others."""
    remedy = "Write it as http://proxy.example:3128, without a name and a password."
    try:
        if config.proxy:
            origin_of(config.proxy, "proxy")
        _ = config.past_proxy
    except InputError:
        return [Fault("This is no address of a proxy.", str(file), field="proxy", remedy=remedy)]
    except ValueError:
        remedy = "Name hosts, by commas: login.example, inside.example."
        return [Fault("This names something else than hosts.", str(file), field="no_proxy", remedy=remedy)]
    return []


def is_protected(url: str) -> bool:
    """Whether what is sent to an address is read by nobody on the way: https, or this machine itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
