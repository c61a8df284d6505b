"""Activities: of reading, the mark is kept; of typing, nothing."""

from __future__ import annotations

from ...operations import Activities
from ...wire import ActivityPost, BadRequest, ConversationNotFound
from ...wire.reading import Fault
from .. import rows
from ..ports import Refused
from ..rules import speaking
from . import _telling as telling, users
from ._serves import EMPTY, Context, refuse, serves
from .messages import NOT_A_PARTICIPANT

READ = "conversation:read"


@serves(Activities.post)
async def post(context: Context, conversation_id: str, body: ActivityPost) -> None:
    refuse(*_faults(body))
    if body.author.type == "user":
        await _read_by_user(context, conversation_id, body)
    elif body.type != READ:
        await context.conversation(conversation_id)
    else:
        write = rows.conversations.read_by_business(context.app_id, conversation_id, context.now())
        try:
            await context.commit(write, EMPTY, f"conversation/{conversation_id}")
        except Refused:
            raise ConversationNotFound from None


async def _read_by_user(context: Context, conversation_id: str, body: ActivityPost) -> None:
    said = body.author
    user = await users.meant(context, said.user_id, said.user_external_id, said.brand_id)
    if not await rows.conversations.takes_part(context.database, context.app_id, conversation_id, user.id):
        await context.conversation(conversation_id)
        raise BadRequest(NOT_A_PARTICIPANT)
    write = rows.participants.read(context.app_id, conversation_id, user.id)
    happened = await telling.read(context, conversation_id, user)
    await context.commit(context.telling(write, happened), EMPTY, f"conversation/{conversation_id}")


def _faults(body: ActivityPost) -> list[Fault]:
    faults = list(speaking.author_faults(body.author, "author"))
    if body.author.type == "user" and body.type != READ:
        faults.append(Fault("type", f"should be {READ} for a user"))
    return faults
