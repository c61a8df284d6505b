"""The API in the same process: a transport that calls the application instead of opening a socket.

What it asks is judged like anybody's: by its token, its app's limits, its bounds. It has no other way in. The request
is told to come from where the browser's came from, so the addresses in its answers are good in that browser.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Scope

from ...client.transport import Request, Response, Timeout
from ...client.uploads import Multipart
from ...wire import NoAnswer

log = logging.getLogger("parhelion.console")
HELD = 16  # pieces of an answer that nobody has taken yet
KEPT = ("type", "asgi", "http_version", "server", "client", "scheme", "state", "root_path")


class Inside:
    """Sends requests to the application. `scope` is the browser's request."""

    def __init__(self, application: ASGIApp, scope: Scope) -> None:
        self._application, self._scope = application, scope

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """As `AsyncTransport.send`. `timeout` is not used: a browser may take its time for a file."""
        stream = await self.stream(request, timeout)
        try:
            body = b"".join([piece async for piece in stream])
        finally:
            await stream.close()
        return Response(stream.status, stream.headers, body)

    async def stream(self, request: Request, timeout: Timeout) -> Answer:  # noqa: ARG002 - as of `send`
        """As `AsyncStreamingTransport.stream`."""
        answer = Answer(request)
        await answer.begin(self._application, self._asked(request))
        return answer

    def _asked(self, request: Request) -> Scope:
        path, _, query = request.path.partition("?")
        theirs = dict[bytes, bytes](self._scope["headers"])
        host = theirs.get(b"host", b"localhost")
        through = [(name, value) for name, value in self._scope["headers"] if name == b"x-forwarded-for"]
        asked = [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()]
        own = {key: value for key, value in self._scope.items() if key in KEPT or key.startswith("parhelion.")}
        return {
            **own,
            "method": request.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", host), *through, *asked],
        }


class Answer:
    """An answer under way: see `AsyncStream`."""

    status: int
    headers: dict[str, str]

    def __init__(self, request: Request) -> None:
        self._request = _pieces(request)
        self._sent = self._closed = False
        self._left = asyncio.Event()
        self._told: asyncio.Queue[Message | None] = asyncio.Queue(HELD)
        self._task: asyncio.Task[None] | None = None

    async def begin(self, application: ASGIApp, scope: Scope) -> None:
        """Until the head is there."""
        self._task = asyncio.create_task(self._run(application, scope))
        try:
            head = await self._told.get()
        except BaseException:
            await self.close()
            raise
        if head is None:
            await self.close()
            raise NoAnswer("The server is about to stop", sent=True)
        self.status = int(head["status"])
        self.headers = {name.decode().lower(): value.decode("latin-1") for name, value in head["headers"]}

    async def _run(self, application: ASGIApp, scope: Scope) -> None:
        try:
            await application(scope, self._receive, self._told.put)
        except Exception:  # who asks is told that there is no answer, and the log why
            log.exception("the API failed: %s %s", scope["method"], scope["path"])
        finally:
            if not self._closed:
                await self._told.put(None)

    async def _receive(self) -> Message:
        if not self._sent:
            try:
                return {"type": "http.request", "body": await anext(self._request), "more_body": True}
            except StopAsyncIteration:
                self._sent = True
                return {"type": "http.request", "body": b"", "more_body": False}
            except ClientDisconnect:
                return {"type": "http.disconnect"}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """See `AsyncStream`."""
        while (message := await self._told.get()) is not None:
            if message.get("body"):
                yield bytes(message["body"])
            if not message.get("more_body", False):
                return
        raise NoAnswer("The answer broke off", sent=True)

    async def close(self) -> None:
        """See `AsyncStream`."""
        self._closed = True
        self._left.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    match request.body:
        case bytes(body):
            yield body
        case Multipart() as upload if upload.is_async:
            yield upload.head
            async for block in upload.awaited_blocks():
                yield block
            yield upload.tail
        case Multipart() as upload:
            for piece in _held(upload):
                yield piece
        case None:
            pass


def _held(upload: Multipart) -> Iterator[bytes]:
    return (bytes(piece) for piece in upload.chunks())
