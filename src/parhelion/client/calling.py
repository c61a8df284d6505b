"""A call, as a hook sees it: for logs, traces and figures.

    @contextmanager
    def logged(call: Call) -> Generator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - begun
            log.info("%s: %s after %.3f s, attempt %d", call.operation_id, call.status, took, call.attempts)

    client = Client(around=logged)

A hook is called with each call, all its attempts together, and answers with a context manager (a plain one, also for an
AsyncClient). What goes wrong passes through it. To see each attempt by itself, wrap the transport: see `transport`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from .transport import Headers


@dataclass(slots=True)
class Call:
    """A call under way. It holds nothing of what is said, and no secret.

    `path` is the operation's, with its names in braces. `headers` go along with every attempt: a hook may add to them
    before the call begins, as a trace does. `status` and `request_id` are those of the last answer, None before.
    """

    operation_id: str
    method: str
    path: str
    app_id: str | None
    headers: Headers = field(default_factory=Headers)
    attempts: int = 0
    status: int | None = None
    request_id: str | None = None


Around = Callable[[Call], AbstractContextManager[object]]
