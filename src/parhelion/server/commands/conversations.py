"""Conversations.

What changes with a message, a reading or a change of control is not kept inside the body: it joins it when it is
answered. All of it comes with one query, and no body is decoded.
"""

from __future__ import annotations

import base64
from typing import Any

from ...operations import Conversations
from ...wire import (
    AppNotFound,
    BadRequest,
    Conversation,
    ConversationCreateBody,
    ConversationListFilter,
    ConversationListResponse,
    ConversationNotFound,
    ConversationResponse,
    ConversationUpdateBody,
    ConversationUser,
    ConversionEventsBody,
    ConversionEventsResponse,
    DownloadMessageRefBody,
    NotSupported,
    Page,
    Profile,
    RecentConversationListResponse,
    User,
    UserNotFound,
    instant,
)
from ...wire.reading import Fault, decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row
from ..rules import metadata
from ..rules.addresses import web_faults
from ..rules.patching import patched
from . import _telling as telling, participants, users
from ._pages import page_of
from ._serves import EMPTY, Context, Said, changing, refuse, serves

SHOWN = 3  # users of a conversation in a list


@serves(Conversations.create)
async def create(context: Context, body: ConversationCreateBody) -> Said[ConversationResponse]:
    refuse(*_faults(body), *metadata.faults(body.metadata, "metadata", "Conversation"))
    known, subscribes = dict[str, User](), dict[str, bool]()
    for each in body.participants or ():
        user = await users.meant(context, each.user_id, each.user_external_id)
        known[user.id] = user
        subscribes[user.id] = subscribes.get(user.id, False) or bool(each.subscribe_sdk_client)
    alone = await participants.alone(context)
    control = await rows.conversations.starting(context.database, context.app_id)
    first = body.type == "personal" and await _has_no_default(context, next(iter(subscribes)))
    ids = context.engines.ids
    conversation, now = ids.next(), context.now()
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
        context.subject = conversation
        joining = [await participants.joining(context, user, subscribe=each) for user, each in subscribes.items()]
        write = rows.conversations.create(
            context.app_id,
            conversation,
            body.type,
            joining,
            to_json(said),
            now,
            control[0] if control else "",
            default=first,
            alone=alone,
        )
        said.active_switchboard_integration = telling.summary(control)
        said.last_updated_at = instant(now)
        happened = [telling.created(context, said, known[joining[0].user] if body.type == "personal" else None)]
        for who in joining:
            happened += participants.arrived(context, who, known[who.user])
        try:
            answer, about = ConversationResponse(conversation=said), f"conversation/{conversation}"
            return await context.write(context.telling(write, *happened), answer, about)
        except Refused as refused:
            if refused.why == rows.conversations.NOT_FIRST:  # another one was created at the same time
                first = False
            elif refused.why == rows.participants.NOT_JOINED:
                raise BadRequest(f"participants: {participants.ELSEWHERE}") from None
            elif refused.why != rows.participants.OTHER_CLIENT:
                raise (AppNotFound if refused.why == rows.conversations.NO_APP else UserNotFound) from None


@serves(Conversations.list)
async def list_(
    context: Context, filter: ConversationListFilter, *, page: Page | None = None
) -> Said[ConversationListResponse]:
    if (filter.user_id is None) == (filter.user_external_id is None):
        raise BadRequest("filter: should have exactly one of userId and userExternalId")
    user = await users.meant(context, filter.user_id, filter.user_external_id)

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.conversations.page(context.database, context.app_id, user.id, cursor, several, back=back)
        return [(row[0], as_said(row)) for row in found]

    asked = {"filter[userId]": filter.user_id, "filter[userExternalId]": filter.user_external_id}
    return Said(await page_of(context, "conversations", page, near, asked=asked))


@serves(Conversations.recent)
async def recent(context: Context, *, page: Page | None = None) -> Said[RecentConversationListResponse]:
    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        place, id = _place(cursor)
        found = await rows.conversations.recent(context.database, context.app_id, place, id, several, back=back)
        return [(_cursor(row[-2], row[0]), row) for row in found]

    async def told(found: list[Row]) -> list[bytes]:
        return await _among_others(context, [row for _, row in found])

    return Said(await page_of(context, "conversations", page, near, telling=told))


@serves(Conversations.get)
async def get(context: Context, conversation_id: str) -> Said[ConversationResponse]:
    return _answer(await _read(context, conversation_id))


@serves(Conversations.update)
async def update(context: Context, conversation_id: str, body: ConversationUpdateBody) -> Said[ConversationResponse]:
    refuse(*web_faults(body.icon_url if isinstance(body.icon_url, str) else None, "iconUrl"))

    async def change(found: Row) -> Said[ConversationResponse]:
        id, before, *rest = found
        after = patched(before, body)
        changed = decoder(Conversation).decode(after)
        refuse(*metadata.faults(changed.metadata, "metadata", "Conversation"))
        answer = _answer((id, after, *rest))
        write = rows.conversations.change(context.app_id, conversation_id, before, after)
        await context.commit(write, answer.body, f"conversation/{id}")
        return answer

    return await changing(lambda: _read(context, conversation_id), change)


@serves(Conversations.delete)
async def delete(context: Context, conversation_id: str) -> None:
    try:
        write = rows.conversations.delete(context.app_id, conversation_id, context.now())
        gone = await telling.removed(context, conversation_id)
        write = context.telling(write, gone, place=rows.conversations.BEFORE_IT_GOES)
        await context.commit(write, EMPTY, f"conversation/{conversation_id}")
    except Refused:
        await context.conversation(conversation_id)
        raise BadRequest(f"Conversation {conversation_id} cannot be deleted because it is the default.") from None


@serves(Conversations.download_message_ref)
async def download_message_ref(
    context: Context, conversation_id: str, body: DownloadMessageRefBody
) -> Said[dict[str, Any]]:
    if body.apple is None:
        raise BadRequest("should have required property 'apple'")
    await context.conversation(conversation_id)
    await users.by_id(context, body.user_id)
    raise NotSupported("Only the hosted service can do this: this server does not reach Apple Messages for Business.")


@serves(Conversations.post_conversion_events)
async def post_conversion_events(
    context: Context, conversation_id: str, body: ConversionEventsBody
) -> Said[ConversionEventsResponse]:
    if sum(each is not None for each in (body.messenger, body.instagram, body.whatsapp)) != 1:
        raise BadRequest("should have exactly one of messenger, instagram and whatsapp")
    await context.conversation(conversation_id)
    raise NotSupported(
        "Only the hosted service can do this: this server does not reach Messenger, Instagram or WhatsApp."
    )


async def _read(context: Context, conversation_id: str) -> Row:
    found = await rows.conversations.read(context.database, context.app_id, conversation_id)
    if found is None:
        raise ConversationNotFound
    return found


def _answer(row: Row) -> Said[ConversationResponse]:
    return Said(b'{"conversation":%b}' % as_said(row))


def as_said(row: Row) -> bytes:
    _, body, updated, read, *control = row
    more = [b'"lastUpdatedAt":"%b"' % _text(updated)]
    if read:
        more.append(b'"businessLastRead":"%b"' % _text(read))
    for name, who in ((b"active", control[:4]), (b"pending", control[4:])):
        if (summary := telling.summary(who)) is not None:
            more.append(b'"%bSwitchboardIntegration":%b' % (name, to_json(summary)))
    return b"%b,%b}" % (body[:-1], b",".join(more))


def _place(cursor: str) -> tuple[int, str]:
    """Where a cursor stands among all conversations of an app: its time, and its id. Before all others without one."""
    if not cursor:
        return rows.conversations.FAR, ""
    try:
        raw = base64.b64decode(cursor, b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 18:
        raise BadRequest("page: should have a cursor that was answered with a page")
    return int.from_bytes(raw[:6]), raw[6:].hex()


def _cursor(place: int, id: str) -> str:
    """As long as those of other lists: 6 bytes of time, and the 12 of an id."""
    return base64.urlsafe_b64encode(place.to_bytes(6) + bytes.fromhex(id)).decode()


async def _among_others(context: Context, found: list[Row]) -> list[bytes]:
    """Conversations as they stand in a list of all. What is about each is asked for all at once."""
    if not found:
        return []
    database, app = context.database, context.app_id
    unread = await rows.conversations.unread(database, app, {row[0]: _first_id_after(row[3]) for row in found})
    people, several = dict[str, list[ConversationUser]](), dict[str, int]()
    for id, many, user, body in await rows.participants.first(database, app, [row[0] for row in found], SHOWN):
        known = decoder(User).decode(body)
        names = known.profile or Profile()
        shown = ConversationUser(
            id=user, external_id=known.external_id, given_name=names.given_name, surname=names.surname
        )
        people.setdefault(id, []).append(shown)
        several[id] = many
    return [
        b'{"conversation":%b,%b"users":%b,"moreUsers":%d,"unreadCount":%d}'
        % (
            as_said(row),
            b'"lastMessage":%b,' % last if last else b"",
            to_json(people.get(row[0], [])),
            several.get(row[0], 0) - len(people.get(row[0], [])),
            unread.get(row[0], 0),  # it may have gone meanwhile
        )
        for *row, _, last in found
    ]


def _first_id_after(read: int) -> str:
    """Below every message of later than a time in milliseconds: what is of the same counts as read."""
    return f"{(read + 1) * 65536 // 1000:012x}" if read else ""


def _text(milliseconds: int) -> bytes:
    return str(instant(milliseconds)).encode()


def _faults(body: ConversationCreateBody) -> list[Fault]:
    faults = [
        fault
        for number, each in enumerate(body.participants or ())
        for fault in participants.naming_faults(each, f"participants[{number}]")
    ]
    if body.type == "personal" and len(body.participants or ()) != 1:
        faults.append(Fault("participants", "should have exactly one user in a personal conversation"))
    return [*faults, *web_faults(body.icon_url, "iconUrl")]


async def _has_no_default(context: Context, user: str) -> bool:
    row = await rows.users.by_id(context.database, context.app_id, user)
    return row is not None and not row[1]
