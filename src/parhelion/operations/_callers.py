"""Who carries operations out: a client, of one of four manners.

    Client, AsyncClient                       answer with the result, at once or when awaited
    their .with_raw_response                  answer with the whole response, which can be read as the result

The type of an operation's method depends on the manner of its resource's caller, which is how one declaration is typed
for all of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, Self, TypeVar

from ..wire import Listing

if TYPE_CHECKING:
    from ._operation import Declared

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
C_co = TypeVar("C_co", covariant=True)


@dataclass(frozen=True, slots=True)
class RawResponse(Generic[R_co]):
    """An answer as it came, and what it says.

    `headers` have lower-case names; `body` are the bytes of it.

        response = client.with_raw_response.messages.list(conversation_id)
        print(response.status, response.headers["content-type"], len(response.body))
        print(response.parse().messages)
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    _read: Callable[[], R_co] = field(repr=False, compare=False)

    @property
    def request_id(self) -> str | None:
        """What the server calls this request: good to tell when something about it is asked."""
        return self.headers.get("x-request-id")

    def parse(self) -> R_co:
        """What the plain call would have returned. Errors: `ApiError` when the body cannot be read."""
        return self._read()


class Asked(NamedTuple):
    """An operation that is to be carried out, and with what."""

    operation: Declared[Any]
    arguments: dict[str, Any]


Steps = Generator[Asked, Any, R]  # several operations that make one: each is sent what the one before answered


class Listening(Iterator[T_co], Protocol[T_co]):
    """What happens, as it happens: an iterator that has no end until it is closed.

    `with` opens it, and what happens from then on is told. Without `with` it opens when the first event is asked for,
    and closes when nobody holds it any more. It may be closed from another thread: who waits for the next event is at
    the end.

        with client.events.listen() as events:
            for event in events:
                print(event.type)
    """

    @property
    def token(self) -> str | None:
        """Where to go on, after the last event that was handed out: give it as `after`. None until it is open.

        While somebody waits for the next event, the server's heartbeats move it too.
        """
        ...

    def close(self) -> None:
        """Let go of the connection. The iterator is at its end."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncListening(AsyncIterable[T_co], Protocol[T_co]):
    """What happens, as it happens: `Listening` for `async with` and `async for`.

    Who gives up waiting for the next event, as `asyncio.wait_for` may, misses none: it is there the next time, and
    `token` stays before it until then. Who gives up at the `async with` itself has closed it.

        async with client.events.listen() as events:
            async for event in events:
                print(event.type)
    """

    @property
    def token(self) -> str | None:
        """As `Listening.token`."""
        ...

    async def close(self) -> None:
        """As `Listening.close`; from any task."""
        ...

    def __aiter__(self) -> AsyncIterator[T_co]: ...
    async def __anext__(self) -> T_co: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Sync(Protocol):
    """A caller that answers."""

    @property
    def is_async(self) -> Literal[False]: ...
    def call(self, operation: Declared[R], arguments: dict[str, Any]) -> R: ...
    def walk(self, operation: Declared[Listing[T]], arguments: dict[str, Any]) -> Iterator[T]: ...
    def listen(self, operation: Declared[Any], arguments: dict[str, Any], kind: type[T]) -> Listening[T]: ...
    def carry(self, steps: Steps[R]) -> R: ...
    def address(self, operation: Declared[Any], arguments: dict[str, Any]) -> str: ...


class Async(Protocol):
    """A caller that answers when awaited."""

    @property
    def is_async(self) -> Literal[True]: ...
    def call(self, operation: Declared[R], arguments: dict[str, Any]) -> Coroutine[Any, Any, R]: ...
    def walk(self, operation: Declared[Listing[T]], arguments: dict[str, Any]) -> AsyncIterator[T]: ...
    def listen(self, operation: Declared[Any], arguments: dict[str, Any], kind: type[T]) -> AsyncListening[T]: ...
    def carry(self, steps: Steps[R]) -> Coroutine[Any, Any, R]: ...
    def address(self, operation: Declared[Any], arguments: dict[str, Any]) -> str: ...


class RawSync(Protocol):
    """A caller that answers with what came."""

    @property
    def is_async(self) -> Literal[False]: ...
    def call(self, operation: Declared[R], arguments: dict[str, Any]) -> RawResponse[R]: ...


class RawAsync(Protocol):
    """A caller that answers with what came, when awaited."""

    @property
    def is_async(self) -> Literal[True]: ...
    def call(self, operation: Declared[R], arguments: dict[str, Any]) -> Coroutine[Any, Any, RawResponse[R]]: ...


class Resource(Generic[C_co]):
    """The operations of one tag, bound to a caller."""

    def __init__(self, caller: C_co) -> None:
        self.caller = caller

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.caller!r}>"
