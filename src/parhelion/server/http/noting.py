"""What is noted of a request for those who watch: nothing that was said in it, and no more than a few words."""

from __future__ import annotations

from collections.abc import Awaitable
from time import perf_counter

from ..ports import GONE, Noted, Watch
from .asgi import Message, Send

NOTED = "parhelion.noted"  # of a scope: what is noted already, as the console asks for a browser: that is one request
PARENTS = (b"traceparent", b"tracestate")


class Ear:
    """Sends an answer, and hears what it is."""

    __slots__ = ("_began", "_noted", "_send")

    def __init__(self, noted: Noted, send: Send) -> None:
        self._noted, self._send, self._began = noted, send, perf_counter()

    def __call__(self, message: Message) -> Awaitable[None]:
        noted = self._noted
        if message["type"] == "http.response.start":
            noted.status, noted.waited = message["status"], perf_counter() - self._began
        elif noted.method != "HEAD":
            noted.size += len(message.get("body", b""))
        return self._send(message)

    def over(self, watch: Watch) -> None:
        """Tell it."""
        noted = self._noted
        noted.seconds = perf_counter() - self._began
        if not noted.status:
            noted.status, noted.waited = GONE, noted.seconds
        watch.answered(noted)


def parents_of(headers: dict[bytes, bytes]) -> dict[str, str]:
    """The headers of W3C's Trace Context."""
    return {name.decode(): headers[name].decode("latin-1") for name in PARENTS if name in headers}
