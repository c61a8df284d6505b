"""What happens in an app, as it happens, for the page that is open: the API's stream, with messages drawn.

the API's stream    -> frames of events
here                -> message | typing | read | control | change, as JSON: {"conversation": ..., "html": ...}
chat.js             puts it where it belongs, and comes back with the last token when the connection is lost
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ...client.ask import ask
from ...client.listening import limits
from ...client.sse import Frame, Parser
from ...client.transport import Timeout
from ...operations import Events
from ...wire import (
    ApiError,
    ConversationMessageEvent,
    ConversationReadEvent,
    ConversationTypingEvent,
    Errors,
    Event,
    MethodNotAllowed,
    NoAnswer,
)
from ...wire.reading import tolerant
from .drawing import draw
from .inside import Answer
from .plain import plain
from .visit import INSIDE, Visit

HEARD = (
    "conversation:create",
    "conversation:join",
    "conversation:leave",
    "conversation:message",
    "conversation:read",
    "conversation:remove",
    "conversation:typing",
    "switchboard:acceptControl",
    "switchboard:offerControl",
    "switchboard:passControl",
    "switchboard:releaseControl",
)
HEADERS = {"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"}


async def live(visit: Visit) -> Response:
    """The stream. One that has ended is opened again by the browser, which says how far it came."""
    if visit.request.method != "GET":  # what has no end has no head alone
        raise MethodNotAllowed(headers={"allow": "GET"})
    said = {"triggers": list(HEARD), "include_full_user": True}
    request = ask(Events.listen, visit.app_id, said, INSIDE, "")
    request.headers.update({"accept": "text/event-stream", "authorization": f"Bearer {visit.held.token}"})
    last = visit.request.headers.get("last-event-id") or visit.asked("after")
    if last and last.isascii() and last.isprintable():
        request.headers["last-event-id"] = last
    answer = await visit.transport.stream(request, limits(Timeout()))
    if answer.status != 200:
        body = b"".join([each async for each in answer])
        await answer.close()
        raise ApiError.of(answer.status, tolerant(body, Errors, lambda _: None).errors, answer.headers, body)
    return Streaming(visit, answer)


class Streaming(StreamingResponse):
    """What comes of the API's stream. That one ends with it, however it ends, and though it never began."""

    def __init__(self, visit: Visit, answer: Answer) -> None:
        super().__init__(_told(visit, answer), headers=HEADERS)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.close()


async def _told(visit: Visit, answer: Answer) -> AsyncIterator[bytes]:
    parser = Parser()
    yield b"retry: 1000\n: here it begins\n\n"
    try:
        async for piece in answer:
            frames = list(parser.feed(piece))
            for frame in frames:
                yield _drawn(visit, frame)
            if not frames:
                yield b": still here\n\n"
    except NoAnswer:  # it broke off: the browser asks again
        return


def _drawn(visit: Visit, frame: Frame) -> bytes:
    """What the page is told of an event; the token goes along, also where there is nothing to tell."""
    said = f"id: {frame.id}\n".encode() if frame.id is not None else b""
    if frame.data is None:
        return said + b"event: beat\ndata: {}\n\n"
    try:
        event = tolerant(frame.data.encode(), Event, lambda _: None)
    except msgspec.DecodeError:  # of no shape at all: the page goes on without it
        return said + b"event: beat\ndata: {}\n\n"
    name, told = _page_event(visit, event)
    return said + b"event: %b\ndata: %b\n\n" % (name, msgspec.json.encode(told))


def _page_event(visit: Visit, event: Any) -> tuple[bytes, dict[str, Any]]:
    conversation = getattr(getattr(event, "payload", None), "conversation", None)
    told: dict[str, Any] = {"conversation": conversation.id if conversation is not None else None}
    match event:
        case ConversationMessageEvent():
            message = event.payload.message
            who = plain(message.author.display_name) or message.author.type
            drawn = draw(visit, message, event.payload.conversation.id)
            told |= {"html": str(drawn), "by": message.author.type}
            return b"message", {**told, "who": who, "user": message.author.user_id}
        case ConversationTypingEvent():
            activity = event.payload.activity
            author = activity.author
            told |= {"on": activity.type == "typing:start", "by": author.type if author else ""}
            return b"typing", {**told, "user": author.user_id if author else None}
        case ConversationReadEvent():
            author = event.payload.activity.author
            return b"read", {**told, "user": author.user_id if author else None, "at": event.created_at.isoformat()}
        case _:
            return b"change", told
