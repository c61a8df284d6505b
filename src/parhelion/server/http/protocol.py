"""uvicorn's HTTP parser, held to bounds: what one connection may cost before anybody knows who it is.

- A head, or the trailers of a body, that are not whole when 64 kB of them came are refused; so is a head that is not
  whole 30 seconds after its first byte, or after the connection was made.
- At most 32 requests wait behind the one that is being answered.
- Who leaves an answer without end unread for 30 seconds is cut off. When the server stops, such an answer is told to
  end, and has a second to reach its client.
- Headers are those of the head: what comes in trailers, after a body, is not one.
- An upgrade is not made, so its request is an ordinary one (RFC 9110, 7.8), with its body.
- What is not HTTP is refused in the API's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ...wire import BadRequest, Errors
from ...wire.writing import write as to_json

HEAD = 64 * 1024  # bytes
HEAD_TIME = 30.0  # seconds
WAITING = 32  # requests
UNREAD = 30.0  # seconds
LAST_WORDS = 1.0  # seconds
CONNECTION = "parhelion.connection"  # of a scope: the protocol, where it is ours
_TOO_LARGE = b"431 Request Header Fields Too Large", "The head of a request is limited to 65536 bytes."
_MALFORMED = b"400 Bad Request", "This is not a request of HTTP/1.1."
_HOP = (b"upgrade", b"connection", b"http2-settings")


class BoundedProtocol(HttpToolsProtocol):
    """For `uvicorn.Config(http=BoundedProtocol)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unheard = 0  # bytes since the last that meant something: of a head, a chunk's line, trailers
        self._in_head = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._end: Callable[[], None] | None = None  # of the answer that has none of its own
        self._unread_timer: asyncio.TimerHandle | None = None
        self._stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_TIME, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._end = None
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._unheard > HEAD:
            self._refuse(*_TOO_LARGE)
            return
        self._unheard += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(*_MALFORMED)
        if self._in_head and self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIME, self.transport.abort)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._unheard, self._in_head = 0, False
        self._stop_timer()
        if self.parser.should_upgrade():
            return  # the parser stops here: see _go_on_without_upgrade
        if len(self.pipeline) >= WAITING:
            self.transport.abort()
            return
        super().on_headers_complete()
        self.scope["headers"] = [*self.headers]
        self.scope[CONNECTION] = self  # type: ignore[literal-required]  # ASGI has no such key

    def on_body(self, body: bytes) -> None:
        self._unheard = 0
        if not self.parser.should_upgrade():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            self._unheard = 0
            super().on_message_complete()

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
        super().shutdown()
        self._stopping = True
        self._end_now()

    def endless(self, end: Callable[[], None]) -> None:
        """The answer that begins now has no end, but for `end`: it is called when the server stops."""
        self._end = end
        self._watch()
        if self._stopping:
            self._end_now()

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

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
