"""Clients.

No channel is reached from here: what is asked for is checked as if one were, and the client is kept as pending.
"""

from __future__ import annotations

from ...operations import Clients
from ...wire import (
    BadRequest,
    Client,
    ClientCreate,
    ClientListResponse,
    ClientNotFound,
    ClientResponse,
    Conflict,
    ConversationNotFound,
    IntegrationNotFound,
    Page,
    User,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row
from ..rules import clients
from . import _telling as telling, users
from ._pages import page_of
from ._serves import EMPTY, Context, Said, changing, refuse, serves


@serves(Clients.create)
async def create(
    context: Context, user_id_or_external_id: str, body: ClientCreate, *, brand_id: str | None = None
) -> Said[ClientResponse]:
    refuse(*clients.faults(body))
    criteria, conversation = body.match_criteria, body.target.conversation_id
    address = clients.address(criteria)

    async def check() -> User:
        user = users.read((await users.named(context, user_id_or_external_id, brand_id))[2])
        await _check_integration(context, criteria.integration_id, criteria.type)
        await _check_target(context, user.id, conversation)
        if await rows.clients.is_there(context.database, context.app_id, user.id, criteria.integration_id, address):
            raise Conflict("Client already exists")
        return user

    async def make(user: User) -> Said[ClientResponse]:
        context.subject = user.id
        client = Client(
            id=context.engines.ids.next(),
            type=criteria.type,
            status="pending",
            integration_id=criteria.integration_id,
            external_id=address,
        )
        write = rows.clients.create(
            context.app_id,
            user.id,
            client.id,
            criteria.integration_id,
            address,
            conversation,
            to_json(client),
        )
        happened = await telling.linking(context, client, user, conversation)
        about = f"user/{user.id}/client/{client.id}"
        return await context.write(context.telling(write, happened), ClientResponse(client=client), about)

    return await changing(check, make)


@serves(Clients.list)
async def list_(
    context: Context, user_id_or_external_id: str, *, page: Page | None = None, brand_id: str | None = None
) -> Said[ClientListResponse]:
    user, _, _ = await users.named(context, user_id_or_external_id, brand_id)

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        return await rows.clients.page(context.database, context.app_id, user, cursor, several, back=back)

    return Said(await page_of(context, "clients", page, near, asked={"brandId": brand_id}))


@serves(Clients.remove)
async def remove(context: Context, user_id_or_external_id: str, client_id: str, *, brand_id: str | None = None) -> None:
    user, _, body = await users.named(context, user_id_or_external_id, brand_id)
    found = await rows.clients.find(context.database, context.app_id, user, client_id)
    if found is None:
        raise ClientNotFound
    write = rows.clients.remove(context.app_id, user, client_id)
    happened = telling.unlinked(context, decoder(Client).decode(found), users.read(body))
    try:
        await context.commit(context.telling(write, happened), EMPTY, f"user/{user}/client/{client_id}")
    except Refused:
        if await rows.clients.find(context.database, context.app_id, user, client_id) is None:
            raise ClientNotFound from None
        raise BadRequest("Cannot remove a client of type 'sdk'") from None


async def _check_integration(context: Context, integration: str, type: str) -> None:
    found = await rows.integrations.find(context.database, context.app_id, integration)
    if found is None:
        raise IntegrationNotFound
    if found[0] != type:
        raise BadRequest(f"matchCriteria.integrationId: should be an integration of type {type}")


async def _check_target(context: Context, user: str, conversation: str) -> None:
    # In this order: a conversation deleted between the two reads is not found, rather than one without the user.
    takes_part = await rows.conversations.takes_part(context.database, context.app_id, conversation, user)
    kind = await rows.conversations.kind(context.database, context.app_id, conversation)
    if kind is None:
        raise ConversationNotFound
    if not takes_part:
        raise BadRequest("target.conversationId: the user is not a participant of the conversation")
    if kind != "personal":
        raise BadRequest("target.conversationId: should be a personal conversation")
