"""Connections to PostgreSQL: where to, how they are set up, and what their errors mean. Only here is asyncpg known.

What went wrong is one of three things to who was writing:

    `certain`    the server said no, or nothing was sent: it did not happen
    `passing`    ... and may be done a little later: another node's lock, a full disk, a server that is only read from
    otherwise    the connection is gone, and with it the answer: it may have happened
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from ..ports import Full, Row, Unavailable, UnusableStore
from .address import shown

try:
    asyncpg: Any = import_module("asyncpg")  # it has no types of its own
except ModuleNotFoundError as missing:
    raise UnusableStore("PostgreSQL needs an extra: pip install 'parhelion[postgresql]'") from missing

Told: Any = asyncpg.PostgresError  # by the server, as a rule
NeverSent: Any = (asyncpg.DataError, asyncpg.InterfaceError, LookupError, TypeError)

CONNECTING = 5.0  # seconds that one host has to answer in
RUNNING = 15.0  # seconds that a statement may take, and that a transaction may wait for its next one
STUCK = 30.0  # seconds without a word after which a connection is given up: more than any statement may take
SETTINGS = {
    "default_transaction_isolation": "read committed",
    "statement_timeout": f"{RUNNING:.0f}s",
    "idle_in_transaction_session_timeout": f"{RUNNING:.0f}s",
    # A node that has vanished with its connection open holds no locks for longer than this.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    # One plan a statement, by its indexes: every statement has one. Made anew for the rows there happen to be, it would
    # walk through a table that was small a moment ago, and take longer to find than to carry out.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "jit": "off",
}
# SQLSTATEs of what is over by itself, or when somebody has made room.
_CLASH, _SLOW = ("40001", "40P01"), ("55P03", "57014")
_PASSING = (*_CLASH, *_SLOW, "25006", "53")
_READ_ONLY = "25006"
_FULL = "53100"
_NO_ADDRESS = (
    "is no address of a PostgreSQL database: signs such as / ? # [ ] in a password are written %2F and the like"
)


class Statement(Protocol):
    def get_parameters(self) -> Sequence[Any]: ...


class Connection(Protocol):
    """What is used of asyncpg's."""

    async def execute(self, query: str, *values: Any) -> str: ...
    async def fetch(self, query: str, *values: Any) -> list[Row]: ...
    async def fetchval(self, query: str, *values: Any) -> Any: ...
    async def prepare(self, query: str) -> Statement: ...
    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None: ...
    def add_termination_listener(self, callback: Callable[..., None]) -> None: ...
    def get_server_pid(self) -> int: ...
    def is_closed(self) -> bool: ...
    def terminate(self) -> None: ...
    async def close(self, *, timeout: float) -> None: ...


class Unreachable(Exception):
    """No server can be had now that takes writes."""


class Address:
    """Where a database is, at one host or at several, of which one takes writes."""

    def __init__(self, said: str) -> None:
        """`said`: postgresql://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE"""
        self._shown = shown(said)
        try:
            parts = urlsplit(said)
        except ValueError:  # its words may hold a part of the password
            raise UnusableStore(f"{self} {_NO_ADDRESS}") from None
        if parts.scheme not in {"postgresql", "postgres"}:
            raise UnusableStore("the address of a PostgreSQL database begins with postgresql://")
        who, at, hosts = parts.netloc.rpartition("@")
        each = [parts._replace(netloc=f"{who}{at}{host}").geturl() for host in hosts.split(",")]
        self._hosts = each if len(each) > 1 else [said]
        self.name = "parhelion"  # of each connection, for whoever looks at them
        self.moves = 0  # how often another host took writes than before

    def __str__(self) -> str:
        """Without a password."""
        return self._shown

    __repr__ = __str__

    async def connect(self, **settings: str) -> Connection:
        """To the host that takes writes: the one that did last is asked first. `Unreachable`, or `UnusableStore`."""
        troubles: list[str] = []
        for host in tuple(self._hosts):
            try:
                connection = await asyncpg.connect(
                    host,
                    timeout=CONNECTING,
                    target_session_attrs="read-write",
                    statement_cache_size=512,
                    max_cached_statement_lifetime=0,
                    server_settings={"application_name": self.name} | SETTINGS | settings,
                )
            except (OSError, asyncpg.TargetServerAttributeNotMatched, Told) as trouble:
                troubles.append(str(trouble) or type(trouble).__name__)
            except asyncpg.ClientConfigurationError as wrong:  # such as a certificate that is missing
                raise UnusableStore(f"{self} cannot be used as a store: {str(wrong).splitlines()[0]}") from None
            except (ValueError, OverflowError, asyncpg.InterfaceError):  # what it says may hold the password
                raise UnusableStore(f"{self} {_NO_ADDRESS}") from None
            else:
                if host != self._hosts[0]:
                    self.moves += 1
                    self._hosts.remove(host)
                    self._hosts.insert(0, host)
                return cast("Connection", connection)
        raise Unreachable(f"{self} cannot be reached: {'; '.join(dict.fromkeys(troubles))}")


def certain(connection: Connection, problem: Exception) -> bool:
    """Whether what was asked has not happened, and never will."""
    said_no = isinstance(problem, NeverSent) or (isinstance(problem, Told) and not _gone(problem))
    return said_no and not connection.is_closed()


def passing(problem: Exception) -> bool:
    return state(problem).startswith(_PASSING)


def unavailable(what: str, problem: Exception) -> Unavailable:
    """What is told of it when it is passing."""
    kind = Full if state(problem) == _FULL else Unavailable
    return kind(f"the database cannot {what} this now: {problem}")


def slow(problem: Exception) -> bool:
    """It took too long, perhaps for the sake of one row that somebody holds."""
    return state(problem) in _SLOW


def clash(problem: Exception) -> bool:
    """Somebody else was at the same rows: once more, and it is done."""
    return state(problem) in _CLASH


def read_only(problem: Exception) -> bool:
    """The server has become a standby: another one takes writes."""
    return state(problem) == _READ_ONLY


async def answered(connection: Connection, what: Any) -> Any:
    """What a connection is asked; but one that says nothing for too long is given up, as if it had been lost.

    Not by asyncpg's own timeouts, which would ask the server to cancel: a commit that waits for its standby would then
    be told as done.
    """
    watch = asyncio.get_running_loop().call_later(STUCK, connection.terminate)
    try:
        return await what
    except asyncio.CancelledError:
        connection.terminate()
        raise
    finally:
        watch.cancel()


async def pause(about: float = 0.1) -> None:
    """Before the next try: as long as others do not wait."""
    await asyncio.sleep(random.uniform(0.0, 2.0) * about)  # noqa: S311 - nobody gains by knowing it


async def hang_up(connection: Connection) -> None:
    with suppress(Exception):
        await connection.close(timeout=CONNECTING)


def state(problem: Exception) -> str:
    return str(getattr(problem, "sqlstate", None) or "")


def _gone(problem: Any) -> bool:
    """Whether the server said that it ends the connection, or that there is none."""
    return problem.severity_en != "ERROR" or state(problem).startswith("08")
