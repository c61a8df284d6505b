"""Webhooks. What is stored is what is answered but for the secret, which is joined when it is read."""

from __future__ import annotations

from collections.abc import Sequence

from ...operations import Webhooks
from ...wire import (
    BadRequest,
    Forbidden,
    IntegrationNotFound,
    NotFound,
    Webhook,
    WebhookBody,
    WebhookCreateBody,
    WebhookListResponse,
    WebhookResponse,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused
from ..rules.patching import patched
from ..rules.targets import target_faults
from ..vault import Vault
from ._serves import EMPTY, SAW_IT, Context, Said, changing, refuse, serves

FULL = f"An app can have at most {rows.webhooks.MOST} webhooks."
ME = "me"  # the integration whose key is used
VERSION = "v2"  # of what is delivered


@serves(Webhooks.create)
async def create(context: Context, integration_id: str, body: WebhookCreateBody) -> Said[WebhookResponse]:
    integration = await _its_integration(context, integration_id)
    refuse(*target_faults(body.target, "target", context.engines.reach))
    id, stored, triggers = new(context, body)
    write = rows.webhooks.create(context.app_id, integration, id, stored, triggers)
    said = b'{"webhook":%b}' % with_secret(context.engines.vault, id, stored)
    try:
        await context.commit(write, said, f"webhook/{id}")
    except Refused:
        await _its_integration(context, integration_id)
        raise BadRequest(FULL) from None
    return Said(said)


@serves(Webhooks.list)
async def list_(context: Context, integration_id: str) -> Said[WebhookListResponse]:
    integration = await _its_integration(context, integration_id)
    found = await rows.webhooks.every(context.database, context.app_id, integration)
    webhooks = [with_secret(context.engines.vault, id, body) for id, body in found]
    if webhooks:
        await context.note(f"integration/{integration}", SAW_IT)
    return Said(b'{"webhooks":[%b]}' % b",".join(webhooks))


@serves(Webhooks.get)
async def get(context: Context, integration_id: str, webhook_id: str) -> Said[WebhookResponse]:
    integration = await _its_integration(context, integration_id)
    body = await _stored(context, integration, webhook_id)
    await context.note(f"webhook/{webhook_id}", SAW_IT)
    return Said(b'{"webhook":%b}' % with_secret(context.engines.vault, webhook_id, body))


@serves(Webhooks.update)
async def update(context: Context, integration_id: str, webhook_id: str, body: WebhookBody) -> Said[WebhookResponse]:
    integration = await _its_integration(context, integration_id)
    if isinstance(body.target, str):
        refuse(*target_faults(body.target, "target", context.engines.reach))

    async def change(before: bytes) -> Said[WebhookResponse]:
        webhook = decoder(Webhook).decode(patched(before, body))
        webhook.triggers = _once_each(webhook.triggers)
        after = to_json(webhook)
        said = b'{"webhook":%b}' % with_secret(context.engines.vault, webhook_id, after)
        write = rows.webhooks.update(context.app_id, integration, webhook_id, before, after, webhook.triggers)
        await context.commit(write, said, f"webhook/{webhook_id}")
        return Said(said)

    return await changing(lambda: _stored(context, integration, webhook_id), change)


@serves(Webhooks.delete)
async def delete(context: Context, integration_id: str, webhook_id: str) -> None:
    integration = await _its_integration(context, integration_id)
    try:
        write = rows.webhooks.delete(context.app_id, integration, webhook_id)
        await context.commit(write, EMPTY, f"webhook/{webhook_id}")
    except Refused:
        raise NotFound from None


def new(context: Context, body: WebhookCreateBody) -> tuple[str, bytes, list[str]]:
    """The id of a new webhook, what is stored of it, and its triggers."""
    webhook = Webhook(
        id=context.engines.ids.next(),
        version=VERSION,
        target=body.target,
        triggers=_once_each(body.triggers),
        include_full_user=bool(body.include_full_user),
        include_full_source=bool(body.include_full_source),
    )
    return webhook.id, to_json(webhook), webhook.triggers


def with_secret(vault: Vault, id: str, body: bytes) -> bytes:
    """A webhook as it is answered."""
    return b'%b,"secret":"%b"}' % (bytes(body)[:-1], vault.webhook_secret(id).encode())


def _once_each(triggers: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(triggers))


async def _its_integration(context: Context, said: str) -> str:
    """The id of the integration, or a refusal. An integration's key reaches its own integration alone."""
    integration = said
    if context.grant.scope == "integration":
        integration = context.grant.integration_id if said == ME else said
        if integration != context.grant.integration_id:
            raise Forbidden
    if await rows.integrations.find(context.database, context.app_id, integration) is None:
        raise IntegrationNotFound
    return integration


async def _stored(context: Context, integration: str, webhook: str) -> bytes:
    found = await rows.webhooks.find(context.database, context.app_id, integration, webhook)
    if found is None:
        raise NotFound
    return found
