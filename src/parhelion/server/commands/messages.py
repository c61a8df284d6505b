"""Messages.

post   who speaks? -> is what they say right? -> what is stored is what will be answered -> one write, which tells it
refused: no conversation | not a participant | full | another node's id is ahead of ours: once more with a higher one
"""

from __future__ import annotations

from ...operations import Messages
from ...wire import (
    BadRequest,
    Content,
    ConversationNotFound,
    Destination,
    IntegrationNotFound,
    Locked,
    Message,
    MessageListResponse,
    MessageNotFound,
    MessagePost,
    MessagePostResponse,
    Metadata,
    Page,
    Source,
    instant,
)
from ...wire.writing import write as to_json, written
from .. import rows
from ..ports import Refused, Row
from ..rows.events import Told
from ..rules import content
from ..rules.masking import masked, suspicious
from ..rules.statistics import BY_BUSINESS, BY_USERS
from ..rules.words import texts_of, words_of
from . import _telling as telling, attachments
from ._authors import Speaker, speaker
from ._pages import page_of
from ._serves import EMPTY, Context, Said, refuse, serves

PAGE = 100
API = Source(type="api:conversations")
SILENT = "none"  # the integration type of nowhere
NOT_A_PARTICIPANT = "author: the user is not a participant of the conversation"


@serves(Messages.post)
async def post(context: Context, conversation_id: str, body: MessagePost) -> Said[MessagePostResponse]:
    refuse(*content.faults(body))
    who = await speaker(context, body.author)
    if body.destination is not None:
        await _check_destination(context, conversation_id, body.destination)
    shown = await attachments.shown_by(context, body.content)
    uses = list(dict.fromkeys(file.id for file in shown.values()))
    return await say(context, conversation_id, who, content.as_stored(body.content, shown.get), body.metadata, uses)


async def say(
    context: Context,
    conversation_id: str,
    who: Speaker,
    said: Content,
    metadata: Metadata | None = None,
    uses: list[str] | None = None,
    before: Told | None = None,
) -> Said[MessagePostResponse]:
    """Write a message into the history. `uses`: the attachments that it shows. `before`: what is told first."""
    said, once = await _written(context, said)
    words = words_of(texts_of(said, who.author))
    now = context.now()
    message = Message(id="", received=instant(now), author=who.author, content=once, source=API, metadata=metadata)
    user = who.author.user_id or ""
    ids = context.engines.ids
    while True:
        place, minute = await telling.spoken_in(context, conversation_id)
        # No await between an id and its write: one process must not overtake itself.
        message.id = ids.next()
        stored = to_json(message)
        answer = b'{"messages":[%b]}' % stored
        write = rows.messages.post(
            context.app_id, conversation_id, message.id, now, stored, uses or [], user, words, minute=minute
        )
        happened = telling.said(context, place, message, who.user)
        try:
            write = context.telling(write, *([before] if before else ()), happened)
            await context.commit(write, answer, f"conversation/{conversation_id}/message/{message.id}")
        except Refused:
            state = await rows.messages.state(context.database, context.app_id, conversation_id, user)
            if state is None:
                raise ConversationNotFound from None
            count, last, takes_part = state
            if user and not takes_part:
                raise BadRequest(NOT_A_PARTICIPANT) from None
            if count >= rows.messages.CAP:
                raise Locked from None
            ids.after(last)  # another node was ahead of our clock, or room was made: once more
        else:
            context.engines.tally.count(context.app_id, BY_USERS if user else BY_BUSINESS)
            return Said(answer)


async def _written(context: Context, said: Content) -> tuple[Content, Content]:
    """What was said, with the numbers of cards masked; and the same, ready to be told twice: as a message and in an
    event.
    """
    body, once = written(said)
    if suspicious(body):
        unseen = masked(said)
        if unseen is not said and (await context.settings()).mask_credit_card_numbers:
            said, (_, once) = unseen, written(unseen)
    return said, once


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
        write = rows.messages.delete(context.app_id, conversation_id, message_id, context.now())
        await context.commit(write, EMPTY, f"conversation/{conversation_id}/message/{message_id}")
    except Refused:
        await context.conversation(conversation_id)
        raise MessageNotFound from None


@serves(Messages.delete_all)
async def delete_all(context: Context, conversation_id: str) -> None:
    """Out of sight at once; swept afterwards, in small steps."""
    try:
        write = rows.messages.clear(context.app_id, conversation_id, context.now())
        await context.commit(write, EMPTY, f"conversation/{conversation_id}")
    except Refused:
        raise ConversationNotFound from None


async def _check_destination(context: Context, conversation_id: str, said: Destination) -> None:
    """Whether the user of a conversation can be reached there."""
    kind = await rows.conversations.kind(context.database, context.app_id, conversation_id)
    if kind is None:
        raise ConversationNotFound
    if kind != "personal":
        raise BadRequest("destination: only messages to personal conversations may have one")
    if said.integration_type == SILENT:
        return
    meant = await rows.destinations.meant(
        context.database, context.app_id, conversation_id, said.integration_id or "", said.integration_type or ""
    )
    if not meant:
        raise IntegrationNotFound
    if not any(clients for _, clients in meant):
        place = "integrationId" if said.integration_id else "integrationType"
        raise BadRequest(f"destination.{place}: the user has no client of it in the conversation")
