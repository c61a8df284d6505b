"""A stream of events, without IO. Nothing is missed, and nothing is told twice.

    flow -> Request -> driver      opens a stream and sends its Head, or throws NoAnswer
    flow -> More    -> driver      sends the next piece, b"" at the end, or throws NoAnswer
    flow -> Sleep   -> driver      lets go of the stream, and waits
    flow -> Told    -> driver      hands its event out, if there is one; with the first one the stream is open
    the flow does not return, but raises ApiError or NoAnswer

Each frame has a token, which the flow keeps. A stream that ends, breaks off or is silent is opened again after the last
token (`Last-Event-ID`), without end. Silent is SILENCE: three of the server's heartbeats. Whoever listens is elsewhere:
a driver may take more than it has handed out, so the token to show is that of the last Told that was handed out.

    how long between       what the stream said (`retry`) or the Patience's first pause, doubled each time that nothing
                           is heard; or what a refusal said (`Retry-After`), however long that is
    when it is given up    at a refusal that will not change (4xx but 408 and 429; 501, 505), and when the first
                           opening was tried as often as any call is: who has the address wrong is told
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import msgspec

from ..operations import Declared
from ..wire import ApiError, Error, NoAnswer, ParhelionError
from ..wire.reading import Fault, tolerant
from .ask import ask
from .flow import UNREADABLE, Patience, Settings, Sleep, authorize, last, passing, refused, retry_after
from .sse import Frame, Parser, TooLongError
from .transport import Head, Request, Response, Timeout

T = TypeVar("T")
SILENCE = 45.0  # seconds
SHORTEST = 0.1  # seconds to wait, whatever a stream says: it may end as soon as it is open
AGES = 365 * 24 * 3600.0  # seconds to wait at the most: a clock cannot be asked to sleep for ever
EXPLAINED = 64 * 1024  # bytes of a refusal that are read
KIND = "text/event-stream"


@dataclass(frozen=True, slots=True)
class More:
    """What the stream brings next is wanted."""


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """Something for whoever listens. Without an event it says where the stream is: that it is open, or a heartbeat."""

    event: T | None
    token: str | None


Frames = Generator[Request | More | Sleep | Told[T], Head | bytes | None, None]


def listening(
    operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings, kind: type[T]
) -> Frames[T]:
    """The flow. Events are read as `kind`. Errors: ValueError for arguments that cannot be."""
    after: str | None = arguments.get("after")
    if after is not None and not _sendable(after):
        raise ValueError("after is the token of a stream, as `token` gave it")
    chosen = {name: value for name, value in arguments.items() if name != "after"}
    request = ask(operation, app_id, chosen, settings.origin, settings.prefix)
    request.headers.update(settings.headers)
    request.headers["accept"] = KIND
    request.harmless = True
    return _listening(operation, request, settings, after, kind)


def limits(timeout: Timeout) -> Timeout:
    """How long a stream is waited for: as long as anything for a connection, and for what it brings as it has to be."""
    return replace(timeout, read=SILENCE)


def streaming(transport: object) -> Any:
    """A transport's ability to stream. Errors: TypeError for one that has none."""
    ability = getattr(transport, "stream", None)
    if ability is None:
        raise TypeError(
            f"{type(transport).__name__} cannot listen: it has no method `stream`, as StreamingTransport has"
        )
    return ability


def _listening(
    operation: Declared[Any], request: Request, settings: Settings, place: str | None, kind: type[T]
) -> Frames[T]:
    opened = False
    retry: float | None = None
    attempt = 0  # in a row, without hearing anything
    while True:
        authorize(request, settings)
        if place is not None:
            request.headers["last-event-id"] = place
        problem: ParhelionError
        told: float | None = None
        try:
            head = yield request
            assert head is not None  # noqa: S101 - a Request is answered by a Head
            assert not isinstance(head, bytes)  # noqa: S101
            if head.status == 200 and kind_of(head) == KIND:
                parser = Parser()
                while piece := (yield More()):
                    assert isinstance(piece, bytes)  # noqa: S101 - More is answered by bytes
                    for frame in _frames(parser, piece, head):
                        attempt = 0
                        event = _event(frame, kind, settings) if _is_news(frame, place) else None
                        if not opened and event is not None:
                            yield Told(None, place)
                        before = place
                        if frame.id is not None and _sendable(frame.id):
                            place = frame.id
                        if event is not None or place != before or not opened:
                            opened = True
                            yield Told(event, place)
                    retry = retry if parser.retry is None else parser.retry / 1000
                problem = NoAnswer("The stream ended", sent=True)
            else:
                problem = refused(operation, Response(head.status, head.headers, (yield from explanation())))
                told = retry_after(head.headers, settings.clock)
                if not passing(head.status, told):
                    raise problem
        except NoAnswer as lost:
            problem = lost
        attempt += 1
        if not opened and attempt >= settings.patience.attempts:
            raise last(problem, attempt, perhaps_done=True)
        yield Sleep(pause(settings.patience, attempt, retry, told))


def explanation() -> Generator[More, Head | bytes | None, bytes]:
    """The body of a refusal, or its beginning."""
    body = b""
    while len(body) < EXPLAINED and (piece := (yield More())):
        assert isinstance(piece, bytes)  # noqa: S101 - More is answered by bytes
        body += piece
    return body[:EXPLAINED]


def _frames(parser: Parser, piece: bytes, head: Head) -> Generator[Frame]:
    try:
        yield from parser.feed(piece)
    except TooLongError as error:  # it would come again, however often the stream is opened
        raise ApiError.of(head.status, [Error(code=UNREADABLE, title=str(error))], head.headers, b"") from error


def _is_news(frame: Frame, place: str | None) -> bool:
    return frame.data is not None and (frame.id is None or frame.id != place)


def _event(frame: Frame, kind: type[T], settings: Settings) -> T | None:
    """What a frame holds; None where that cannot be read at all, which `tell` hears of."""
    try:
        event: T = tolerant((frame.data or "").encode(), kind, settings.tell)
    except (msgspec.DecodeError, RecursionError) as error:
        settings.tell(Fault(f"event {frame.id}", str(error)))
        return None
    return event


def pause(patience: Patience, attempt: int, retry: float | None, told: float | None) -> float:
    """Seconds until it is opened again: as the stream says (`retry`), or a refusal (`told`), or our own patience."""
    told = told if told is None else min(told, AGES)
    first = patience.first if retry is None else max(retry, SHORTEST)
    patient = replace(patience, first=first, longest=max(patience.longest, first, told or 0))
    return patient.pause(attempt, told) or 0.0


def kind_of(head: Head) -> str:
    """The media type of an answer."""
    return head.headers.get("content-type", "").partition(";")[0].strip().lower()


def _sendable(token: str) -> bool:
    """Whether a header can carry it."""
    return bool(token) and token.isascii() and token.isprintable() and token == token.strip()
