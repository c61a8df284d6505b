"""The client that answers: a socket and a clock around the flows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, TypeVar, cast

from ..operations import Declared, Listening, RawResponse, Steps
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
from .transport import Request, Response, Stream, Timeout, Transport

if TYPE_CHECKING:
    import ssl

    from .http_client import HttpTransport
    from .pools import Pool
    from .proxies import Given

R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")


class Client(Resources["Client"]):
    """The API, one method an operation: `client.messages.post(...)`, `client.users.get(...)`.

    `url` is the server's address, with or without a path (https://example.zendesk.com/sc). `app_id` is the app whose
    users, conversations and messages are meant. Who asks is `key_id` and `secret`, or a `token`, or `credentials`. What
    is not given is taken from PARHELION_URL, PARHELION_APP_ID, PARHELION_KEY_ID and PARHELION_SECRET.

    `timeout` is in seconds, for connecting and for each silence, or a `Timeout`. `retries` counts the attempts after
    the first, or is a `Patience`; waits grow from half a second to 30, and `Retry-After` is honoured.

    What may have been done is repeated only if that is harmless: GET, PATCH and DELETE are; a POST is when the server
    honours the Idempotency-Key that every POST carries. Such a server says so in its answers, and the client remembers.
    `idempotent=True` says it beforehand, `False` forbids it. See `parhelion.client.flow`.

    `headers` go with every request; `user_agent` is put before the client's own. `tell` hears of each part of an answer
    that could not be read (and was left out); by default it is logged. `around` is a hook around each call, for logs
    and traces: see `parhelion.client.calling`. `transport` replaces sockets altogether: an object with a method `send`,
    or a pool of httpcore2; `ssl_context` and `proxy` (an address, or False for none) configure the usual one.

    A client is safe to use from many threads, and in a child made by fork.

    Errors: ValueError for arguments that cannot be; from a call `ApiError` when the API says no, `NoAnswer` when
    nothing came back; both are a `ParhelionError`.

        with Client("https://example.org", app_id="5f1e...", key_id="app_5f1e...", secret="...") as client:
            for message in client.messages.iterate(conversation_id):
                print(message.received, message.content)
    """

    is_async: Literal[False] = False

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
        transport: Transport | Pool | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Given = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
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
        self._own: HttpTransport | None = None  # a transport that was given is closed by its giver
        if transport is None:
            from .http_client import HttpTransport  # brings TLS with it: not every program that imports us calls

            transport = self._own = HttpTransport(ssl_context=ssl_context, proxy=proxy)
        elif not hasattr(transport, "send"):
            from .pools import Pooled  # nor has every one a pool

            transport = Pooled(cast("Any", transport))
        self._transport = cast("Transport", transport)
        self._sleep = sleep
        super().__init__()

    def for_app(self, app_id: str) -> Client:
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
    ) -> Client:
        """The same client with other options, for a call or for longer. They share connections.

        `headers` are added to those of the client. `idempotency_key` is for one POST that must not be done twice even
        when the program itself is started again: 1 to 255 visible ASCII characters, of your own making. A server that
        honours such keys answers the same once more; for another request under the same key it answers 422.

        client.with_options(timeout=300, retries=0).attachments.upload("film.mp4")
        client.with_options(idempotency_key="order-17").messages.post(conversation_id, "Your order is on its way")
        """
        changed = otherwise(self._settings, retries, headers, idempotency_key)
        return self._sibling(self.app_id, changed, self._timeout if timeout == "same" else timeouts(timeout))

    @property
    def with_raw_response(self) -> RawClient:
        """The same client, whose methods answer with the whole response: its status, headers and bytes.

        A refusal is an `ApiError` as ever; it has `status`, `headers` and `body` itself. What is more than one request
        has no raw response: `iterate`, `listen`, `post_file`, `start`.

        response = client.with_raw_response.messages.list(conversation_id)
        print(response.status, response.request_id, response.parse().messages)
        """
        return RawClient(self)

    def close(self) -> None:
        """Close the connections, for all siblings. A transport that was given is left to its giver."""
        if self._own is not None:
            self._own.close()

    def call(self, operation: Declared[R], arguments: dict[str, Any]) -> R:
        """Carry out an operation: what `client.messages.post` and its sisters do."""
        return _driven(exchange(operation, self.app_id, arguments, self._settings), self._step)

    def call_raw(self, operation: Declared[R], arguments: dict[str, Any]) -> RawResponse[R]:
        """Carry out an operation: what `client.with_raw_response.messages.post` and its sisters do."""
        return _driven(raw(operation, self.app_id, arguments, self._settings), self._step)

    def carry(self, steps: Steps[R]) -> R:
        """Carry out several operations as one: what `client.conversations.start` does."""
        return _driven(steps, lambda asked: self.call(asked.operation, asked.arguments))

    def _step(self, step: Request | Sleep) -> Response | None:
        if isinstance(step, Sleep):
            self._sleep(step.seconds)
            return None
        return self._transport.send(step, self._timeout)

    def walk(self, operation: Declared[Listing[T]], arguments: dict[str, Any]) -> Iterator[T]:
        """Go through a list: what `client.messages.iterate` and its sisters do."""
        walking = Walking(arguments.get("page"))
        while walking.page is not None:
            yield from walking.take(self.call(operation, {**arguments, "page": walking.page}))

    def listen(self, operation: Declared[Any], arguments: dict[str, Any], kind: type[T]) -> Listening[T]:
        """Follow a stream: what `client.events.listen` does. Events are read as `kind`; `msgspec.Raw` are its bytes."""
        open_stream, patient = streaming(self._transport), limits(self._timeout)
        flow = streamed(operation, self.app_id, arguments, self._settings, kind)
        line = _Line(lambda request: open_stream(request, patient), self._sleep)
        return _Heard(flow, line, arguments.get("after"))

    def address(self, operation: Declared[Any], arguments: dict[str, Any]) -> str:
        """Where to send a browser: what `client.oauth.authorize` does."""
        return address(operation, self.app_id, arguments, self._settings)

    def _sibling(self, app_id: str | None, settings: Settings, timeout: Timeout) -> Client:
        other = object.__new__(Client)
        other.app_id, other._settings, other._timeout = app_id, settings, timeout
        other._transport, other._own, other._sleep = self._transport, self._own, self._sleep
        super(Client, other).__init__()
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        at = self._settings.origin + self._settings.prefix
        return f"Client({at!r}, app_id={self.app_id!r}, credentials={type(self._settings.credentials).__name__})"


class RawClient(Resources["RawClient"]):
    """The operations of a `Client`, answering with the whole response: `client.with_raw_response`."""

    is_async: Literal[False] = False

    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__()

    def call(self, operation: Declared[R], arguments: dict[str, Any]) -> RawResponse[R]:
        """As `Client.call_raw`."""
        return self._client.call_raw(operation, arguments)

    def _several(self, *_: object) -> NoReturn:
        raise TypeError("Only a single request has a raw response: not iterate, listen, or what makes several requests")

    walk = listen = carry = address = _several

    def __repr__(self) -> str:
        return f"{self._client!r}.with_raw_response"


def _driven(flow: Generator[S, Any, R], do: Callable[[S], object]) -> R:
    """Do what a flow asks for, tell it what came of that or what went wrong, until it has its result."""
    try:
        step = next(flow)
        while True:
            try:
                brought = do(step)
            except BaseException as trouble:  # noqa: BLE001 - all of it is the flow's: to mend, or to let pass
                step = flow.throw(trouble)
            else:
                step = flow.send(brought)
    except StopIteration as end:
        result: R = end.value
        return result


class _Line:
    """The stream that is open, if one is, and whether there is to be another. May be closed from any thread."""

    def __init__(self, open_stream: Callable[[Request], Stream], sleep: Callable[[float], object]) -> None:
        import threading  # not every program that imports us listens

        self._open, self._sleep = open_stream, sleep
        self._closed = threading.Event()
        self._stream: Stream | None = None
        self._pieces: Iterator[bytes] = iter(())

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def open(self, request: Request) -> Stream:
        self._stream = self._open(request)
        self._pieces = iter(self._stream)
        return self._stream

    def read(self) -> bytes:
        return next(self._pieces, b"")

    def pause(self, seconds: float) -> None:
        self.drop()
        if self._sleep is time.sleep:
            self._closed.wait(seconds)  # the same, but for being woken
        else:
            self._sleep(seconds)

    def drop(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def close(self) -> None:
        self._closed.set()
        self.drop()


class _Heard(Listening[T]):
    """What `listen` gives: the flow at work on a line."""

    def __init__(self, flow: Frames[T], line: _Line, token: str | None) -> None:
        self._line, self._token = line, token
        self._told = _carried_out(flow, line)
        self._opened = False

    @property
    def token(self) -> str | None:
        return self._token

    def __enter__(self) -> Self:
        if not self._opened:
            with contextlib.suppress(StopIteration):  # closed meanwhile
                self._take()
        return self

    def __next__(self) -> T:
        while (event := self._take()) is None:
            pass
        return event

    def _take(self) -> T | None:
        told = next(self._told)
        self._opened, self._token = True, told.token
        return told.event

    def close(self) -> None:
        self._line.close()
        with contextlib.suppress(ValueError):  # another thread is in it, and is at its end
            self._told.close()


def _carried_out(flow: Frames[T], line: _Line) -> Generator[Told[T]]:
    """What is told. Apart from who holds it, so that it closes the line when nobody does."""
    try:
        step = next(flow)
        while not line.is_closed:
            if isinstance(step, Told):
                yield step
                step = next(flow)
            elif isinstance(step, Sleep):
                line.pause(step.seconds)
                step = next(flow)
            else:
                brought: Stream | bytes | NoAnswer
                try:
                    brought = line.open(step) if isinstance(step, Request) else line.read()
                except NoAnswer as lost:
                    brought = lost
                if line.is_closed:  # then it is no trouble, but what was wanted
                    return
                step = flow.throw(brought) if isinstance(brought, NoAnswer) else flow.send(brought)
    except StopIteration:  # there is an end to it
        return
    finally:
        line.drop()
