"""Lines that have an end, without IO: the steps are those of a stream that is listened to (see listening).

    an answer that breaks off      the same is asked for after the last line that was whole
    the line of kind "end"         the flow returns

What is asked for after a line has no first line of its own, so the flow keeps what that said: up to where it all goes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..operations import Declared, Download
from ..wire import ApiError, Error, ExportEnd, ExportHeader, ExportLine, NoAnswer, ParhelionError
from ..wire.export import place_of
from ..wire.reading import tolerant
from .ask import ask
from .flow import UNREADABLE, Settings, Sleep, authorize, last, passing, refused, retry_after
from .listening import Frames, More, Told, explanation, kind_of, listening, pause
from .transport import Head, Request, Response


def streamed(
    operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings, kind: type[Any]
) -> Frames[Any]:
    """The flow of whatever is told over a connection that stays open."""
    flow = _downloading if isinstance(operation, Download) else listening
    return flow(operation, app_id, arguments, settings, kind)


def _downloading(
    operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings, kind: type[Any]
) -> Frames[Any]:
    _request(operation, app_id, arguments, settings)  # what cannot be asked is refused before anything is sent
    return _lines(operation, app_id, arguments, settings, kind)


def _request(operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings) -> Request:
    request = ask(operation, app_id, arguments, settings.origin, settings.prefix)
    request.headers.update(settings.headers)
    request.headers["accept"] = Download.media_type
    request.harmless = True
    authorize(request, settings)
    return request


def _lines(
    operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings, kind: type[Any]
) -> Frames[Any]:
    place: str | None = arguments.get("after")
    until = (place or "").partition("@")[2]
    opened = False
    attempt = 0  # in a row, without a line
    while True:
        problem: ParhelionError
        told: float | None = None
        try:
            asked = arguments if place is None else {**arguments, "after": place}
            head = yield _request(operation, app_id, asked, settings)
            assert head is not None  # noqa: S101 - a Request is answered by a Head
            assert not isinstance(head, bytes)  # noqa: S101
            if head.status == 200 and kind_of(head) == Download.media_type:
                if not opened:
                    opened = True
                    yield Told(None, place)
                held = b""
                while piece := (yield More()):
                    assert isinstance(piece, bytes)  # noqa: S101 - More is answered by bytes
                    *whole, held = (held + piece).split(b"\n")
                    for said in filter(None, whole):
                        line: ExportLine = _read(said, kind, head, settings)
                        attempt = 0
                        if isinstance(line, ExportHeader):
                            until = line.until or ""
                        place = f"{place_of(line)}@{until}" if until else place_of(line)
                        yield Told(line, place)
                        if isinstance(line, ExportEnd):
                            return
                problem = NoAnswer("The lines broke off", sent=True)
            else:
                problem = refused(operation, Response(head.status, head.headers, (yield from explanation())))
                told = retry_after(head.headers, settings.clock)
                if not passing(head.status, told):
                    raise problem
        except NoAnswer as lost:
            problem = lost
        attempt += 1
        if attempt >= settings.patience.attempts:
            raise last(problem, attempt, perhaps_done=True)
        yield Sleep(pause(settings.patience, attempt, None, told))


def _read(said: bytes, kind: type[Any], head: Head, settings: Settings) -> Any:
    """Who takes all of it along must not lose a line: one that cannot be read is an error."""
    try:
        return tolerant(said, kind, settings.tell)
    except (msgspec.DecodeError, RecursionError) as error:
        why = f"a line of the export cannot be read: {error}"
        raise ApiError.of(head.status, [Error(code=UNREADABLE, title=why)], head.headers, said[:1000]) from error
