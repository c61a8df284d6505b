"""How an event is posted: to where it was judged that it may go, for so long, with so much of an answer.

    post(target, headers, body) -> Answer      and never an exception, whatever the receiver does

    target --place_of--> Place --pool of app, origin--> a kept connection, or a new one:
                                   name --resolve--> addresses --refusal--> connect to one of these very addresses
                                                        one that is refused refuses them all: none is picked out

- The name is what the certificate is checked against and what the `host` header says; the address is only called.
- A redirect is an answer like any other: whoever follows one lets the receiver choose the next target.
- No proxy is asked, whatever the environment says: it would do the resolving, and nobody the judging.
- The deadline is for all of it. Every app has a pool of its own for every origin, so a slow receiver keeps nobody
  waiting but itself and its app, and what a receiver says to one app is never heard by another.
- A 2xx is the answer once its head is there. Its body is waited for a moment only.
- A connection is kept when what came is one answer to its last byte, and no byte more. Else what is left of one answer
  would be the beginning of the next.
- What an error says is shown to who owns the webhook. It never says where a name stands: that may be inside.
- Names are looked up in threads. A name that nobody answers for holds one until the system gives up, which may be later
  than we do. So an app has only a few of the threads, and who has such names delays new connections of their own app.
  Those of others wait when LOOKUPS / LOOKUPS_EACH apps have such names at the same time. Kept connections never do.
- A kept connection that was dead before the first byte of an answer is replaced once. The event may then have arrived
  twice: receivers know an event by its id.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NamedTuple, cast
from urllib.parse import quote
from weakref import WeakValueDictionary

import httpcore2

from ...client.streams import Backend, StaleError
from ..ports import SHORT
from ..rules.retries import TIMEOUT
from ..rules.targets import NOWHERE, Place, Reach, is_name, place_of, refusal

# The first name and the first request would load these, when there may be no file left to open.
for _late in ("encodings.idna", "anyio._backends._asyncio"):
    with contextlib.suppress(ImportError):
        import_module(_late)

BODY = 4096  # bytes of an answer that are kept
HEARD = 64 * 1024  # bytes that are taken of an answer, with its head and what frames it
AT_ONCE = 4096  # bytes that are parsed before others have their turn
MOMENT = 1.0  # seconds that the body of a 2xx is waited for
CONNECTIONS = 64  # at the same time for one app to one origin
KEPT = 4  # idle connections for one app to one origin
IDLE = 30.0  # seconds that an idle connection is kept
ORIGINS = 128  # with idle connections, each counted for each app
LOOKUPS = 32  # names that are resolved at the same time
LOOKUPS_EACH = 4  # of them for one app
TRIED = 4  # addresses of a name
LONGEST = 500  # characters of an error

_BLANK = re.compile(rb"\n\r?\n")  # the end of a head, as wide as h11 takes it
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})\r\n")

_whose: ContextVar[str] = ContextVar("_whose", default="")  # the app that is being posted for
Resolve = Callable[[str, int], Awaitable[Iterable[str]]]


class Answer(NamedTuple):
    """What came of it: either a status, or an error that says in plain words why there is none.

    `body` is the beginning of the answer's body, 4096 bytes at most, and less where it broke off or did not end in
    time: who has said a status has answered. `seconds` is how long all of it took, in whole milliseconds.
    """

    status: int | None
    headers: list[tuple[str, str]]
    body: bytes
    error: str | None
    seconds: float


class Poster:
    """Posts events from one event loop, as many at the same time as it is asked to. Close it when it is done."""

    def __init__(
        self,
        reach: Reach,
        *,
        resolve: Resolve | None = None,
        ssl_context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._names = _Names()
        self._backend = _Backend(reach, resolve or self._names.resolve)
        self._context = ssl_context
        self._timeout = timeout
        self._origins: dict[tuple[str, str, str, int], _Origin] = {}  # the one used last is the last

    async def post(self, target: str, headers: Mapping[str, str], body: bytes, app: str = "") -> Answer:
        """Post `body`, for an app. Of the exceptions only CancelledError comes through, and OSError where this machine
        has nothing left to post with (`ports.SHORT`): nobody was asked then.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        heard = _Heard()
        before = _whose.set(app)
        try:
            error = await self._heard(target, headers, body, heard)
        finally:
            _whose.reset(before)
        if heard.status is not None:
            error = None
        seconds = round(loop.time() - began, 3)  # some loops tell the time in milliseconds
        return Answer(heard.status, heard.headers, bytes(heard.body), error, seconds)

    async def _heard(self, target: str, headers: Mapping[str, str], body: bytes, heard: _Heard) -> str | None:
        """Fills `heard` as far as it comes, and says what kept it from coming further."""
        try:
            place = place_of(target)
        except ValueError as fault:
            return f"the target {fault}"
        asked = _request(place, headers, body, self._timeout)
        try:
            async with asyncio.timeout(self._timeout), self._origin(place) as pool:
                try:
                    await _exchange(pool, asked, heard)
                except StaleError:
                    await _exchange(pool, asked, heard)
        except TimeoutError:
            return f"no answer within {self._timeout:g} s"
        except httpcore2.ProtocolError as trouble:
            return f"the answer is not HTTP: {trouble}"[:LONGEST]
        except (httpcore2.NetworkError, httpcore2.TimeoutException) as trouble:
            return str(trouble)[:LONGEST] or type(trouble).__name__
        except OSError as trouble:  # this machine's own, such as certificates that are not there
            if trouble.errno in SHORT:
                raise
            return _words(trouble)[:LONGEST]
        return None

    async def close(self) -> None:
        """Close every connection."""
        for origin in self._origins.values():
            await origin.pool.aclose()
        self._origins.clear()
        self._names.close()

    @asynccontextmanager
    async def _origin(self, place: Place) -> AsyncGenerator[httpcore2.AsyncConnectionPool]:
        """The pool of an app for an origin, in use for a while."""
        key = (_whose.get(), *place[:3])
        loop = asyncio.get_running_loop()
        origin = self._origins.pop(key, None) or _Origin(self._pool(place.scheme))
        self._origins[key] = origin
        origin.users += 1
        try:
            yield origin.pool
        finally:
            origin.users -= 1
            origin.until = loop.time() + IDLE
            if self._origins.get(key) is origin:
                self._origins[key] = self._origins.pop(key)
            await self._tidy(loop.time())

    async def _tidy(self, now: float) -> None:
        """Throw away pools that nobody used for a while, and then those beyond the number that is kept."""
        over = len(self._origins) - ORIGINS
        for key, origin in list(self._origins.items()):
            if origin.until > now and over <= 0:
                break  # those that follow were used later
            if not origin.users and self._origins.get(key) is origin:
                over -= 1
                del self._origins[key]
                await origin.pool.aclose()

    def _pool(self, scheme: str) -> httpcore2.AsyncConnectionPool:
        if self._context is None and scheme == "https":
            self._context = ssl.create_default_context()
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._context,
            max_connections=CONNECTIONS,
            max_keepalive_connections=KEPT,
            keepalive_expiry=IDLE,
            network_backend=self._backend,
        )


@dataclass
class _Origin:
    pool: httpcore2.AsyncConnectionPool
    users: int = 0
    until: float = 0.0


@dataclass
class _Heard:
    """What has come of an answer so far."""

    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytearray = field(default_factory=bytearray)


def _request(place: Place, headers: Mapping[str, str], body: bytes, timeout: float) -> httpcore2.Request:
    said = {"accept-encoding": "identity", **headers, "host": place.authority, "content-length": str(len(body))}
    # A path may hold any letter, and what is percent-encoded already stays as it is.
    path = quote(place.path, safe="".join(map(chr, range(0x21, 0x7F))))
    return httpcore2.Request(
        "POST",
        httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=path),
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in said.items()],
        content=body,
        extensions={"timeout": {"connect": timeout / 2}},  # the deadline is for the rest
    )


async def _exchange(pool: httpcore2.AsyncConnectionPool, asked: httpcore2.Request, heard: _Heard) -> None:
    answer = await pool.handle_async_request(asked)
    try:
        heard.status = answer.status
        heard.headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in answer.headers]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MOMENT if 200 <= answer.status < 300 else None):
                await _read(answer, heard)  # what is not read to its end closes the connection
        extensions = cast("dict[str, object]", answer.extensions)
        line = extensions["network_stream"]
        if isinstance(line, _Line):
            line.judge(heard)
    finally:
        await answer.aclose()


async def _read(answer: httpcore2.Response, heard: _Heard) -> None:
    async with contextlib.aclosing(answer.aiter_stream()) as pieces:
        async for piece in pieces:
            room = BODY - len(heard.body)
            heard.body += piece[:room]
            if len(piece) > room:
                return


def _alone(said: bytes, heard: _Heard) -> bool:
    """Whether what was said is this answer, which was read to its end, and nothing after it; False when in doubt.

    The answer's head ends at the first blank line, or later (after a 100). So what follows the first one, if it is just
    as long as the body should be, has nothing after it.
    """
    blank = _BLANK.search(said)
    if blank is None:
        return False
    rest = len(said) - blank.end()
    lengths = [value for name, value in heard.headers if name == "content-length"]
    if heard.status in {204, 304}:
        return rest == 0
    if any(name == "transfer-encoding" for name, _ in heard.headers):
        return _chunks_end(said, blank.end()) == len(said)
    return len(lengths) == 1 and lengths[0] == str(rest)


def _chunks_end(said: bytes, at: int) -> int | None:
    """Where a body in chunks ends, if it is of the plain kind: without extensions and trailers."""
    while chunk := _CHUNK.match(said, at):
        size = int(chunk[1], 16)
        at = chunk.end() + size + 2
        if said[at - 2 : at] != b"\r\n":
            return None
        if size == 0:
            return at
    return None


class _Backend(Backend):
    """Connects to where a name stands, if that is outside."""

    def __init__(self, reach: Reach, resolve: Resolve) -> None:
        self._reach, self._resolve = reach, resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to one of the host's addresses: the first that answers, each in its share of the time."""
        addresses = (await self._addresses(host, port, timeout))[:TRIED]
        share = None if timeout is None else timeout / max(1, len(addresses))
        trouble: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                found = await super().connect_tcp(address, port, share, local_address, socket_options)
                return _Line(found)
            except httpcore2.ConnectTimeout as error:
                trouble = error
            except httpcore2.ConnectError as error:
                if isinstance(error.__cause__, OSError) and error.__cause__.errno in SHORT:
                    raise error.__cause__ from None
                trouble = httpcore2.ConnectError(f"no connection to {host}: {_words(error.__cause__)}")
        raise trouble

    async def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        """All of them, if every one may be called; or ConnectError, or ConnectTimeout."""
        try:
            async with asyncio.timeout(timeout):
                found = await self._resolve(host, port) if is_name(host) else [host]
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"nobody said within {timeout:g} s where {host} is") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} has no address: {_words(error)}") from error
        addresses = list(dict.fromkeys(found))
        for address in addresses:
            if refused := refusal(address, self._reach):
                said = f"{host} leads inside" if is_name(host) else f"the target is {refused}"
                raise httpcore2.ConnectError(f"{said}: {NOWHERE}")
        return addresses


class _Line(httpcore2.AsyncNetworkStream):
    """A connection that takes no more than so much of an answer, a little at a time, and is over when more came."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._left = HEARD
        self._said = bytearray()  # since the last write
        self._over = False

    def judge(self, heard: _Heard) -> None:
        """Once an answer was read: a connection that said anything else is not used again."""
        self._over = not _alone(bytes(self._said), heard)
        self._said.clear()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self._left:
            raise httpcore2.ReadError(f"the answer has more than {HEARD} bytes before its body ends")
        if self._left < HEARD:
            await asyncio.sleep(0)  # what has come already would be read without a pause
        heard = await self._stream.read(min(max_bytes, self._left, AT_ONCE), timeout)
        if not heard and self._left == HEARD:
            raise httpcore2.ReadError("the connection was closed without an answer")
        self._left -= len(heard)
        self._said += heard
        return heard

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._left < HEARD and self._stream.get_extra_info("is_readable"):
            raise StaleError("the connection was closed, or spoke out of turn")
        self._left = HEARD
        self._said.clear()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return _Line(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except httpcore2.ConnectError as error:
            raise httpcore2.ConnectError(f"no TLS with {server_hostname}: {_words(error.__cause__)}") from error

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._over:
            return True  # a connection that has something to say before it is asked is thrown away
        return self._stream.get_extra_info(info)


class _Names:
    """Where names stand, as the system says it: in threads of its own, of which an app has only some."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, "names")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}  # a name is asked for once at a time
        self._shares: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()  # of apps that ask

    async def resolve(self, host: str, port: int) -> list[str]:
        """Raises OSError when there is no such name."""
        key = (host, port)
        if key not in self._asked:
            share = self._shares.setdefault(_whose.get(), asyncio.Semaphore(LOOKUPS_EACH))
            await share.acquire()
            if key in self._asked:  # meanwhile
                share.release()
            else:
                self._ask(key, share)
        return await asyncio.shield(self._asked[key])

    def _ask(self, key: tuple[str, int], share: asyncio.Semaphore) -> None:
        """The share is given back when the system has answered, not when those who asked have gone."""

        def done(future: asyncio.Future[list[str]]) -> None:
            self._asked.pop(key, None)
            share.release()
            if not future.cancelled():
                future.exception()  # those who asked may all have gone

        self._asked[key] = asked = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, *key)
        asked.add_done_callback(done)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _words(error: BaseException | None) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not good: {error.verify_message}"
        case ssl.SSLError(reason=str(reason)):
            return reason.replace("_", " ").lower()
        case ssl.SSLError():
            return str(error)
        case ConnectionRefusedError():
            return "it was refused"
        case OSError(errno=int(code)) if code > 0:
            return os.strerror(code)  # its own words may hold the address
        case OSError(strerror=str(why)) if why:
            return why
        case _:
            return str(error) or type(error).__name__
