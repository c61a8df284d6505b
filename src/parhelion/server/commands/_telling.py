"""What is told of a change: an event, made here in full, which goes into the write of the change.

    write = rows.participants.leave(...)
    await context.commit(context.telling(write, await telling.left(context, conversation_id, user)), EMPTY, about)

A conversation is told as it is read just before the write is handed over.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import msgspec

from ...wire import (
    AnyEvent,
    Client,
    ClientAddEvent,
    ClientAddPayload,
    ClientRemoveEvent,
    ClientRemovePayload,
    Conversation,
    ConversationCreateEvent,
    ConversationCreatePayload,
    ConversationJoinEvent,
    ConversationJoinPayload,
    ConversationLeaveEvent,
    ConversationLeavePayload,
    ConversationMessageEvent,
    ConversationMessagePayload,
    ConversationNotFound,
    ConversationPostbackEvent,
    ConversationPostbackPayload,
    ConversationReadEvent,
    ConversationReadPayload,
    ConversationRemoveEvent,
    ConversationRemovePayload,
    ConversationTruncated,
    EventActivity,
    EventAuthor,
    EventMessage,
    EventPostback,
    EventSource,
    Message,
    Postback,
    SwitchboardIntegrationSummary,
    User,
    UserRemoveEvent,
    UserRemovePayload,
    UserTruncated,
    instant,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Row
from ..rows.events import Told
from ._serves import Context

API = EventSource(type="api:conversations")


class New(TypedDict):
    """What every event has of its own."""

    id: str
    created_at: datetime


def new(context: Context) -> New:
    return New(id=context.engines.ids.next(), created_at=instant(context.now()))


def told(event: AnyEvent, conversation: str, user: str = "") -> Told:
    """An event of a conversation; or of a user alone, where the conversation is ""."""
    return Told(event.id, event.type, conversation, conversation or user, to_json(event))


def said(
    context: Context,
    conversation: ConversationTruncated,
    message: Message,
    user: User | None,
    source: EventSource = API,
) -> Told:
    """A message, whoever wrote it. `user`: who did, if it was one."""
    author = message.author
    payload = ConversationMessagePayload(
        conversation=conversation,
        message=EventMessage(
            id=message.id,
            received=message.received,
            author=EventAuthor(
                type=author.type,
                subtypes=author.subtypes,
                user_id=author.user_id,
                user=known(user),
                display_name=author.display_name,
                avatar_url=author.avatar_url,
            ),
            content=message.content,
            source=source,
            metadata=message.metadata,
        ),
    )
    return told(ConversationMessageEvent(**new(context), payload=payload), conversation.id)


async def pressed(context: Context, conversation: str, button: Postback, user: User) -> Told:
    """A button that was pressed."""
    payload = ConversationPostbackPayload(
        conversation=await conversation_told(context, conversation),
        postback=EventPostback(payload=button.payload, metadata=button.metadata),
        user=known(user),
        source=API,
    )
    return told(ConversationPostbackEvent(**new(context), payload=payload), conversation)


async def read(context: Context, conversation: str, user: User) -> Told:
    """A conversation that its user has read."""
    activity = EventActivity(
        type="conversation:read", source=API, author=EventAuthor(type="user", user_id=user.id, user=known(user))
    )
    payload = ConversationReadPayload(conversation=await conversation_told(context, conversation), activity=activity)
    return told(ConversationReadEvent(**new(context), payload=payload), conversation)


def created(context: Context, conversation: Conversation, user: User | None) -> Told:
    """A new conversation. `user`: whose it is, if it is personal."""
    payload = ConversationCreatePayload(
        conversation=truncated(conversation), creation_reason="none", source=API, user=known(user)
    )
    return told(ConversationCreateEvent(**new(context), payload=payload), conversation.id)


async def removed(context: Context, conversation: str) -> Told:
    """A conversation that goes."""
    payload = ConversationRemovePayload(conversation=await conversation_told(context, conversation))
    return told(ConversationRemoveEvent(**new(context), payload=payload), conversation)


async def joined(context: Context, conversation: str, user: User) -> Told:
    """A user who comes into a group."""
    payload = ConversationJoinPayload(conversation=await conversation_told(context, conversation), user=user_told(user))
    return told(ConversationJoinEvent(**new(context), payload=payload), conversation)


async def left(context: Context, conversation: str, user: User) -> Told:
    """A user who leaves a group."""
    payload = ConversationLeavePayload(
        conversation=await conversation_told(context, conversation), user=user_told(user)
    )
    return told(ConversationLeaveEvent(**new(context), payload=payload), conversation)


async def linking(context: Context, client: Client, user: User, conversation: str) -> Told:
    """A client that is to be linked for a conversation."""
    payload = ClientAddPayload(
        client=client,
        user=user_told(user),
        conversation=await conversation_told(context, conversation),
        reason="channelLinking",
        source=API,
    )
    return told(ClientAddEvent(**new(context), payload=payload), conversation)


def signed_in(context: Context, client: Client, user: User) -> Told:
    """The client by which a user is reached through the SDKs."""
    payload = ClientAddPayload(client=client, user=user_told(user), reason="sdkLogin", source=API)
    return told(ClientAddEvent(**new(context), payload=payload), "", user.id)


def unlinked(context: Context, client: Client, user: User) -> Told:
    """A client that goes."""
    payload = ClientRemovePayload(client=client, user=user_told(user), reason="api", source=API)
    return told(ClientRemoveEvent(**new(context), payload=payload), "", user.id)


def user_removed(context: Context, user: User) -> Told:
    """A user who goes."""
    payload = UserRemovePayload(user=user_told(user))
    return told(UserRemoveEvent(**new(context), payload=payload), "", user.id)


async def conversation_told(context: Context, conversation: str) -> ConversationTruncated:
    """A conversation as events tell it, or a refusal."""
    return (await _told_and_minute(context, conversation, spoken=False))[0]


async def spoken_in(context: Context, conversation: str) -> tuple[ConversationTruncated, int]:
    """The same when somebody speaks, which gives control to the default; and the minute in which somebody last did."""
    return await _told_and_minute(context, conversation, spoken=True)


async def _told_and_minute(context: Context, conversation: str, *, spoken: bool) -> tuple[ConversationTruncated, int]:
    plain = await rows.conversations.plain(context.database, context.app_id, conversation)
    if plain is None:
        raise ConversationNotFound
    body, minute, controlled = plain
    whole: ConversationTruncated = decoder(ConversationTruncated).decode(body)
    whole.active_switchboard_integration = whole.pending_switchboard_integration = None
    if controlled:
        found = await rows.conversations.with_default(context.database, context.app_id, conversation)
        if found is None:
            raise ConversationNotFound
        whole.active_switchboard_integration = summary(found[4:8]) or (summary(found[12:16]) if spoken else None)
        whole.pending_switchboard_integration = summary(found[8:12])
    return whole, minute


def truncated(conversation: Conversation) -> ConversationTruncated:
    return ConversationTruncated(
        id=conversation.id,
        type=conversation.type,
        metadata=conversation.metadata,
        active_switchboard_integration=conversation.active_switchboard_integration,
        pending_switchboard_integration=conversation.pending_switchboard_integration,
    )


def summary(found: Row | None) -> SwitchboardIntegrationSummary | None:
    """Of (id, name, integration id, type), each of them None when there is nobody."""
    if found is None or found[0] is None:
        return None
    id, name, integration, type = found
    return SwitchboardIntegrationSummary(
        id=id, name=name, integration_id=integration or None, integration_type=type or None
    )


def known(user: User | None) -> User | None:
    """A user as events tell one in full: nobody has signed in here, and that is said."""
    if user is None or user.authenticated is not None:
        return user
    return msgspec.structs.replace(user, authenticated=False)


def user_told(user: User) -> UserTruncated:
    """A user as most events tell one."""
    return UserTruncated(
        id=user.id,
        authenticated=bool(user.authenticated),
        external_id=user.external_id,
        zendesk_id=user.zendesk_id,
        brand_id=user.brand_id,
    )
