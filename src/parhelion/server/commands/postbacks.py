"""Postbacks: a user presses a button of a message.

who presses? -> is there such a button? -> one write, which tells it: into the history when the app
                                          echoes postbacks
"""

from __future__ import annotations

from ...operations import Postbacks
from ...wire import BadRequest, Message, MessageNotFound, MessagePostResponse, PostbackPost, TextMessage
from ...wire.reading import Fault, decoder
from .. import rows
from ..ports import Refused
from ..rules.actions import postback_of
from ..rules.speaking import author_faults
from . import _telling as telling
from ._authors import speaker
from ._serves import Context, Said, refuse, serves
from .messages import NOT_A_PARTICIPANT, say


@serves(Postbacks.post)
async def post(context: Context, conversation_id: str, body: PostbackPost) -> Said[MessagePostResponse]:
    refuse(*author_faults(body.author, "author"))
    if body.author.type != "user":
        refuse(Fault("author.type", "should be user: a business presses no buttons"))
    who = await speaker(context, body.author)
    assert who.user is not None  # noqa: S101 - a user was asked for
    found = await rows.messages.find(context.database, context.app_id, conversation_id, body.message_id)
    if found is None:
        await context.conversation(conversation_id)
        raise MessageNotFound
    message: Message = decoder(Message).decode(found)
    pressed = postback_of(message.content, body.payload)
    if pressed is None:
        raise BadRequest("payload: should be that of a postback button of the message")
    happened = await telling.pressed(context, conversation_id, pressed, who.user)
    if (await context.settings()).echo_postback:
        echo = TextMessage(text=pressed.text, payload=pressed.payload)
        return await say(context, conversation_id, who, echo, before=happened)
    write = rows.participants.stay(context.app_id, conversation_id, who.user.id)
    try:
        about = f"conversation/{conversation_id}/message/{body.message_id}"
        return await context.write(context.telling(write, happened), MessagePostResponse(messages=[]), about)
    except Refused:
        await context.conversation(conversation_id)
        raise BadRequest(NOT_A_PARTICIPANT) from None
