"""What is answered to a browser, beside the table: a page by its path, shown whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from ...wire import MethodNotAllowed
from ..commands import Whence, here
from .asgi import Headers, Receive, Send

TEXT = (b"content-type", b"text/plain; charset=utf-8")
HTML = (b"content-type", b"text/html; charset=utf-8")
NO_STORE = (b"cache-control", b"no-store")
NO_SNIFF = (b"x-content-type-options", b"nosniff")
NO_REFERRER = (b"referrer-policy", b"no-referrer")


class Asked(NamedTuple):
    """A request for a page."""

    method: str
    base: str  # the address under which the server was asked, up to the page's path
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    receive: Receive
    leaving: bool = False  # the server is about to stop
    came: Callable[[], Whence] = here

    def only(self, *methods: str) -> None:
        """`MethodNotAllowed`, unless it was asked with one of these."""
        if self.method not in methods:
            raise MethodNotAllowed(headers={"allow": ", ".join(methods)})


class Shown(NamedTuple):
    """A page."""

    status: int
    headers: Headers
    body: bytes


Page = Callable[[Asked], Awaitable[Shown]]


async def show(shown: Shown, send: Send, more: Headers) -> None:
    """Send a page. What a HEAD must not have, the server below leaves out."""
    headers = [*shown.headers, *more]
    if shown.status != 304:
        headers.append((b"content-length", b"%d" % len(shown.body)))
    await send({"type": "http.response.start", "status": shown.status, "headers": headers})
    await send({"type": "http.response.body", "body": shown.body})


def fresh_or(asked: Asked, tag: str, headers: Headers, body: bytes) -> Shown:
    """The page, or 304 for who has it already."""
    headers = [(b"etag", tag.encode()), (b"cache-control", b"no-cache"), NO_SNIFF, *headers]
    known = asked.headers.get(b"if-none-match", b"").replace(b"W/", b"").replace(b" ", b"").split(b",")
    return Shown(304, headers, b"") if tag.encode() in known else Shown(200, headers, body)
