"""Webhooks coming in, for a bot behind any web framework.

    from parhelion.receive import Receiver, Refused

With Starlette (or FastAPI):

    receiver = Receiver(os.environ["WEBHOOK_SECRET"])

    async def hook(request: Request) -> Response:
        try:
            with receiver.handling(request.headers, await request.body()) as events:
                for event in events:
                    if isinstance(event, ConversationMessageEvent):
                        await answer(event.payload)
        except Refused as refused:
            return Response(str(refused), refused.status)
        return Response()

With Flask:

    @app.post("/hook")
    def hook():
        try:
            with receiver.handling(request.headers, request.get_data()) as events:
                for event in events:
                    if isinstance(event, ConversationMessageEvent):
                        answer(event.payload)
        except Refused as refused:
            return str(refused), refused.status
        return ""

Whole bots are in examples/. Webhooks of the hosted service are taken in as well: it sends the key, and does not sign.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from .client import receive as client
from .client.receive import Headers, Refused, Seen
from .wire.reading import Fault

__all__ = ["Headers", "Receiver", "Refused", "Seen"]


class Receiver(client.Receiver):
    """Takes webhooks in: `handling(headers, body)` yields the events of a request that are new.

    `secret` is what the answer that created the webhook said; several while one takes the place of another. It has to
    come as X-API-Key. A request that is signed, as this project's server does it (https://www.standardwebhooks.com),
    has to be signed with it, at most `tolerance` seconds from now (300 unless told). With `signed=True` one that is not
    signed is refused, so that nobody who has kept a request can send it again without its signature; the hosted service
    does not sign, so it is off unless told. Who reads the key on its way can sign, too: it is TLS that keeps it.

    Each event is passed on once: `seen` remembers the ids of the last 10,000 (see `Seen`). Events of triggers that this
    version does not know come as UnknownEvent. What cannot be read at all is left out and told to `tell`, which logs it
    unless told otherwise. From as many threads and tasks as you like.

    How long a body may be is the framework's affair: nothing is parsed before the key is right.

    Errors: ValueError for a secret that is missing; and what `handling` says.

        receiver = Receiver(os.environ["WEBHOOK_SECRET"])
        with receiver.handling(request.headers, body) as events:
            for event in events:
                print(event.type, event.id)
    """

    def __init__(
        self,
        secret: str | Iterable[str],
        *,
        tolerance: float = 300.0,
        signed: bool = False,
        clock: Callable[[], float] = time.time,
        seen: Seen | None = None,
        tell: Callable[[Fault], None] | None = None,
    ) -> None:
        super().__init__(secret, clock=clock, tolerance=tolerance, signed=signed, seen=seen, tell=tell)
