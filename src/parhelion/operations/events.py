"""Events. Ours: the hosted service tells events to webhooks only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..wire import ConversationNotFound, Event, EventsExpired, Trigger
from ._callers import C_co, Resource
from ._operation import APP, LISTEN


class Events(Resource[C_co]):
    """What happens in an app, told as it happens. Only Parhelion's own server knows this operation."""

    @LISTEN(
        "ListenEvents", "/parhelion/v1/apps/{app_id}/events", scopes=APP, errors=(ConversationNotFound, EventsExpired)
    )
    def listen(
        self,
        *,
        conversation_id: str | None = None,
        triggers: Sequence[Trigger] | None = None,
        include_full_user: bool | None = None,
        include_full_source: bool | None = None,
        after: str | None = None,
    ) -> Iterator[Event]:
        """The app's events as they happen, those that webhooks are sent, over one connection that stays open.

        For a program that no webhook can reach (on a laptop, in a test) and for a page that shows a conversation live.
        `conversation_id` and `triggers` choose what is told, by default everything; `include_full_user` and
        `include_full_source` add what they add to a webhook. Needs an account or an app key.

        Nothing is missed and nothing is told twice: every event comes with a token, and so does every heartbeat. When
        the connection breaks off, or has been silent for 45 seconds, the client opens the stream again after the last
        token, until the iterator is closed. How long it waits before that is said by the server, and grows as its
        `Patience` says; only the first opening is given up after as many attempts as any call. A program that is to go
        on where it ended keeps `token` once it has dealt with an event, and gives it as `after`. Without `after` the
        stream begins when it is opened.

        On the wire it is `text/event-stream`: frames with `id` (the token), `event` (the trigger) and `data` (the
        event), and every 15 seconds a comment and an `id` alone, whether or not something happened. The token comes
        back in the header `Last-Event-ID`, as browsers send it, or in the query as `after`; the header wins.

        Limits: events are kept for 7 days; an app has at most 1,000 streams open. Who reads too slowly is cut off, and
        goes on from their token.

        Errors: `BadRequest` (a trigger that is none, a token that is none), `ConversationNotFound`, `EventsExpired` for
        a token older than what is kept. They come from the iterator, when the stream is opened and whenever it is
        opened again; `TooManyRequests` is waited out.

            with client.events.listen(triggers=["conversation:message"]) as events:
                for event in events:
                    print(event.created_at, event.type)

        In an AsyncClient: `async with client.events.listen() as events: async for event in events: ...`.

        Source: ours. The hosted service has no such operation; the events are those of its webhooks.
        """
        ...
