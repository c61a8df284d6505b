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
)
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row
from ..rules import clients
from . import users
from ._pages import page_of
from ._serves import EMPTY, Context, Said, changing, refuse, serves


@serves(Clients.create)
async def create(
    context: Context, user_id_or_external_id: str, body: ClientCreate, *, brand_id: str | None = None
) -> Said[ClientResponse]:
    refuse(*clients.faults(body))
    criteria, conversation = body.match_criteria, body.target.conversation_id
    address = clients.address(criteria)

    async def check() -> str:
        user = str((await users.named(context, user_id_or_external_id, brand_id))[0])
        await _check_integration(context, criteria.integration_id, criteria.type)
        await _check_target(context, user, conversation)
        if await rows.clients.is_there(context.database, context.app_id, user, criteria.integration_id, address):
            raise Conflict("Client already exists")
        return user

    async def make(user: str) -> Said[ClientResponse]:
        client = Client(
            id=context.engines.ids.next(),
            type=criteria.type,
            status="pending",
            integration_id=criteria.integration_id,
            external_id=address,
        )
        write = rows.clients.create(
            context.app_id,
            user,
            client.id,
            criteria.integration_id,
            address,
            conversation,
            to_json(client),
        )
        return await context.write(write, ClientResponse(client=client))

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
    user, _, _ = await users.named(context, user_id_or_external_id, brand_id)
    try:
        await context.commit(rows.clients.remove(context.app_id, user, client_id), EMPTY)
    except Refused:
        if await rows.clients.type_of(context.database, context.app_id, user, client_id) is None:
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
