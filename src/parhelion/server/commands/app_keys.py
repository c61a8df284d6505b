"""App keys."""

from __future__ import annotations

from ...operations import AppKeys
from ...wire import (
    AppKey,
    AppKeyCreateBody,
    AppKeyListResponse,
    AppKeyResponse,
    AppNotFound,
    BadRequest,
    NotFound,
)
from .. import rows
from ..ports import Refused
from ._serves import EMPTY, SAW_IT, Context, Said, serves


@serves(AppKeys.create)
async def create(context: Context, body: AppKeyCreateBody) -> Said[AppKeyResponse]:
    id = f"app_{context.engines.ids.next()}"
    write = rows.app_keys.create(id, context.app_id, body.display_name, context.now())
    try:
        return await context.write(write, AppKeyResponse(key=_key(context, id, body.display_name)), f"key/{id}")
    except Refused:
        if await rows.apps.find(context.database, context.app_id) is None:
            raise AppNotFound from None
        raise BadRequest(f"An app can have at most {rows.app_keys.MOST} keys.") from None


@serves(AppKeys.list)
async def list_(context: Context) -> AppKeyListResponse:
    found = await rows.app_keys.every(context.database, context.app_id)
    await context.note(f"app/{context.app_id}", SAW_IT)
    return AppKeyListResponse(keys=[_key(context, id, name) for id, name in found])


@serves(AppKeys.get)
async def get(context: Context, key_id: str) -> AppKeyResponse:
    name = await rows.app_keys.name(context.database, context.app_id, key_id)
    if name is None:
        raise NotFound
    await context.note(f"key/{key_id}", SAW_IT)
    return AppKeyResponse(key=_key(context, key_id, name))


@serves(AppKeys.delete)
async def delete(context: Context, key_id: str) -> None:
    try:
        await context.commit(rows.app_keys.delete(context.app_id, key_id), EMPTY, f"key/{key_id}")
    except Refused:
        raise NotFound from None


async def create_for_account(context: Context, name: str) -> AppKey:
    """A key that may do everything. The API has no operation for it: it is handed out on the server's own machine."""
    id = f"act_{context.engines.ids.next()}"
    write = rows.app_keys.create_for_account(id, name, context.now())
    await context.database.write(context.noting(write, f"key/{id}", operation="account key"))
    return _key(context, id, name)


def _key(context: Context, id: str, name: str) -> AppKey:
    return AppKey(id=id, display_name=name, secret=context.engines.vault.secret(id))
