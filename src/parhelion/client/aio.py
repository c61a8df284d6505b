"""The client that answers when awaited: the same flows, the same steps."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, TypeVar, cast

from ..operations import AsyncListening, Declared, RawResponse, Steps
from ..wire import Listing, NoAnswer
from ..wire.reading import Fault
from .calling import Around
from .configuration import USUAL_PATIENCE, USUAL_TIMEOUT, configure, otherwise, timeouts
from .credentials import Credentials
from .downloading import streamed
from .flow import Patience, Settings, Sleep, address, exchange, raw
from .listening import Frames, Told, limits, streaming
from .paging import Walking
from .resources import Resources
from .transport import AsyncStream, AsyncTransport, Request, Response, Timeout

if TYPE_CHECKING:
    import asyncio
    import ssl

    from .http_async import AsyncHttpTransport
    from .pools import AsyncPool
    from .proxies import Given

R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")


async def pause(seconds: float) -> None:
    """Let others work for so long."""
    import asyncio  # who calls this has it

    await asyncio.sleep(seconds)


class AsyncClient(Resources["AsyncClient"]):
    """The API, one method an operation, to be awaited: `await client.messages.post(...)`.

    All arguments, the environment, retries and errors are those of `Client`; `sleep` is awaited. Files to upload may be
    async iterables too, and files on disk are read in a thread. Connections belong to the event loop that made them, so
    one client may serve several loops. Needs asyncio.

        async with AsyncClient("https://example.org", app_id="5f1e...", key_id="app_5f1e...", secret="...") as client:
            async for message in client.messages.iterate(conversation_id):
                print(message.received, message.content)
    """

    is_async: Literal[True] = True

    def __init__(
        self,
        url: str | None = None,
        *,
        app_id: str | None = None,
        key_id: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        credentials: Credentials | None = None,
        timeout: float | Timeout | None = USUAL_TIMEOUT,
        retries: int | Patience = USUAL_PATIENCE,
        idempotent: bool | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str | None = None,
        tell: Callable[[Fault], None] | None = None,
        around: Around | None = None,
        transport: AsyncTransport | AsyncPool | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Given = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = pause,
    ) -> None:
        self.app_id, self._settings, self._timeout = configure(
            url=url,
            app_id=app_id,
            key_id=key_id,
            secret=secret,
            token=token,
            credentials=credentials,
            timeout=timeout,
            retries=retries,
            idempotent=idempotent,
            headers=headers,
            user_agent=user_agent,
            tell=tell,
            around=around,
            clock=clock,
        )
        self._own: AsyncHttpTransport | None = None  # a transport that was given is closed by its giver
        if transport is None:
            from .http_async import AsyncHttpTransport  # brings TLS with it: not every program that imports us calls

            transport = self._own = AsyncHttpTransport(ssl_context=ssl_context, proxy=proxy)
        elif not hasattr(transport, "send"):
            from .pools import AsyncPooled  # nor has every one a pool

            transport = AsyncPooled(cast("Any", transport))
        self._transport = cast("AsyncTransport", transport)
        self._sleep = sleep
        super().__init__()

    def for_app(self, app_id: str) -> AsyncClient:
        """The same client for another app. They share connections: closing one closes both.

        other = client.for_app("5f1e...")
        """
        return self._sibling(app_id, self._settings, self._timeout)

    def with_options(
        self,
        *,
        timeout: float | Timeout | Literal["same"] | None = "same",
        retries: int | Patience | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncClient:
        """The same client with other options, for a call or for longer. They share connections.

        `headers` are added to those of the client. `idempotency_key` is for one POST that must not be done twice even
        when the program itself is started again: 1 to 255 visible ASCII characters, of your own making. A server that
        honours such keys answers the same once more; for another request under the same key it answers 422.

        await client.with_options(timeout=300, retries=0).attachments.upload("film.mp4")
        await client.with_options(idempotency_key="order-17").messages.post(conversation_id, "Your order is on its way")
        """
        changed = otherwise(self._settings, retries, headers, idempotency_key)
        return self._sibling(self.app_id, changed, self._timeout if timeout == "same" else timeouts(timeout))

    @property
    def with_raw_response(self) -> AsyncRawClient:
        """The same client, whose methods answer with the whole response: its status, headers and bytes.

        A refusal is an `ApiError` as ever; it has `status`, `headers` and `body` itself. What is more than one request
        has no raw response: `iterate`, `listen`, `post_file`, `start`.

        response = await client.with_raw_response.messages.list(conversation_id)
        print(response.status, response.request_id, response.parse().messages)
        """
        return AsyncRawClient(self)

    async def close(self) -> None:
        """Close the connections, for all siblings. A transport that was given is left to its giver."""
        if self._own is not None:
            await self._own.close()

    async def call(self, operation: Declared[R], arguments: dict[str, Any]) -> R:
        """Carry out an operation: what `client.messages.post` and its sisters do."""
        return await _driven(exchange(operation, self.app_id, arguments, self._settings), self._step)

    async def call_raw(self, operation: Declared[R], arguments: dict[str, Any]) -> RawResponse[R]:
        """Carry out an operation: what `client.with_raw_response.messages.post` and its sisters do."""
        return await _driven(raw(operation, self.app_id, arguments, self._settings), self._step)

    async def carry(self, steps: Steps[R]) -> R:
        """Carry out several operations as one: what `client.conversations.start` does."""
        return await _driven(steps, lambda asked: self.call(asked.operation, asked.arguments))

    async def _step(self, step: Request | Sleep) -> Response | None:
        if isinstance(step, Sleep):
            await self._sleep(step.seconds)
            return None
        return await self._transport.send(step, self._timeout)

    async def walk(self, operation: Declared[Listing[T]], arguments: dict[str, Any]) -> AsyncIterator[T]:
        """Go through a list: what `client.messages.iterate` and its sisters do."""
        walking = Walking(arguments.get("page"))
        while walking.page is not None:
            for item in walking.take(await self.call(operation, {**arguments, "page": walking.page})):
                yield item

    def listen(self, operation: Declared[Any], arguments: dict[str, Any], kind: type[T]) -> AsyncListening[T]:
        """Follow a stream: what `client.events.listen` does. Events are read as `kind`; `msgspec.Raw` are its bytes."""
        open_stream, patient = streaming(self._transport), limits(self._timeout)
        flow = streamed(operation, self.app_id, arguments, self._settings, kind)
        told = _carried_out(flow, lambda request: open_stream(request, patient), self._sleep)
        return _Heard(told, arguments.get("after"))

    def address(self, operation: Declared[Any], arguments: dict[str, Any]) -> str:
        """Where to send a browser: what `client.oauth.authorize` does, without anything to await."""
        return address(operation, self.app_id, arguments, self._settings)

    def _sibling(self, app_id: str | None, settings: Settings, timeout: Timeout) -> AsyncClient:
        other = object.__new__(AsyncClient)
        other.app_id, other._settings, other._timeout = app_id, settings, timeout
        other._transport, other._own, other._sleep = self._transport, self._own, self._sleep
        super(AsyncClient, other).__init__()
        return other

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        at = self._settings.origin + self._settings.prefix
        return f"AsyncClient({at!r}, app_id={self.app_id!r}, credentials={type(self._settings.credentials).__name__})"


class AsyncRawClient(Resources["AsyncRawClient"]):
    """The operations of an `AsyncClient`, answering with the whole response: `client.with_raw_response`."""

    is_async: Literal[True] = True

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        super().__init__()

    async def call(self, operation: Declared[R], arguments: dict[str, Any]) -> RawResponse[R]:
        """As `AsyncClient.call_raw`."""
        return await self._client.call_raw(operation, arguments)

    def _several(self, *_: object) -> NoReturn:
        raise TypeError("Only a single request has a raw response: not iterate, listen, or what makes several requests")

    walk = listen = carry = address = _several

    def __repr__(self) -> str:
        return f"{self._client!r}.with_raw_response"


async def _driven(flow: Generator[S, Any, R], do: Callable[[S], Awaitable[object]]) -> R:
    """Do what a flow asks for, tell it what came of that or what went wrong, until it has its result."""
    try:
        step = next(flow)
        while True:
            try:
                brought = await do(step)
            except BaseException as trouble:  # noqa: BLE001 - all of it is the flow's: to mend, or to let pass
                step = flow.throw(trouble)
            else:
                step = flow.send(brought)
    except StopIteration as end:
        result: R = end.value
        return result


class _Heard(AsyncListening[T]):
    """What `listen` gives: the flow at work.

    A task of its own waits for what the stream brings, which whoever gives up waiting leaves alone. It does not hold
    us, so it ends when nobody does.
    """

    def __init__(self, told: AsyncGenerator[list[Told[T]]], token: str | None) -> None:
        self._told, self._token = told, token
        self._ready = deque[Told[T]]()
        self._taking: asyncio.Task[list[Told[T]]] | None = None
        self._awaited = self._opened = self._closed = False

    @property
    def token(self) -> str | None:
        return self._token

    async def __aenter__(self) -> Self:
        import asyncio

        if not self._opened:
            try:
                await self._take()
            except StopAsyncIteration:  # closed meanwhile
                pass
            except asyncio.CancelledError:  # then nobody leaves what was not entered
                await self.close()
                raise
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while (event := await self._take()) is None:
            pass
        return event

    async def close(self) -> None:
        self._closed = True
        if self._taking is not None:
            import asyncio

            self._taking.cancel()
            await asyncio.wait([self._taking])
        await self._told.aclose()

    def __del__(self) -> None:
        if self._taking is not None:
            with contextlib.suppress(RuntimeError):  # its loop has ended, and has taken it along
                self._taking.get_loop().call_soon_threadsafe(self._taking.cancel)  # garbage is found in any thread

    async def _take(self) -> T | None:
        if self._awaited:
            raise RuntimeError("Another task is waiting for the next event")
        if self._closed:
            raise StopAsyncIteration
        if not self._ready:
            self._ready.extend(await self._more())
        told = self._ready.popleft()
        self._opened, self._token = True, told.token
        return told.event

    async def _more(self) -> list[Told[T]]:
        import asyncio

        if self._taking is None:
            self._taking = asyncio.create_task(_next(self._told))
            self._taking.add_done_callback(_noticed)
        self._awaited = True
        try:
            await asyncio.wait([self._taking])
        finally:
            self._awaited = False
        taken, self._taking = self._taking, None
        if self._closed:
            raise StopAsyncIteration
        return taken.result()


async def _next(told: AsyncGenerator[T]) -> T:
    return await anext(told)


def _noticed(taken: asyncio.Task[Any]) -> None:
    """Trouble is for whoever asks for the next event. If nobody does, it is no news for the loop's handler either."""
    if not taken.cancelled():
        taken.exception()


async def _carried_out(
    flow: Frames[T],
    open_stream: Callable[[Request], Awaitable[AsyncStream]],
    sleep: Callable[[float], Awaitable[object]],
) -> AsyncGenerator[list[Told[T]]]:
    """What is told, with all that is there already. Apart from who holds it, so that it closes the stream when nobody
    does.
    """
    stream: AsyncStream | None = None
    pieces: AsyncIterator[bytes] | None = None
    try:
        step = next(flow)
        while True:
            if isinstance(step, Told):
                ready = [step]
                try:
                    while isinstance(step := next(flow), Told):
                        ready.append(step)
                finally:  # trouble comes after what was there before it
                    yield ready
            elif isinstance(step, Sleep):
                if stream is not None:
                    await stream.close()
                await sleep(step.seconds)
                step = next(flow)
            else:
                brought: AsyncStream | bytes
                try:
                    if isinstance(step, Request):
                        brought = stream = await open_stream(step)
                        pieces = aiter(stream)
                    else:
                        assert pieces is not None  # noqa: S101 - More comes after a Request
                        brought = await anext(pieces, b"")
                except NoAnswer as lost:
                    step = flow.throw(lost)
                else:
                    step = flow.send(brought)
    except StopIteration:  # there is an end to it
        return
    finally:
        if stream is not None:
            await stream.close()
