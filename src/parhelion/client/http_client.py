"""The sync transport: the standard library's HTTP parser over sockets of our own.

    take an idle connection, or make one -> write -> read the whole answer -> put the connection back, or close it

- The last connection put back is taken first, so that after a rush the others fall silent and are let go.
- An idle connection that has something to read was closed by the server: it is not used. One that turns out to be
  dead at the first byte of the answer is replaced once, at once, if the request may be carried out twice or did not
  leave whole.
- A server may answer before it has heard all (413): its answer is looked for while writing, and after a failed write.
- A request that did not leave whole was not carried out, since the server can tell: that is `NoAnswer(sent=False)`.
- A stream has a connection of its own, which is closed after it. Closing it from another thread shuts the socket down
  and no more: what reads from it wakes up, and cleans up.
- Connections belong to a process: a child made by fork begins with none.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import socket
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, Any, cast

from ..wire import NoAnswer
from .proxies import Given, Proxy, proxy_for
from .sockets import wait
from .transport import Request, Response, Timeout, bare
from .uploads import Multipart

if TYPE_CHECKING:
    import ssl

CHUNK = 64 * 1024
IDLE = 60.0  # seconds; what lies between forgets silent connections, often after a few minutes
KEPT = 32  # idle connections for one server
WANTS = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, 2, 3})  # nothing there yet; TLS says so with 2 (read) and 3 (write)


class HttpTransport:
    """Sends requests over HTTP/1.1; safe to use from many threads.

    `ssl_context` replaces the default one (the system's certificate authorities), `proxy` the environment's: an
    address, or False for none.

        Client("https://example.org", transport=HttpTransport(proxy="http://proxy:3128"))
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, proxy: Given = None) -> None:
        self._context = ssl_context
        self._proxy: Given = proxy
        self._idle: dict[
            str, deque[_Connection]
        ] = {}  # every step on a deque is one atomic step: no lock, none to inherit
        self._pid = os.getpid()
        self._closed = False
        self._streams: set[HttpStream] = set()
        weakref.finalize(self, _let_go, self._idle)

    def send(self, request: Request, timeout: Timeout) -> Response:
        """As `Transport.send`. Raises RuntimeError once closed."""
        if self._closed:
            raise RuntimeError("This client is closed")
        if self._pid != os.getpid():
            self._pid = os.getpid()
            _let_go(self._idle)
        idle = self._idle.setdefault(request.origin, deque())
        connection = _take(idle)
        if connection is not None:
            try:
                return self._exchange(connection, idle, request, timeout)
            except Stale as stale:
                if not request.replayable or not (request.harmless or not stale.sent):
                    raise
        return self._exchange(self._connect(request.origin, timeout), idle, request, timeout)

    def stream(self, request: Request, timeout: Timeout) -> HttpStream:
        """As `StreamingTransport.stream`. Raises RuntimeError once closed."""
        if self._closed:
            raise RuntimeError("This client is closed")
        connection = self._connect(request.origin, timeout)
        try:
            answer, *_ = connection.ask(request, timeout)
        except BaseException:
            connection.close()
            raise
        stream = HttpStream(answer, connection, self._streams.discard)
        self._streams.add(stream)
        if self._closed:  # meanwhile
            stream.close()
        return stream

    def close(self) -> None:
        """Close every connection. Requests under way come to their end, and streams are cut off."""
        self._closed = True
        _let_go(self._idle)
        for stream in list(self._streams):
            stream.close()

    def _exchange(
        self, connection: _Connection, idle: deque[_Connection], request: Request, timeout: Timeout
    ) -> Response:
        try:
            response = connection.exchange(request, timeout)
        except BaseException:
            connection.close()
            raise
        if connection.keeps and not self._closed and len(idle) < KEPT:
            connection.idle_since = time.monotonic()
            idle.append(connection)
        else:
            connection.close()
        return response

    def _connect(self, origin: str, timeout: Timeout) -> _Connection:
        scheme, _, place = origin.partition("://")
        proxy = proxy_for(origin, self._proxy)
        host, port = _host_and_port(place, 443 if scheme == "https" else 80)
        sock: socket.socket | None = None
        try:
            sock = socket.create_connection((proxy.host, proxy.port) if proxy else (host, port), timeout.connect)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if scheme == "http":
                return _Connection(sock, place, proxy)
            if proxy:
                _tunnel(sock, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", proxy)
            if self._context is None:
                import ssl

                self._context = ssl.create_default_context()
            return _Connection(self._context.wrap_socket(sock, server_hostname=host), place, None)
        except BaseException as error:
            if sock is not None:
                sock.close()
            if isinstance(error, (OSError, HTTPException, UnicodeError)):
                through = f" through {proxy.origin}" if proxy else ""
                raise NoAnswer(f"No connection to {origin}{through}: {_why(error)}", sent=False) from bare(error)
            raise


class Stale(NoAnswer):
    """A used connection was dead before the first byte of an answer."""


class _Connection:
    """One socket, and one request at a time on it."""

    def __init__(self, sock: socket.socket, host: str, proxy: Proxy | None) -> None:
        self.sock, self.host, self._proxy = sock, host, proxy
        self.used = False
        self.keeps = True
        self.idle_since = 0.0

    def close(self) -> None:
        self.sock.close()

    def makefile(self, _: str) -> io.BufferedReader:
        """What the parser asks of a socket."""
        return _Reader(self.sock.makefile("rb", buffering=0))

    def exchange(self, request: Request, timeout: Timeout) -> Response:
        answer, whole, broken = self.ask(request, timeout)
        try:
            body = answer.read()
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(f"No answer from {self.host}: {_why(broken or error)}", sent=whole) from bare(error)
        finally:
            answer.close()
        self.keeps = whole and not answer.will_close
        self.used = True
        return Response(answer.status, _headers(answer), body)

    def ask(self, request: Request, timeout: Timeout) -> tuple[HTTPResponse, bool, OSError | None]:
        """The answer with its head read, whether the request left whole, and what broke meanwhile."""
        self.sock.settimeout(timeout.read)
        # The parser has its reader from here on: the answer may be looked for while the request is still going out.
        answer = HTTPResponse(cast("socket.socket", self), method=request.method)
        try:
            whole, broken = self._write(request, timeout.read, answer)
            if isinstance(broken, TimeoutError):
                raise NoAnswer(f"{self.host} stopped listening: {_why(broken)}", sent=False) from bare(broken)
            try:
                _begin(answer)
            except (OSError, HTTPException, ValueError) as error:
                # The status is a word until the first line has been read.
                dead = (
                    self.used
                    and isinstance(error, ConnectionError)
                    and not isinstance(cast("object", answer.status), int)
                )
                kind = Stale if dead else NoAnswer
                raise kind(f"No answer from {self.host}: {_why(broken or error)}", sent=whole) from bare(error)
        except BaseException:
            answer.close()
            raise
        return answer, whole, broken

    def _write(self, request: Request, limit: float | None, answer: HTTPResponse) -> tuple[bool, OSError | None]:
        """Whether all of it left, and what broke. Trouble with the file that is sent is the caller's: not caught."""
        head = memoryview(self._head(request))  # its repr says nothing, and it holds a secret
        if not isinstance(request.body, Multipart) and len(request.body or b"") <= CHUNK:
            try:
                self.sock.sendall(b"".join((head, request.body or b"")))
            except OSError as error:
                return False, error
            return True, None
        for chunk in _pieces(head, request.body):
            try:
                if not self._push(chunk, limit, answer):
                    return False, None
            except OSError as error:
                return False, error
        return True, None

    def _push(self, chunk: bytes | memoryview, limit: float | None, answer: HTTPResponse) -> bool:
        """Write a piece; False when the server has begun to answer instead of listening."""
        view = memoryview(chunk)
        while view:
            readable, writable = wait(self.sock, limit, write=True)
            if readable and self._answers(answer):
                return False
            if writable:
                view = view[self.sock.send(view) :]
            elif not readable:
                raise TimeoutError(f"nothing was taken for {limit:g} s")
        return True

    def _answers(self, answer: HTTPResponse) -> bool:
        """Whether what can be read is an answer, or the end. Under TLS it may be the protocol's own."""
        if not hasattr(self.sock, "pending"):
            return True
        before = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            answer.fp.peek(1)
        except OSError as error:
            return error.errno not in WANTS
        else:
            return True
        finally:
            self.sock.settimeout(before)

    def _head(self, request: Request) -> bytes:
        path = request.path
        own = f"host: {self.host}\r\n"
        if self._proxy:
            path = request.url
            own += f"proxy-authorization: {self._proxy.authorization}\r\n" if self._proxy.authorization else ""
        lines = "".join([f"{name}: {value}\r\n" for name, value in request.headers.items()])
        return f"{request.method} {path} HTTP/1.1\r\n{own}{lines}\r\n".encode("ascii")


class HttpStream:
    """An answer under way: see `Stream`."""

    def __init__(self, answer: HTTPResponse, connection: _Connection, closed: Callable[[HttpStream], object]) -> None:
        self.status, self.headers = answer.status, _headers(answer)
        self._answer, self._connection, self._when_closed = answer, connection, closed
        self._pid = os.getpid()
        self._reading = self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """The next piece: see `Stream`."""
        self._reading = True
        try:
            piece = b"" if self._closed else self._answer.read1(CHUNK)
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(f"No more from {self._connection.host}: {_why(error)}", sent=True) from bare(error)
        finally:
            self._reading = False
            if self._closed:
                self._let_go()
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Let go of it: see `Stream`."""
        self._closed = True
        if self._pid == os.getpid():  # a child made by fork shares the socket, and must not shut it down
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._connection.sock, socket.SHUT_RDWR)
        if not self._reading:  # who reads holds the lock of the reader
            self._let_go()

    def _let_go(self) -> None:
        self._answer.close()
        self._connection.close()
        self._when_closed(self)


class _Reader(io.BufferedReader):
    """Lines that end. The standard parser takes the end of a connection for the end of a head."""

    begun = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(-1 if size is None else size)
        if not line.endswith(b"\n") and len(line) != size and (line or self.begun):
            raise IncompleteRead(line)
        self.begun = True
        return line


def _pieces(head: memoryview, body: bytes | Multipart | None) -> Iterator[bytes | memoryview]:
    yield head
    if not isinstance(body, Multipart):
        yield body or b""
    elif body.length is not None:
        yield from body.chunks()
    else:
        for chunk in body.chunks():
            yield b"".join((b"%x\r\n" % len(chunk), chunk, b"\r\n"))
        yield b"0\r\n\r\n"


def _begin(answer: HTTPResponse) -> None:
    answer.begin()
    while 100 <= answer.status < 200:  # what comes before an answer, such as 103; begin() knows 100 only
        cast("Any", answer).headers = None
        answer.begin()


def _headers(answer: HTTPResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _take(idle: deque[_Connection]) -> _Connection | None:
    while True:
        try:
            connection = idle.pop()
        except IndexError:
            return None
        if time.monotonic() - connection.idle_since < IDLE and not wait(connection.sock, 0)[0]:
            return connection
        connection.close()


def _let_go(idle: dict[str, deque[_Connection]]) -> None:
    for each in list(idle.values()):
        while each:
            try:
                each.pop().close()
            except IndexError:  # another thread took it
                break


def _tunnel(sock: socket.socket, place: str, proxy: Proxy) -> None:
    own = f"proxy-authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    sock.sendall(f"CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n{own}\r\n".encode("ascii"))
    answer = HTTPResponse(sock, method="CONNECT")
    try:
        answer.begin()
    finally:
        answer.close()
    if not 200 <= answer.status < 300:
        raise OSError(f"the proxy answered {answer.status} {answer.reason}")


def _host_and_port(place: str, usual: int) -> tuple[str, int]:
    host, _, port = place.rpartition(":") if not place.endswith("]") and ":" in place else (place, "", "")
    return host.strip("[]"), int(port or usual)


def _why(error: BaseException) -> str:
    return str(error) or type(error).__name__
