"""A driver for flows, and a server that behaves as badly as it is told to."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from parhelion.client import Basic, Patience, Request, Response, Timeout
from parhelion.client.flow import Known, Settings, Sleep, exchange
from parhelion.operations import Declared
from parhelion.wire import Author, MessagePost, NoAnswer, ParhelionError, TextMessage

NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z
PATIENCE = Patience(attempts=3, dice=lambda: 1.0)
HELLO = MessagePost(author=Author(type="business"), content=TextMessage(text="hello"))


def settings(**changed: Any) -> Settings:
    usual: dict[str, Any] = {
        "origin": "https://example.org",
        "prefix": "",
        "headers": {"user-agent": "test"},
        "credentials": Basic("key", "secret"),
        "clock": lambda: NOON,
        "patience": PATIENCE,
        "known": Known(),
        "tell": lambda fault: None,
    }
    return Settings(**usual | changed)


def play(operation: Declared[Any], answers: list[Any], using: Settings | None = None, **arguments: Any) -> list[Any]:
    """What the flow asked for (a method, or seconds to wait), and how it ended."""
    flow = exchange(operation, "app1", arguments, using or settings())
    steps: list[Any] = []
    left = list(answers)
    try:
        step = next(flow)
        while True:
            if isinstance(step, Sleep):
                steps.append(step.seconds)
                step = next(flow)
            else:
                steps.append(step.method)
                answer = left.pop(0)
                step = flow.throw(answer) if isinstance(answer, NoAnswer) else flow.send(answer)
    except StopIteration as end:
        return [*steps, end.value]
    except ParhelionError as error:
        return [*steps, error]


@dataclass
class Canned:
    """A transport that answers from a list, and keeps what it was asked."""

    answers: list[Any]
    seen: list[Request] = field(default_factory=list)
    timeouts: list[Timeout] = field(default_factory=list)
    closed: bool = False

    def send(self, request: Request, timeout: Timeout) -> Response:
        self.seen.append(request)
        self.timeouts.append(timeout)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True


@dataclass
class AsyncCanned(Canned):
    async def send(self, request: Request, timeout: Timeout) -> Response:
        return Canned.send(self, request, timeout)

    async def close(self) -> None:
        self.closed = True


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._file = sock.makefile("rb")

    def head(self) -> list[str]:
        """The lines of a request's head; [] at the end of the connection."""
        lines: list[str] = []
        while line := self._file.readline().decode().rstrip("\r\n"):
            lines.append(line)
        return lines

    def request(self) -> tuple[list[str], bytes]:
        head = self.head()
        headers = dict(line.lower().split(": ", 1) for line in head[1:])
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._file.readline(), 16):
                body += self._file.read(size)
                assert self._file.read(2) == b"\r\n"
            assert self._file.read(2) == b"\r\n"
            return head, body
        return head, self._file.read(int(headers.get("content-length", 0)))

    def say(self, text: str | bytes) -> None:
        self.sock.sendall(text.encode() if isinstance(text, str) else text)

    def answer(self, body: str = "{}", status: str = "200 OK", *more: str) -> None:
        lines = "".join(f"{line}\r\n" for line in more)
        self.say(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n{body}")

    def close(self) -> None:
        self._file.close()
        self.sock.close()

    def reset(self) -> None:
        """Go without a goodbye."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


@dataclass
class Server:
    """Where it is, and how many connections it has had."""

    origin: str
    port: int
    connections: int = 0
    trouble: list[BaseException] = field(default_factory=list)


@contextmanager
def serving(handle: Callable[[Peer], Any], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Each connection is given to `handle`, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = Server(f"{'https' if tls else 'http'}://{'localhost' if tls else '127.0.0.1'}:{port}", port)
    threads: list[threading.Thread] = []

    def one(sock: socket.socket) -> None:
        sock.settimeout(10)
        try:
            peer = Peer(tls.wrap_socket(sock, server_side=True) if tls else sock)
        except OSError:  # the client did not like our certificate
            sock.close()
            return
        try:
            handle(peer)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised where the test is
            server.trouble.append(error)
        finally:
            peer.close()

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            threads.append(threading.Thread(target=one, args=(sock,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join(10)
    assert not server.trouble, server.trouble


def polite(peer: Peer) -> None:
    """Answers everything with {}, for as long as it is asked."""
    while peer.request()[0]:
        peer.answer()
