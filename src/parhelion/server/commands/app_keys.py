"""App keys."""

from __future__ import annotations

from ...operations import AppKeys
from ...wire import AppKey, AppKeyCreateBody, AppKeyResponse, AppNotFound, BadRequest
from .. import rows
from ..ports import Refused
from ._serves import Context, Said, serves

MOST = 10  # keys of an app


@serves(AppKeys.create)
async def create(context: Context, body: AppKeyCreateBody) -> Said[AppKeyResponse]:
    id = f"app_{context.engines.ids.next()}"
    key = AppKey(id=id, display_name=body.display_name, secret=context.engines.vault.secret(id))
    write = rows.app_keys.create(id, context.app_id, body.display_name, context.now(), MOST)
    try:
        return await context.write(write, AppKeyResponse(key=key))
    except Refused:
        if await rows.apps.find(context.database, context.app_id) is None:
            raise AppNotFound from None
        raise BadRequest(f"An app can have at most {MOST} keys.") from None


async def create_for_account(context: Context, name: str) -> AppKey:
    """A key that may do everything. The API has no operation for it: it is handed out on the server's own machine."""
    id = f"act_{context.engines.ids.next()}"
    await context.database.write(rows.app_keys.create_for_account(id, name, context.now()))
    return AppKey(id=id, display_name=name, secret=context.engines.vault.secret(id))
