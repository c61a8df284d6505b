"""uvicorn's HTTP parser, held to bounds: what one connection may cost before anybody knows who it is.

- A head, or the trailers of a body, that are not whole when 64 kB of them came are refused; so is a head that is not
  whole 30 seconds after its first byte, or after the connection was made.
- At most 32 requests wait behind the one that is being answered.
- Who leaves an answer without end unread for 30 seconds is cut off. When the server stops, such an answer is told to
  end, and has a second to reach its client.
- When the server is about to stop, each answer says that it was the last of its connection: so a proxy that keeps
  connections has none left that it would ask on in the moment in which they end.
- When the server stops, a connection on which nothing is asked stays for a second: what is on its way there already is
  answered, and told that it was the last.
- Headers are those of the head: what comes in trailers, after a body, is not one.
- An upgrade is not made, so its request is an ordinary one (RFC 9110, 7.8), with its body.
- What is not HTTP is refused in the API's words.
- A body of which nothing comes for 30 seconds, while somebody waits for it, is not waited for any longer.
- When there is too much to do, a request is answered 503 at its head: see overload.py. What was pipelined behind others
  is not answered then; those are, and the connection ends. /readyz is answered in any case: a proxy that is told no
  sends all of it to the other nodes, which have as much to do. So are /healthz, or a supervisor would end who is busy,
  and /metrics.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ...wire import BadRequest, Errors
from ...wire.writing import write as to_json
from ..rows.answered import REMEMBERED
from . import metrics, readiness
from .asgi import Message, Receive, Scope, Send
from .overload import AGAIN, BUSY, SURPLUS, Gate

HEAD = 64 * 1024  # bytes
HEAD_TIME = 30.0  # seconds
WAITING = 32  # requests
UNREAD = 30.0  # seconds
SILENCE = 30.0  # seconds
SURPLUS_TIME = 5.0  # seconds that a connection too many has for its head
LINGER = 2.0  # seconds in which who was hung up on may read why: an end at once could overtake the answer
LAST_WORDS = 1.0  # seconds
LAST_CALL = 1.0  # seconds
CONNECTION = "parhelion.connection"  # of a scope: the protocol, where it is ours
_TOO_LARGE = b"431 Request Header Fields Too Large", "The head of a request is limited to 65536 bytes."
_MALFORMED = b"400 Bad Request", "This is not a request of HTTP/1.1."
_HOP = (b"upgrade", b"connection", b"http2-settings")
_READS = (b"GET", b"HEAD")
_ALWAYS = frozenset(
    path.encode() for path in (readiness.HEALTH, readiness.PATH, f"{readiness.PATH}?strict", metrics.PATH)
)
_TOO_MUCH = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json; charset=utf-8\r\n"
    b"content-length: %d\r\nretry-after: %d\r\n" % (len(BUSY), AGAIN)
)
_HONOURED = b"idempotency-key-ttl: %d\r\n" % REMEMBERED  # so that a client that hears it for the first time asks again


class Turn:
    """The application for one request, counted while it is the server's turn: see overload.py."""

    __slots__ = ("_app", "_counted", "_cycle", "_gate", "_reads", "_receive", "_send")

    def __init__(self, gate: Gate, app: Any, *, reads: bool) -> None:
        self._gate, self._app, self._reads = gate, app, reads
        self._counted = False

    def begin(self, cycle: RequestResponseCycle | None = None) -> None:
        if cycle is not None:
            self._cycle = cycle
        self._counted = True
        self._gate.begin(reads=self._reads)

    def end(self) -> None:
        if self._counted:
            self._counted = False
            self._gate.end(reads=self._reads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        try:
            await self._app(scope, self._hear, self._say)
        finally:
            self.end()

    def _hear(self) -> Awaitable[Message]:
        more_to_come = self._cycle.more_body and not self._cycle.body
        return self._wait() if more_to_come and self._counted else self._receive()

    async def _wait(self) -> Message:
        self.end()
        silence = asyncio.get_running_loop().call_later(SILENCE, self._cycle.transport.abort)
        try:
            return await self._receive()
        finally:
            silence.cancel()
            self.begin()

    def _say(self, message: Message) -> Awaitable[None]:
        self.end()
        return self._send(message)


class BoundedProtocol(HttpToolsProtocol):
    """For `uvicorn.Config(http=BoundedProtocol)`, or `partial(BoundedProtocol, gate=...)`."""

    def __init__(self, *args: Any, gate: Gate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate: Gate = gate or vars(self.server_state).setdefault("gate", Gate())  # one for all of a server
        self._application: Any = self.app
        self._surplus = False  # a connection too many
        self._passing_over = False  # this request
        self._deaf = False  # to all that still comes
        self._unheard = 0  # bytes since the last that meant something: of a head, a chunk's line, trailers
        self._in_head = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._end: Callable[[], None] | None = None  # of the answer that has none of its own
        self._unread_timer: asyncio.TimerHandle | None = None
        self._stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._surplus = self._is_too_many()
        self._head_timer = self.loop.call_later(SURPLUS_TIME if self._surplus else HEAD_TIME, transport.abort)
        if self._is_too_many(SURPLUS):
            self._gate.tally.count("connections beyond all bounds")
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._end = None
        self.resume_writing()
        super().connection_lost(exc)
        for _, turn in self.pipeline:  # nobody will start them
            turn.end()  # type: ignore[attr-defined]  # each is a turn
        self.pipeline.clear()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        if self._unheard > HEAD:
            self._refuse(*_TOO_LARGE)
            return
        self._unheard += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as trouble:
            if isinstance(trouble.__context__, MemoryError):  # ours: the request is as good as any
                self.transport.abort()
            else:
                self._refuse(*_MALFORMED)
        if self._in_head and self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIME, self.transport.abort)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._passing_over = True, self._deaf

    def on_headers_complete(self) -> None:
        self._unheard, self._in_head = 0, False
        self._stop_timer()
        if self.parser.should_upgrade():
            return  # the parser stops here: see _go_on_without_upgrade
        if len(self.pipeline) >= WAITING:
            self.transport.abort()
            return
        if self._passing_over or self._is_turned_away(reads := self.parser.get_method() in _READS):
            return
        self._unset_keepalive_if_required()
        self.app = turn = Turn(self._gate, self._application, reads=reads)
        super().on_headers_complete()
        turn.begin(self.cycle)
        self.cycle.keep_alive = self.cycle.keep_alive and not self.is_leaving
        self.scope["headers"] = [*self.headers]
        self.scope[CONNECTION] = self  # type: ignore[literal-required]  # ASGI has no such key

    def on_body(self, body: bytes) -> None:
        self._unheard = 0
        cycle = self.cycle
        if self._passing_over or self.parser.should_upgrade() or cycle.response_complete:
            return
        if not cycle.body:  # the first piece as it is: uvicorn copies it into its buffer, and out again
            cycle.body, body = body, b""  # type: ignore[assignment]
        elif isinstance(cycle.body, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
            cycle.body = bytearray(cycle.body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            self._unheard = 0
            if not self._passing_over:
                super().on_message_complete()
            elif not self._deaf:
                self._await_another()

    def on_response_complete(self) -> None:
        self._end = None
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def shutdown(self) -> None:
        self._stopping = True
        if self._is_idle():
            self.loop.call_later(LAST_CALL, self._close_if_idle)
        else:
            super().shutdown()
        self._end_now()

    def endless(self, end: Callable[[], None]) -> None:
        """The answer that begins now has no end, but for `end`: it is called when the server stops."""
        self._end = end
        self._watch()
        if self._stopping:
            self._end_now()

    @property
    def is_leaving(self) -> bool:
        """Whether no further request is to come here."""
        return self._stopping or self._gate.leaving

    def _is_idle(self) -> bool:
        return getattr(self, "cycle", None) is None or self.cycle.response_complete

    def _close_if_idle(self) -> None:
        if self._is_idle():
            self.transport.close()

    def drop(self) -> None:
        """Nothing more is answered on this connection, and it is at its end."""
        self.transport.abort()

    def _end_now(self) -> None:
        if self._end is not None:
            self._end()
            self.loop.call_later(LAST_WORDS, self.transport.abort)

    def _watch(self) -> None:
        if self._end is not None and self.flow.write_paused and self._unread_timer is None:
            self._unread_timer = self.loop.call_later(UNREAD, self.transport.abort)

    def _go_on_without_upgrade(self, rest: bytes) -> None:
        """The same request once more, to a fresh parser, without what asked for the upgrade."""
        if self.parser.get_method() == b"CONNECT":  # would be an upgrade again, without end
            self._refuse(*_MALFORMED)
            return
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            if name not in _HOP:
                head += [name, b": ", value, b"\r\n"]
            elif name == b"connection" and b"close" in value.lower():
                head.append(b"connection: close\r\n")
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"".join([*head, b"\r\n", rest]))

    def _refuse(self, status: bytes, title: str) -> None:
        cycle = getattr(self, "cycle", None)
        if cycle is not None and not (cycle.response_complete or cycle.more_body):
            self.transport.abort()  # an answer to an earlier request is under way: this would be taken for it
            return
        body = to_json(Errors(errors=BadRequest(title).errors))
        head = b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n" % status
        self.transport.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        self.transport.close()

    def _is_too_many(self, beyond: int = 0) -> bool:
        return len(self.connections) > self._gate.connections + beyond

    def _is_turned_away(self, reads: bool) -> bool:
        """Whether this request, of which the head is known, has been answered 503."""
        self._surplus = self._surplus and self._is_too_many()
        if self._surplus:
            self._gate.tally.count("too many connections")
        elif self._gate.is_full(reads=reads) and self.url not in _ALWAYS:
            self._gate.tally.count("too many that read" if reads else "too many that write")
        else:
            return False
        self._passing_over = True
        if self.cycle and not self.cycle.response_complete:
            self.cycle.keep_alive = False  # the last before it: answers come in their order
            self._deaf = True
        elif self.flow.write_paused:
            self.transport.abort()  # it does not read what it is answered
        else:
            self._turn_away()
        return True

    def _turn_away(self) -> None:
        parser, head = self.parser, [_TOO_MUCH]
        head += [b"%b: %b\r\n" % each for each in self.server_state.default_headers]
        if any(name == b"idempotency-key" for name, _ in self.headers):
            head.append(_HONOURED)
        stays = parser.get_http_version() != "1.0" and parser.should_keep_alive()
        stays = stays and not (self._surplus or self.is_leaving)
        head.append(b"\r\n" if stays else b"connection: close\r\n\r\n")
        if parser.get_method() != b"HEAD":
            head.append(BUSY)
        self.transport.write(b"".join(head))
        if stays:
            self._await_another()
        else:
            self._deaf = True
            self.transport.write_eof()
            self.loop.call_later(LINGER, self.transport.abort)

    def _await_another(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
