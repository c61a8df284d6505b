"""Integration keys."""

from __future__ import annotations

from ...operations import CustomIntegrationApiKeys
from ...wire import (
    ApiKey,
    AppNotFound,
    BadRequest,
    IntegrationApiKey,
    IntegrationApiKeyListResponse,
    IntegrationApiKeyResponse,
    IntegrationNotFound,
    NotFound,
)
from .. import rows
from ..ports import Refused
from ._serves import EMPTY, SAW_IT, Context, Said, serves


@serves(CustomIntegrationApiKeys.create)
async def create(context: Context, integration_id: str, body: IntegrationApiKey) -> Said[IntegrationApiKeyResponse]:
    await _check(context, integration_id)
    id = f"int_{context.engines.ids.next()}"
    write = rows.integration_keys.create(id, context.app_id, integration_id, body.display_name, context.now())
    try:
        answer = IntegrationApiKeyResponse(key=_key(context, id, body.display_name))
        return await context.write(write, answer, f"key/{id}")
    except Refused:
        if await rows.apps.find(context.database, context.app_id) is None:
            raise AppNotFound from None
        await _check(context, integration_id)
        raise BadRequest(f"An integration can have at most {rows.integration_keys.MOST} keys.") from None


@serves(CustomIntegrationApiKeys.list)
async def list_(context: Context, integration_id: str) -> IntegrationApiKeyListResponse:
    await _check(context, integration_id)
    found = await rows.integration_keys.every(context.database, context.app_id, integration_id)
    await context.note(f"integration/{integration_id}", SAW_IT)
    return IntegrationApiKeyListResponse(keys=[_key(context, id, name) for id, name in found])


@serves(CustomIntegrationApiKeys.get)
async def get(context: Context, integration_id: str, key_id: str) -> IntegrationApiKeyResponse:
    await _check(context, integration_id)
    name = await rows.integration_keys.name(context.database, context.app_id, integration_id, key_id)
    if name is None:
        raise NotFound
    await context.note(f"key/{key_id}", SAW_IT)
    return IntegrationApiKeyResponse(key=_key(context, key_id, name))


@serves(CustomIntegrationApiKeys.delete)
async def delete(context: Context, integration_id: str, key_id: str) -> None:
    await _check(context, integration_id)
    try:
        write = rows.integration_keys.delete(context.app_id, integration_id, key_id)
        await context.commit(write, EMPTY, f"key/{key_id}")
    except Refused:
        raise NotFound from None


async def _check(context: Context, integration: str) -> None:
    """A refusal, unless the app has this integration and it is a custom one."""
    found = await rows.integrations.find(context.database, context.app_id, integration)
    if found is None:
        raise IntegrationNotFound
    if found[0] != "custom":
        raise BadRequest("API keys are available only for custom integrations")


def _key(context: Context, id: str, name: str) -> ApiKey:
    return ApiKey(id=id, display_name=name, secret=context.engines.vault.secret(id))
