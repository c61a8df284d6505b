"""Conversations."""

from __future__ import annotations

from ...operations import Conversations
from ...wire import (
    AppNotFound,
    Conversation,
    ConversationCreateBody,
    ConversationResponse,
    ParticipantSub,
    User,
    UserNotFound,
    instant,
)
from ...wire.reading import Fault
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused
from ..rules import metadata
from ..rules.addresses import web_faults
from . import users
from ._serves import Context, Said, refuse, serves


@serves(Conversations.create)
async def create(context: Context, body: ConversationCreateBody) -> Said[ConversationResponse]:
    refuse(*_faults(body), *metadata.faults(body.metadata, "metadata", "Conversation"))
    found = [await _user(context, each) for each in body.participants or ()]
    ids = context.engines.ids
    conversation, now = ids.next(), context.now()
    participants = [(user, ids.next()) for user in dict.fromkeys(user.id for user in found)]
    first = body.type == "personal" and await _has_no_default(context, participants[0][0])
    while True:
        said = Conversation(
            id=conversation,
            type=body.type,
            is_default=first,
            display_name=body.display_name,
            description=body.description,
            icon_url=body.icon_url,
            metadata=body.metadata,
            created_at=instant(now),
        )
        write = rows.conversations.create(context.app_id, conversation, participants, to_json(said), now, default=first)
        said.last_updated_at = instant(now)
        try:
            return await context.write(write, ConversationResponse(conversation=said))
        except Refused as refused:
            if refused.why == "not the first":  # another one was created at the same time
                first = False
            else:
                raise (AppNotFound if refused.why == "no such app" else UserNotFound) from None


@serves(Conversations.get)
async def get(context: Context, conversation_id: str) -> Said[ConversationResponse]:
    body, updated = await context.conversation(conversation_id)
    # What changes with every message is not kept inside the body, and joins it here.
    return Said(b'{"conversation":%b,"lastUpdatedAt":"%b"}}' % (body[:-1], str(instant(updated)).encode()))


def _faults(body: ConversationCreateBody) -> list[Fault]:
    faults = [
        Fault(f"participants[{number}]", "should have exactly one of userId and userExternalId")
        for number, each in enumerate(body.participants or ())
        if (each.user_id is None) == (each.user_external_id is None)
    ]
    if body.type == "personal" and len(body.participants or ()) != 1:
        faults.append(Fault("participants", "should have exactly one user in a personal conversation"))
    return [*faults, *web_faults(body.icon_url, "iconUrl")]


async def _user(context: Context, participant: ParticipantSub) -> User:
    if participant.user_id is not None:
        return await users.by_id(context, participant.user_id)
    assert participant.user_external_id is not None  # noqa: S101 - _faults saw to it
    return await users.by_external_id(context, participant.user_external_id)


async def _has_no_default(context: Context, user: str) -> bool:
    row = await rows.users.by_id(context.database, context.app_id, user)
    return row is not None and not row[1]
