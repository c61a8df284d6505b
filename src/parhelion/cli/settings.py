"""The settings of a server: each is declared once, in `Settings`, and can be said in three places.

    --public-url URL            an option, which goes before
    PARHELION_PUBLIC_URL=URL    the environment, which goes before
    public-url = "URL"          a TOML file: --config FILE, or PARHELION_CONFIG

Options, names in the environment, keys, --help, `config check` and the table in docs/server.md are made from it.
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import re
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from . import reading

if TYPE_CHECKING:
    from ..server.assemble import Store
    from ..server.bus.address import Bus
    from ..server.media.bucket import Bucket
    from ..server.rules.rates import Rate
    from ..server.rules.whence import Network

T = TypeVar("T")
D = TypeVar("D")
FILE = "PARHELION_CONFIG"
HERE, ELSEWHERE = "here", "elsewhere"
ON, OFF = "on", "off"
KEY = "key"
JSON, CONSOLE = "json", "console"
ALL, ERRORS, NONE = "all", "errors", "none"
_WHO = re.compile(r"//(?:(?!\?\w+=).)*@")  # to the last @: a password may hold a slash that should have been %2F
_TOLD = re.compile(r"(?i)((?:password|passwd|secret|token)=)[^&#]*")


class Setting(NamedTuple):
    """What is known of one setting beside its name."""

    read: Callable[[str], object]
    help: str
    usual: str  # what holds without a word, as people are told it
    metavar: str
    of_store: bool  # also of commands that open the store, and answer nothing
    secret: bool  # it may hold one


def said(
    read: Callable[[str], T],
    default: D,
    help: str,
    metavar: str,
    *,
    usual: str | None = None,
    of_store: bool = False,
    secret: bool = False,
) -> T | D:
    """A field of `Settings`. `read`: a word as a value, or ValueError."""
    setting = Setting(read, help, str(default) if usual is None else usual, metavar, of_store, secret)
    return cast("T | D", dataclasses.field(default=default, metadata={"setting": setting}))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All of them, in the order in which people are told of them."""

    data: Path = said(
        Path,
        Path("parhelion-data"),
        "the folder that holds messages, attachments and the master key, unless they are told to be elsewhere",
        "DIR",
        usual="./parhelion-data",
        of_store=True,
    )
    database: str | None = said(
        str,
        None,
        "keep messages and all else that is no file in a PostgreSQL: postgresql://USER@HOST:PORT/DATABASE. Others may "
        "see an option, so an address with a password is better told elsewhere",
        "ADDRESS",
        usual="a file in the folder",
        of_store=True,
        secret=True,
    )
    media: Bucket | None = said(
        reading.bucket,
        None,
        "keep attachments in a bucket of S3: s3://BUCKET/PREFIX?endpoint=https://...&region=... Who asks there is in "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. With downloads=redirect clients are sent there to fetch, to "
        "public=https://... if that is its address for them",
        "ADDRESS",
        usual="the folder",
        of_store=True,
        secret=True,
    )
    master_key_file: Path | None = said(
        Path,
        None,
        "the file that holds the master key, the same for all nodes of a store. It has to be there: only the one in "
        "the folder is made when it is missing",
        "FILE",
        usual="master.key in the folder",
        of_store=True,
    )
    bus: Bus | None = said(
        reading.bus,
        None,
        "tell the others on the same PostgreSQL over NATS that there is something new: nats://HOST:PORT,HOST:PORT, or "
        "tls://. An address with a password, nats://USER:PASSWORD@HOST, is better told elsewhere, too",
        "ADDRESS",
        usual="the PostgreSQL",
        secret=True,
    )
    host: str = said(reading.host, "127.0.0.1", "the address to listen on", "HOST")
    port: int = said(reading.port, 8000, "the port to listen on; 0 takes a free one", "PORT")
    public_url: str | None = said(
        reading.url,
        None,
        "the address clients reach the server under, when a proxy stands before it",
        "URL",
        usual="what a request was sent to",
    )
    console: str = said(
        reading.one_of(ON, OFF),
        ON,
        "on, or off: whether people find pages under /console, for which they need a key",
        "on|off",
    )
    allow_targets: tuple[str, ...] = said(
        reading.words("loopback", "private"),
        (),
        "loopback, private or both: let webhooks point at this very machine, or into private networks too. Targets on "
        "the outside are always allowed, and those on this machine when the host is a loopback address",
        "WHERE",
        usual="neither",
    )
    trusted_proxies: tuple[Network, ...] = said(
        reading.networks,
        (),
        "proxies that stand before the server, by address or network, such as 10.0.0.0/8: what they say in "
        "X-Forwarded-For is where a request came from, in the audit log. Nobody else's word is taken for that",
        "NETWORKS",
        usual="none",
    )
    audit_days: int = said(
        reading.days,
        365,
        "how long lines of the audit log are kept, in days; 0 is for ever",
        "DAYS",
    )
    rate_limit_app: Rate | None = said(
        reading.rate,
        None,
        "how often apps, each with all its keys together, may ask: 100 or 100/s, 6000/min, 3600/h; with :N for how "
        "many at once, such as 100/s:500, instead of what comes in two seconds",
        "RATE",
        usual="without limit",
    )
    rate_limit_key: Rate | None = said(
        reading.rate, None, "how often keys may ask, said in the same way", "RATE", usual="without limit"
    )
    max_connections: int = said(
        reading.several,
        10_000,
        "connections at the same time, streams among them, about 11 kB each; more are answered 503",
        "N",
    )
    workers: int = said(
        reading.workers,
        1,
        "processes that answer at the one address, on the one folder: as many as there are cores where much is read, "
        "or one",
        "N",
    )
    dispatch: str = said(
        reading.one_of(HERE, ELSEWHERE),
        HERE,
        "where what comes after commits is done, sending to webhooks above all: here, or elsewhere, by `parhelion "
        "dispatch`",
        "WHERE",
    )
    metrics: str | None = said(
        reading.one_of(ON, KEY, OFF),
        None,
        "on, key or off: whether /metrics tells what is counted to whoever reaches it, to who has a key of the account "
        "(as Basic credentials), or to nobody",
        "on|key|off",
        usual="on where the host is a loopback address, key elsewhere",
    )
    log_format: str | None = said(
        reading.one_of(JSON, CONSOLE),
        None,
        "json, or console: how what is logged on stderr is written, as objects a line or as words for people",
        "json|console",
        usual="console on a terminal, json elsewhere",
    )
    log_requests: str | None = said(
        reading.one_of(ALL, ERRORS, NONE),
        None,
        "all, errors or none: which requests have a line in the log; errors are those answered 500 and above",
        "all|errors|none",
        usual="errors on a terminal, all elsewhere",
    )
    traces: str = said(
        reading.one_of(ON, OFF),
        OFF,
        "on, or off: whether requests and deliveries are traced by OpenTelemetry, as OTEL_EXPORTER_OTLP_ENDPOINT and "
        "its other variables say. It takes the extra parhelion[otel]",
        "on|off",
    )
    drain: float = said(
        reading.seconds,
        0.0,
        "seconds from SIGTERM in which all is still answered, each answer as the last of its connection, while /readyz "
        "says no: so a proxy leaves before the server does",
        "SECONDS",
        usual="0",
    )
    grace: float = said(
        reading.seconds,
        10.0,
        "seconds that requests under way have after that, large uploads among them",
        "SECONDS",
        usual="10",
    )

    @property
    def store(self) -> Store:
        """Where all is kept."""
        from ..server.assemble import Store  # not where the client alone is installed

        return Store(self.data, self.database, self.media, self.master_key_file, self.bus)


TABLE: Mapping[str, Setting] = {each.name: each.metadata["setting"] for each in dataclasses.fields(Settings)}


class Found(NamedTuple):
    """A setting as somebody has said it."""

    value: Any
    where: str  # --port, PARHELION_PORT, /etc/parhelion.toml:3


class Gathered(NamedTuple):
    """What was said in all places together."""

    found: dict[str, Found]
    faults: list[str]  # sentences
    warnings: list[str]

    def settings(self) -> Settings:
        """ValueError, when there is a fault in any of them."""
        if self.faults:
            raise ValueError("\n".join(self.faults))
        return Settings(**{name: each.value for name, each in self.found.items()})


def takes_many(name: str) -> bool:
    """Whether it is several words."""
    return isinstance(getattr(Settings, name), tuple)


def option(name: str) -> str:
    """On a command line."""
    return "--" + key(name)


def key(name: str) -> str:
    """Of a TOML file."""
    return name.replace("_", "-")


def variable(name: str) -> str:
    """Of the environment."""
    return f"PARHELION_{name.upper()}"


def add_options(parser: argparse.ArgumentParser, *, of_store: bool = False) -> None:
    """Options for all settings, or for those of the store. What is not given is None."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"a TOML file that holds settings, too (default: {FILE})"
    )
    for name, setting in TABLE.items():
        if setting.of_store or not of_store:
            add_option(parser, name)


def add_option(parser: argparse.ArgumentParser, name: str) -> None:
    """One of them."""
    setting = TABLE[name]
    many = takes_many(name)
    parser.add_argument(
        option(name),
        type=word(setting.read),
        action="extend" if many else "store",
        metavar=setting.metavar,
        help=f"{setting.help} (default: {setting.usual})",
    )


def word(read: Callable[[str], T]) -> Callable[[str], T]:
    """For argparse, which tells a fault's own words only where they are in an error of its own."""

    def read_for_argparse(said: str) -> T:
        try:
            return read(said)
        except ValueError as wrong:
            raise argparse.ArgumentTypeError(str(wrong)) from None

    return read_for_argparse


def gather(asked: Mapping[str, Any], environment: Mapping[str, str]) -> Gathered:
    """What was said. `asked`: the options."""
    gathered = Gathered({}, [], [])
    file = asked.get("config") or environment.get(FILE)
    if file is not None:
        _of_file(Path(file), gathered)
    for name, setting in TABLE.items():
        if (value := asked.get(name)) is not None:
            gathered.found[name] = Found(tuple(value) if isinstance(value, list) else value, option(name))  # pyright: ignore[reportUnknownArgumentType]
        elif said := environment.get(variable(name), ""):
            _take(gathered, name, setting, said, variable(name), variable(name))
    return gathered


def settings_of(asked: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The settings that hold for a command. ValueError"""
    gathered = gather(vars(asked), environment)
    for each in gathered.warnings:
        print(f"parhelion: {each}", file=sys.stderr)
    return gathered.settings()


def shown(name: str, value: Any) -> str:
    """A value as people may see it."""
    if value is None or value == ():
        return ""
    if takes_many(name):
        return ", ".join(map(str, value))
    return without_secret(str(value)) if TABLE[name].secret else str(value).removesuffix(".0")


def without_secret(address: str) -> str:
    """An address without what lets one in."""
    return _TOLD.sub(r"\1***", _WHO.sub("//***@", address))


def _of_file(path: Path, gathered: Gathered) -> None:
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        gathered.faults.append(f"{path} cannot be read: {error.strerror}")
        return
    except ValueError as error:  # of TOML, or of UTF-8
        gathered.faults.append(f"{path} is not TOML: {error}")
        return
    names = {key(name): name for name in TABLE}
    holds_secret = False
    for each, value in table.items():
        where = f"{path}:{_line(text, each)}"
        if each not in names:
            like = difflib.get_close_matches(each, names, n=1)
            meant = f"did you mean {like[0]!r}?" if like else f"there are {', '.join(names)}"
            gathered.faults.append(f"{where}: {each!r} is no setting: {meant}")
            continue
        name = names[each]
        many = takes_many(name)
        word = _word(value, many=many)
        if word is None:
            right = '["private"]' if many else "a string or a number"
            gathered.faults.append(f"{where}: {each} should be {right}")
            continue
        holds_secret = holds_secret or (TABLE[name].secret and _lets_in(word))
        _take(gathered, name, TABLE[name], word, where, f"{where}: {each}")
    if holds_secret and path.stat().st_mode & stat.S_IROTH:
        gathered.warnings.append(f"{path} holds a secret, and others on this machine can read it: chmod o-r {path}")


def _take(gathered: Gathered, name: str, setting: Setting, said: str, where: str, whose: str) -> None:
    """`whose`: how a fault begins. What is empty is not said."""
    if not said:
        return
    try:
        gathered.found[name] = Found(setting.read(said), where)
    except ValueError as wrong:
        gathered.faults.append(f"{whose}: {wrong}")


def _word(value: object, *, many: bool) -> str | None:
    """A value of TOML as it would be said elsewhere. None: it is none of ours. `many`: whether it may be an array."""
    match value:
        case bool():
            return None
        case str() | int() | float():
            return str(value)
        case list() if many and all(isinstance(each, str) for each in cast("list[object]", value)):
            return ",".join(cast("list[str]", value))
        case _:
            return None


def _line(text: str, key: str) -> int:
    """On which line a key is said, if it is said plainly."""
    plainly = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]|\s*\[+\s*["']?{re.escape(key)}["']?""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if plainly.match(line)), 1)


def _lets_in(address: str) -> bool:
    """Whether an address holds a password or the like."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    who = parts.netloc.rpartition("@")[0]
    return ":" in who or (who != "" and parts.scheme in {"nats", "tls"}) or _TOLD.search(address) is not None
