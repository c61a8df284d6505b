"""Events. Only what is asked is looked at here: what is told, and from where on, is the hub's."""

from __future__ import annotations

from collections.abc import Sequence

from ...operations import Events
from ...wire import Trigger
from ..ports import Subscription, Wanted
from ._serves import Context, serves


@serves(Events.listen)
async def listen(
    context: Context,
    *,
    conversation_id: str | None = None,
    triggers: Sequence[Trigger] | None = None,
    include_full_user: bool | None = None,
    include_full_source: bool | None = None,
    after: str | None = None,
) -> Subscription:
    if conversation_id is not None:
        await context.conversation(conversation_id)
    wanted = Wanted(
        conversation=conversation_id,
        triggers=None if triggers is None else frozenset(triggers),
        full_user=bool(include_full_user),
        full_source=bool(include_full_source),
        after=after,
    )
    return context.engines.live.subscribe(context.app_id, wanted)  # the last thing: from here on it counts
