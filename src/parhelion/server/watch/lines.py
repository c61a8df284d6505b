"""What is logged: a line for each request, and whatever else is said, in one form and on stderr.

    json        an object a line, whatever happens: tracebacks too          for what collects logs
    console     words, in colours where there are some                      for people

A request's line is made by structlog without the detour over the standard library's records, which costs several times
as much. Nothing of a request is in it but what `Noted` has: no address with ids, no query, no secret, no text.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from ...wire import instant
from ..ports import Noted, Unwatched, milliseconds

Form = Literal["json", "console"]
Which = Literal["all", "errors", "none"]
ERRORS = 500  # status, from which on it is one of ours
_TIME = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")
_encode = msgspec.json.Encoder(enc_hook=repr).encode


def report(form: Form) -> None:
    """Tell on stderr what is said through the standard library: warnings, and where it is kept the audit log's head."""
    logging.logProcesses = logging.logThreads = logging.logMultiprocessing = False
    said: Sequence[Processor] = (structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _TIME)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=said,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(form), _as_text],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    if form == "json":  # it is kept
        logging.getLogger("parhelion.audit").setLevel(logging.INFO)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # what is malformed is told to who sent it


class Lines(Unwatched):
    """A line for each request that is over."""

    def __init__(self, form: Form, *, errors: bool = False) -> None:
        """`errors`: only for those that failed for the server's sake."""
        self._from = ERRORS if errors else 0
        proxy = structlog.wrap_logger(
            structlog.BytesLogger(sys.stderr.buffer),
            processors=[_told_last, _encoded] if form == "json" else [_told_last, *_last(form), _as_bytes],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )
        self._log: FilteringBoundLogger = proxy.bind()  # a proxy would put it together anew for each line

    def answered(self, request: Noted) -> None:
        if request.status >= self._from:
            self._log.info("request", request=request)


def _told_last(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    request: Noted = event["request"]
    status = request.status
    return {
        "time": instant(milliseconds(request.began + request.seconds)),
        "level": "error" if status >= ERRORS else "info",
        "event": event["event"],
        "request_id": request.id,
        "app_id": request.app or None,
        "key_id": request.key or None,
        "operation": request.operation,
        "method": request.method,
        "path": request.path or None,
        "status": status,
        "duration_ms": round(request.seconds * 1000, 3),
        "bytes": request.size,
    }


def _last(form: Form) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, _encoded]
    colors = sys.stderr.isatty()
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=colors, timestamp_key="time", exception_formatter=plain)]


def _encoded(_: WrappedLogger, __: str, event: EventDict) -> bytes:
    return _encode(event)


def _as_text(_: WrappedLogger, __: str, said: Any) -> str:
    return said.decode() if isinstance(said, bytes) else said


def _as_bytes(_: WrappedLogger, __: str, said: Any) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
