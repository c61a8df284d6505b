"""What lies between the flow and a socket: a request out, an answer back.

A transport is one method. It sends a request once and says how that ended; whether to try again is the flow's business.
Give a client one of your own to record, to replay, or to go through another HTTP library:

    class Recording:
        def __init__(self, inner: Transport) -> None:
            self.inner, self.seen = inner, []

        def send(self, request: Request, timeout: Timeout) -> Response:
            response = self.inner.send(request, timeout)
            self.seen.append((request.method, request.path, response.status))
            return response

    client = Client(transport=Recording(HttpTransport()))

A pool of httpcore2 is as good as a transport: see `pools`. A transport that was given is closed by its giver.

What only some calls need is apart: `stream`, for answers that have no end. Without it `events.listen` says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from .uploads import Multipart

OURS = frozenset({"authorization", "content-length", "content-type", "host", "idempotency-key", "transfer-encoding"})
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


class Headers(dict[str, str]):
    """Lower-case names to values. What proves who we are is left out of its repr, and so out of logs."""

    def __repr__(self) -> str:
        shown = {name: "..." if name.endswith("authorization") else value for name, value in self.items()}
        return f"Headers({shown})"


def sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that somebody adds, by lower-case name. Errors: ValueError for what is ours, or cannot be sent."""
    found: dict[str, str] = {}
    for given, value in headers.items():
        name = given.lower()
        if name in OURS:
            raise ValueError(f"The header {name} is the client's own")
        if not name or not _TOKEN.issuperset(name) or not value.isascii() or not value.isprintable():
            raise ValueError(f"The header {name!r} cannot be sent: names are tokens, values printable ASCII")
        found[name] = value
    return found


E = TypeVar("E", bound=BaseException)


def bare(error: E) -> E:
    """The error and what led to it, without the frames they came through: these hold headers, and headers a secret."""
    met: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in met:
        met.add(id(each))
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


@dataclass(slots=True)
class Request:
    """What is to be sent.

    `origin` is scheme, host and port ("https://example.org:8443"), `path` the rest of the address with its query.
    The headers are complete but for `host`. `harmless` says that a transport may send it twice without telling.
    """

    method: str
    origin: str
    path: str
    headers: Headers = field(default_factory=Headers)
    body: bytes | Multipart | None = field(default=None, repr=False)
    harmless: bool = False

    @property
    def replayable(self) -> bool:
        """Whether it can be sent again: not when it holds an iterator that was begun."""
        return not isinstance(self.body, Multipart) or self.body.replayable

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole. The names of its headers are lower-case; of a repeated one the values are joined."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long to wait, in seconds; None is for ever.

    `connect` is for a connection, with its TLS handshake; `read` for each silence while sending and while waiting for
    the answer, so a long upload that goes on is not cut short.

        Client(timeout=Timeout(connect=2, read=120))
    """

    connect: float | None = 10.0
    read: float | None = 60.0

    def __post_init__(self) -> None:
        for name, value in (("connect", self.connect), ("read", self.read)):
            if value is not None and not value > 0:
                raise ValueError(f"A timeout is a number of seconds above 0, or None; {name} was {value!r}")


class Transport(Protocol):
    """Sends a request once. Many threads call it at the same time."""

    def send(self, request: Request, timeout: Timeout) -> Response:
        """The answer, read whole and whatever its status; redirects are not followed.

        Raises `NoAnswer` when there is none: with `sent=False` when the request certainly never left whole, so that
        nothing can have been done.
        """
        ...


class AsyncTransport(Protocol):
    """Sends a request once. Many tasks call it at the same time."""

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """As `Transport.send`."""
        ...


class Head(Protocol):
    """What an answer begins with."""

    @property
    def status(self) -> int:
        """As `Response.status`."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """As `Response.headers`."""
        ...


class Stream(Head, Protocol):
    """An answer under way."""

    def __iter__(self) -> Iterator[bytes]:
        """Its body as it comes, in pieces that are not empty. Raises `NoAnswer` when it breaks off or is silent."""
        ...

    def close(self) -> None:
        """Let go of it, from any thread: who waits for a piece has an end of it. May be called twice."""
        ...


class StreamingTransport(Transport, Protocol):
    """A transport that can do more."""

    def stream(self, request: Request, timeout: Timeout) -> Stream:
        """As `send`, but answers as soon as the head is there. `timeout.read` is for each silence afterwards too."""
        ...


class AsyncStream(Head, Protocol):
    """An answer under way."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """As `Stream`."""
        ...

    async def close(self) -> None:
        """Let go of it. May be called twice."""
        ...


class AsyncStreamingTransport(AsyncTransport, Protocol):
    """A transport that can do more."""

    async def stream(self, request: Request, timeout: Timeout) -> AsyncStream:
        """As `StreamingTransport.stream`."""
        ...
