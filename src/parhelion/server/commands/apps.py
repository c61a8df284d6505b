"""Apps."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict, replace

from ...operations import Apps
from ...wire import (
    App,
    AppCreateBody,
    AppListFilter,
    AppListResponse,
    AppNotFound,
    AppResponse,
    AppSettings,
    AppUpdateBody,
    Forbidden,
    Page,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row
from ..rules import metadata, settings
from ..rules.patching import patched
from ._pages import page_of
from ._serves import EMPTY, Context, Said, changing, refuse, serves

# There are no service accounts here, so none is the caller.
NOT_THEIRS = "The serviceAccountId provided does not match supplied credentials"


@serves(Apps.create)
async def create(context: Context, body: AppCreateBody) -> Said[AppResponse]:
    said = replace(settings.DEFAULTS, **_given(body.settings)) if body.settings else settings.DEFAULTS
    refuse(*settings.faults(AppSettings(), said), *metadata.faults(body.metadata, "metadata", "App"))
    app = App(id=context.engines.ids.next(), display_name=body.display_name, settings=said, metadata=body.metadata)
    write = rows.apps.create(app.id, to_json(app), _retention(app), context.now())
    context.app_id = app.id  # whose line it is
    return await context.write(write, AppResponse(app=app), f"app/{app.id}")


@serves(Apps.list)
async def list_(
    context: Context, *, page: Page | None = None, filter: AppListFilter | None = None
) -> Said[AppListResponse]:
    if filter and filter.service_account_id is not None:
        raise Forbidden(NOT_THEIRS)

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        return await rows.apps.page(context.database, cursor, several, back=back)

    return Said(await page_of(context, "apps", page, near))


@serves(Apps.get)
async def get(context: Context) -> Said[AppResponse]:
    return Said(b'{"app":%b}' % await _found(context))


@serves(Apps.update)
async def update(context: Context, body: AppUpdateBody) -> Said[AppResponse]:
    async def change(before: bytes) -> Said[AppResponse]:
        was: App = decoder(App).decode(before)
        app: App = decoder(App).decode(patched(before, body))
        refuse(
            *settings.faults(was.settings or AppSettings(), app.settings or AppSettings()),
            *metadata.faults(app.metadata, "metadata", "App"),
        )
        since = context.now() if _retention(app) and not _retention(was) else None
        write = rows.apps.update(app.id, before, to_json(app), _retention(app), since)
        return await context.write(write, AppResponse(app=app), f"app/{app.id}")

    return await changing(lambda: _found(context), change)


@serves(Apps.delete)
async def delete(context: Context) -> None:
    try:
        await context.commit(rows.apps.delete(context.app_id), EMPTY, f"app/{context.app_id}")
    except Refused:
        raise AppNotFound from None


async def _found(context: Context) -> bytes:
    found = await rows.apps.find(context.database, context.app_id)
    if found is None:
        raise AppNotFound
    return found


def _given(said: AppSettings) -> dict[str, Any]:
    return {name: value for name, value in asdict(said).items() if value is not None}


def _retention(app: App) -> int:
    """For how many seconds an idle conversation keeps its messages; 0 is for ever."""
    return (app.settings.conversation_retention_seconds if app.settings else None) or 0
