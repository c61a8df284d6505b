"""Participants.

join   a group? -> who? -> in it already: they stay as they are, and their SDK client comes in if that is asked for
                        -> not yet: one write, refused where it is full or where they may be in one conversation only
"""

from __future__ import annotations

from collections.abc import Iterator

from ...operations import Participants
from ...wire import (
    BadRequest,
    ClientAssociation,
    ConversationNotFound,
    NotAMember,
    Page,
    Participant,
    ParticipantJoinBody,
    ParticipantLeaveBody,
    ParticipantListResponse,
    ParticipantResponse,
    ParticipantSub,
    User,
    UserNotFound,
    instant,
)
from ...wire.client import Client
from ...wire.reading import Fault, decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row
from ..rows.events import Told
from ..rows.participants import Joining, SDKClient
from . import _telling as telling, users
from ._pages import page_of
from ._serves import EMPTY, Context, Said, refuse, serves

SDK = "sdk"
ELSEWHERE = "users of this app can be in one conversation only (multiConvoEnabled is false)"


@serves(Participants.join)
async def join(context: Context, conversation_id: str, body: ParticipantJoinBody) -> Said[ParticipantResponse]:
    refuse(*naming_faults(body, ""))
    await _check_group(context, conversation_id)
    user = await users.meant(context, body.user_id, body.user_external_id)
    one_only = await alone(context)
    subscribe = bool(body.subscribe_sdk_client)
    while True:
        found = await rows.participants.find(context.database, context.app_id, conversation_id, user=user.id)
        try:
            if found is None:
                return await _come_in(context, conversation_id, user, subscribe=subscribe, one_only=one_only)
            return await _stay(context, conversation_id, found, user, subscribe=subscribe)
        except Refused as refused:
            if refused.why == rows.participants.NO_GROUP:
                raise ConversationNotFound from None
            if refused.why == rows.participants.NO_USER:
                raise UserNotFound from None
            if refused.why == rows.participants.NOT_JOINED:
                count, here, anywhere = await rows.participants.state(
                    context.database, context.app_id, conversation_id, user.id
                )
                if not here and one_only and anywhere:
                    place = "userId" if body.user_id is not None else "userExternalId"
                    raise BadRequest(f"{place}: {ELSEWHERE}") from None
                if not here and count >= rows.participants.MOST:
                    raise BadRequest("Too many participants") from None
            # Somebody was faster: they are in it now, or have left it, or have another client. Once more.


@serves(Participants.list)
async def list_(context: Context, conversation_id: str, *, page: Page | None = None) -> Said[ParticipantListResponse]:
    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.participants.page(
            context.database, context.app_id, conversation_id, cursor, several, back=back
        )
        if not found:
            await context.conversation(conversation_id)
        return [(each.id, to_json(each)) for each in await _said(context, conversation_id, found)]

    return Said(await page_of(context, "participants", page, near))


@serves(Participants.leave)
async def leave(context: Context, conversation_id: str, body: ParticipantLeaveBody) -> None:
    if sum(each is not None for each in (body.user_id, body.user_external_id, body.participant_id)) != 1:
        raise BadRequest("should have exactly one of userId, userExternalId and participantId")
    await _check_group(context, conversation_id)
    participant, user = body.participant_id, ""
    if participant is None:
        user = (await users.meant(context, body.user_id, body.user_external_id)).id
    found = await rows.participants.find(
        context.database, context.app_id, conversation_id, user=user, participant=participant
    )
    if found is None:
        raise NotAMember
    write = rows.participants.leave(context.app_id, conversation_id, found[1], found[0])
    happened = await telling.left(context, conversation_id, await users.by_id(context, found[1]))
    try:
        await context.commit(context.telling(write, happened), EMPTY, _about(conversation_id, found[0]))
    except Refused:
        raise NotAMember from None


def _about(conversation: str, participant: str) -> str:
    return f"conversation/{conversation}/participant/{participant}"


async def _come_in(
    context: Context, conversation_id: str, user: User, *, subscribe: bool, one_only: bool
) -> Said[ParticipantResponse]:
    who = await joining(context, user.id, subscribe=subscribe)
    said = Participant(
        id=who.participant,
        user_id=user.id,
        user_external_id=user.external_id,
        unread_count=0,
        client_associations=[ClientAssociation(type=SDK, client_id=who.client.id)] if who.client else [],
    )
    write = rows.participants.join(context.app_id, conversation_id, who, alone=one_only)
    happened = await telling.joined(context, conversation_id, user), *arrived(context, who, user)
    about = _about(conversation_id, who.participant)
    return await context.write(context.telling(write, *happened), ParticipantResponse(participant=said), about)


async def _stay(
    context: Context, conversation_id: str, found: Row, user: User, *, subscribe: bool
) -> Said[ParticipantResponse]:
    [said] = await _said(context, conversation_id, [found])
    about = _about(conversation_id, said.id)
    answer, used = ParticipantResponse(participant=said), said.client_associations or []
    if not subscribe or any(each.type == SDK for each in used):
        write = rows.participants.stay(context.app_id, conversation_id, said.user_id)
        return await context.write(write, answer, about)
    who = await joining(context, said.user_id, subscribe=True)
    assert who.client is not None  # noqa: S101 - it was asked for
    said.client_associations = [ClientAssociation(type=SDK, client_id=who.client.id), *used]
    write = rows.participants.subscribe(context.app_id, conversation_id, who)
    return await context.write(context.telling(write, *arrived(context, who, user)), answer, about)


async def _said(context: Context, conversation_id: str, found: list[Row]) -> list[Participant]:
    """Participants as they are answered, of rows that follow one another."""
    if not found:
        return []
    ids = [row[0] for row in found]
    database, app = context.database, context.app_id
    unread = await rows.participants.unread(database, app, conversation_id, [row[3] for row in found])
    used: dict[str, list[ClientAssociation]] = {}
    for user, type, client in await rows.participants.clients(database, app, conversation_id, min(ids), max(ids)):
        used.setdefault(user, []).append(ClientAssociation(type=type, client_id=client))
    return [
        Participant(
            id=id,
            user_id=user,
            user_external_id=external,
            unread_count=unread[mark],
            client_associations=used.get(user, []),
            last_read=instant(read) if read else None,
        )
        for id, user, external, mark, read in found
    ]


async def _check_group(context: Context, conversation_id: str) -> None:
    kind = await rows.conversations.kind(context.database, context.app_id, conversation_id)
    if kind is None:
        raise ConversationNotFound
    if kind != "sdkGroup":
        raise BadRequest("Only conversations of type sdkGroup can be joined and left")


async def alone(context: Context) -> bool:
    """Whether users of this app can be in one conversation only."""
    return (await context.settings()).multi_convo_enabled is False


async def joining(context: Context, user: str, *, subscribe: bool) -> Joining:
    """A new participation, with the SDK client that the user has, or else will have."""
    client = None
    if subscribe:
        has = await rows.participants.sdk_client(context.database, context.app_id, user)
        now = instant(context.now())
        new = Client(id=has or context.engines.ids.next(), type=SDK, status="active", last_seen=now, linked_at=now)
        client = SDKClient(new.id, to_json(new), has is None)
    return Joining(user, context.engines.ids.next(), client)


def arrived(context: Context, who: Joining, user: User) -> tuple[Told, ...]:
    """What is told of a user for whom an SDK client is made; nothing where they have one."""
    if who.client is None or not who.client.new:
        return ()
    return (telling.signed_in(context, decoder(Client).decode(who.client.body), user),)


def naming_faults(named: ParticipantSub, place: str) -> Iterator[Fault]:
    """A user is named in one way."""
    if (named.user_id is None) == (named.user_external_id is None):
        yield Fault(place, "should have exactly one of userId and userExternalId")
