"""An answer without an end: pieces go out as they come, until one side has had enough.

    the client hangs up       the subscription ends, and nothing more is sent
    the server stops          its last words, and an end in order: who listens comes back at once, to whoever is there
    may they still listen?    asked again and again; when it is no, an end in order, and the next request is told why
    something fails           the same, and it is logged

How long a client may leave unread what it was sent is the matter of the connection: see protocol.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from ..ports import Clock, Subscription
from .asgi import Headers, Receive, Scope, Send, hang_up
from .protocol import CONNECTION

log = logging.getLogger("parhelion.http")
AGAIN = 10.0  # seconds after which it is asked again; less than from one heartbeat to the next, so at each of them
STOPPING = b": the server stops\n\n"
NO_LONGER = b": not allowed any longer\n\n"
EVENTS = "text/event-stream"  # the only kind of stream in which words may stand that are none of it
HEADERS: Headers = [
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would wait for more
]


async def stream(
    subscription: Subscription,
    allowed: Callable[[], Awaitable[bool]],
    clock: Clock,
    scope: Scope,
    receive: Receive,
    send: Send,
    more: Headers,
    kind: str = EVENTS,
) -> None:
    """Send what comes, which is of a kind. Returns when the answer is over."""
    left = asyncio.ensure_future(hang_up(receive))
    left.add_done_callback(lambda _: subscription.end())
    try:
        if CONNECTION in scope:
            scope[CONNECTION].endless(lambda: subscription.end(STOPPING))
        asked = clock()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", kind.encode()), *HEADERS, *more],
            }
        )
        try:
            async with aclosing(aiter(subscription)) as pieces:
                async for piece in pieces:
                    now = clock()
                    if not asked <= now < asked + AGAIN:  # also when the clock was set back
                        asked = now
                        if not await allowed():
                            subscription.end()
                            if kind == EVENTS:
                                await send({"type": "http.response.body", "body": NO_LONGER, "more_body": True})
                            break
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except Exception:
            log.exception("a stream broke off")
    finally:
        subscription.end()
        left.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})
