"""/metrics: what was counted, for Prometheus or whoever else reads its text.

on      for whoever reaches it
key     for who has a key of account scope, as Basic credentials: a scraper can send no others that last

It is nobody's request, so no limit counts it; and it is answered when there is too much to do: then it is wanted most.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...wire import Forbidden
from .credentials import Credentials
from .pages import NO_STORE, Asked, Shown

PATH = "/metrics"
Text = Callable[[str], Awaitable[tuple[str, bytes]]]


class Metrics:
    """The page."""

    def __init__(self, text: Text, credentials: Credentials | None) -> None:
        """`text`: by what is accepted. `credentials`: where they are asked for."""
        self._text, self._credentials = text, credentials

    async def __call__(self, asked: Asked) -> Shown:
        asked.only("GET", "HEAD")
        if self._credentials is not None:
            grant = await self._credentials.grant(asked.headers.get(b"authorization"))
            if grant.scope != "account":
                raise Forbidden("Metrics are of all apps, so they take a key of account scope")
        kind, body = await self._text(asked.headers.get(b"accept", b"").decode("latin-1"))
        return Shown(200, [(b"content-type", kind.encode()), NO_STORE], body)
