"""Messages.

post   who speaks? -> is what they say right? -> what is stored is what will be answered -> one write
refused: no conversation | full | another node's id is ahead of ours: once more with a higher one
"""

from __future__ import annotations

from ...operations import Messages
from ...wire import (
    Author,
    BadRequest,
    Conversation,
    ConversationNotFound,
    IntegrationNotFound,
    Locked,
    Message,
    MessageAuthor,
    MessageListResponse,
    MessageNotFound,
    MessagePost,
    MessagePostResponse,
    Page,
    Source,
    User,
    instant,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row
from ..rules import content
from . import attachments, users
from ._pages import page_of
from ._serves import EMPTY, Context, Said, refuse, serves

PAGE = 100
API = Source(type="api:conversations")
SILENT = "none"  # the integration type of nowhere


@serves(Messages.post)
async def post(context: Context, conversation_id: str, body: MessagePost) -> Said[MessagePostResponse]:
    refuse(*content.faults(body))
    author = await _author(context, conversation_id, body.author)
    if body.destination is not None:
        await _check_destination(context, conversation_id, body)
    shown = await attachments.shown_by(context, body.content)
    now = context.now()
    message = Message(
        id="",
        received=instant(now),
        author=author,
        content=content.as_stored(body.content, shown.get),
        source=API,
        metadata=body.metadata,
    )
    uses = list(dict.fromkeys(file.id for file in shown.values()))
    ids = context.engines.ids
    while True:
        # No await between an id and its write: one process must not overtake itself.
        message.id = ids.next()
        stored = to_json(message)
        answer = b'{"messages":[%b]}' % stored
        write = rows.messages.post(context.app_id, conversation_id, message.id, now, stored, uses)
        try:
            await context.commit(write, answer)
        except Refused:
            state = await rows.messages.state(context.database, context.app_id, conversation_id)
            if state is None:
                raise ConversationNotFound from None
            count, last = state
            if count >= rows.messages.CAP:
                raise Locked from None
            ids.after(last)  # another node was ahead of our clock, or room was made: once more
        else:
            return Said(answer)


@serves(Messages.list)
async def list_(context: Context, conversation_id: str, *, page: Page | None = None) -> Said[MessageListResponse]:
    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.messages.page(context.database, context.app_id, conversation_id, cursor, several, back=back)
        if not found:
            await context.conversation(conversation_id)
        return found

    return Said(await page_of(context, "messages", page, near, size=PAGE, newest_first=True))


@serves(Messages.delete)
async def delete(context: Context, conversation_id: str, message_id: str) -> None:
    try:
        await context.commit(rows.messages.delete(context.app_id, conversation_id, message_id), EMPTY)
    except Refused:
        await context.conversation(conversation_id)
        raise MessageNotFound from None


@serves(Messages.delete_all)
async def delete_all(context: Context, conversation_id: str) -> None:
    """Out of sight at once; swept afterwards, in small steps."""
    try:
        await context.commit(rows.messages.clear(context.app_id, conversation_id), EMPTY)
    except Refused:
        raise ConversationNotFound from None


async def _author(context: Context, conversation_id: str, said: Author) -> MessageAuthor:
    if said.type == "business":
        return MessageAuthor(
            type=said.type,
            subtypes=[*said.subtypes] if said.subtypes else None,
            display_name=said.display_name,
            avatar_url=said.avatar_url,
        )
    user = await (
        users.by_id(context, said.user_id)
        if said.user_id is not None
        else users.by_external_id(context, said.user_external_id or "", said.brand_id)
    )
    if not await rows.conversations.takes_part(context.database, context.app_id, conversation_id, user.id):
        await context.conversation(conversation_id)
        raise BadRequest("author: the user is not a participant of the conversation")
    return MessageAuthor(
        type=said.type,
        user_id=user.id,
        display_name=said.display_name or _name(user),
        avatar_url=said.avatar_url or (user.profile.avatar_url if user.profile else None),
    )


def _name(user: User) -> str | None:
    profile = user.profile
    names = (profile.given_name, profile.surname) if profile else ()
    return " ".join(filter(None, names)) or None


async def _check_destination(context: Context, conversation_id: str, said: MessagePost) -> None:
    body, _ = await context.conversation(conversation_id)
    conversation = decoder(Conversation).decode(body)
    if conversation.type != "personal":
        raise BadRequest("destination: only messages to personal conversations may have one")
    assert said.destination is not None  # noqa: S101 - asked by post
    if said.destination.integration_type != SILENT:
        raise IntegrationNotFound
