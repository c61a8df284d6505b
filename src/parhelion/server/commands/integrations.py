"""Integrations. What changes elsewhere, webhooks and who answers first, is joined when an integration is read."""

from __future__ import annotations

from ...operations import Integrations
from ...wire import (
    INTEGRATION_TYPES,
    AppNotFound,
    BadRequest,
    CustomCreate,
    IntegrationCreate,
    IntegrationListFilter,
    IntegrationListResponse,
    IntegrationNotFound,
    IntegrationResponse,
    IntegrationUpdate,
    Page,
)
from .. import rows
from ..ports import Refused, Row
from ..rules import integrations
from . import webhooks
from ._pages import page_of
from ._serves import EMPTY, SAW_IT, Context, Said, changing, refuse, serves

SECRET = b'"secret":'  # of a webhook that is shown. A body that says so by chance is noted as well
NO_RESPONDER = "defaultResponderId: should be the id of a switchboard integration of the app"


@serves(Integrations.create)
async def create(context: Context, body: IntegrationCreate) -> Said[IntegrationResponse]:
    refuse(*integrations.faults(body, context.engines.reach))
    id = context.engines.ids.next()
    stored, hooks, shown = integrations.kept(body, id), list[bytes](), None
    if isinstance(body, CustomCreate):
        webhook, webhook_body, triggers = webhooks.new(context, body.webhooks[0])
        hooks = [webhooks.with_secret(context.engines.vault, webhook, webhook_body)]
        write = rows.integrations.create_custom(context.app_id, id, stored, webhook, webhook_body, triggers)
    else:
        responder = body.default_responder_id or ""
        shown = await _responder(context, responder)
        write = rows.integrations.create(context.app_id, id, body.type, stored, responder)
    said = b'{"integration":%b}' % integrations.answered(body.type, stored, hooks, shown)
    try:
        await context.commit(write, said, f"integration/{id}")
    except Refused as refused:
        if await rows.apps.find(context.database, context.app_id) is None:
            raise AppNotFound from None
        raise BadRequest(webhooks.FULL if refused.why == rows.webhooks.FULL else NO_RESPONDER) from None
    return Said(said)


@serves(Integrations.list)
async def list_(
    context: Context, *, page: Page | None = None, filter: IntegrationListFilter | None = None
) -> Said[IntegrationListResponse]:
    asked = filter.types if filter else None
    types = integrations.types_in(asked or "")
    if strange := [type for type in types if type not in INTEGRATION_TYPES]:
        raise BadRequest(f"Invalid query parameters: filter[types] should hold types only; '{strange[0]}' is none")
    among = f",{','.join(types)}," if types else ""

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.integrations.page(context.database, context.app_id, among, cursor, several, back=back)
        hooks = await rows.webhooks.of_app(context.database, context.app_id) if found else []
        return [(row[0], _answered(context, row, hooks)) for row in found]

    said = await page_of(context, "integrations", page, near, asked={"filter[types]": asked})
    if SECRET in said:
        await context.note(f"app/{context.app_id}", SAW_IT)
    return Said(said)


@serves(Integrations.get)
async def get(context: Context, integration_id: str) -> Said[IntegrationResponse]:
    said = await _read(context, integration_id)
    if SECRET in said:
        await context.note(f"integration/{integration_id}", SAW_IT)
    return Said(said)


@serves(Integrations.update)
async def update(context: Context, integration_id: str, body: IntegrationUpdate) -> Said[IntegrationResponse]:
    async def change(found: Row) -> Said[IntegrationResponse]:
        _, type, before, own, *_ = found
        refuse(*integrations.update_faults(type, body))
        responder = own or ""
        if integrations.names_responder(type, body):
            responder = str(body.default_responder_id or "")
            await _responder(context, responder)
        after = integrations.changed(type, bytes(before), body)
        write = rows.integrations.update(context.app_id, integration_id, bytes(before), after, responder)
        await context.commit(write, EMPTY, f"integration/{integration_id}")
        return Said(await _read(context, integration_id))

    return await changing(lambda: _row(context, integration_id), change)


@serves(Integrations.delete)
async def delete(context: Context, integration_id: str) -> None:
    try:
        write = rows.integrations.delete(context.app_id, integration_id)
        await context.commit(write, EMPTY, f"integration/{integration_id}")
    except Refused:
        raise IntegrationNotFound from None


async def _row(context: Context, integration: str) -> Row:
    found = await rows.integrations.read(context.database, context.app_id, integration)
    if found is None:
        raise IntegrationNotFound
    return found


async def _read(context: Context, integration: str) -> bytes:
    row = await _row(context, integration)
    hooks = await rows.webhooks.of_app(context.database, context.app_id) if row[1] == "custom" else []
    return b'{"integration":%b}' % _answered(context, row, hooks)


def _answered(context: Context, row: Row, hooks: list[Row]) -> bytes:
    id, type, body, own, own_body, own_next, shared_body, shared_next = row
    shown = None
    if own is not None:
        shown = integrations.responder(own_body, own_next, inherited=False)
    elif shared_body is not None:
        shown = integrations.responder(shared_body, shared_next, inherited=True)
    vault = context.engines.vault
    its = [webhooks.with_secret(vault, hook, said) for hook, said, integration in hooks if integration == id]
    return integrations.answered(type, bytes(body), its, shown)


async def _responder(context: Context, responder: str) -> bytes | None:
    """Who would answer first on a new integration that names this responder, or "" for none of its own."""
    row = await rows.integrations.responder(context.database, context.app_id, responder)
    if row is None:
        if responder:
            raise BadRequest(NO_RESPONDER)
        return None
    body, next = row
    return integrations.responder(body, next, inherited=not responder)
