"""Apps."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict, replace

from ...operations import Apps
from ...wire import (
    App,
    AppCreateBody,
    AppListResponse,
    AppNotFound,
    AppResponse,
    AppSettings,
    Page,
)
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Row
from ..rules import metadata
from ._pages import page_of
from ._serves import Context, Said, refuse, serves

# What the hosted service's examples show of an app that was created with none.
DEFAULTS = AppSettings(
    mask_credit_card_numbers=True,
    use_animal_names=False,
    echo_postback=False,
    multi_convo_enabled=False,
    app_localization_enabled=True,
)


@serves(Apps.create)
async def create(context: Context, body: AppCreateBody) -> Said[AppResponse]:
    refuse(*metadata.faults(body.metadata, "metadata", "App"))
    settings = replace(DEFAULTS, **_given(body.settings)) if body.settings else DEFAULTS
    app = App(id=context.engines.ids.next(), display_name=body.display_name, settings=settings, metadata=body.metadata)
    return await context.write(rows.apps.create(app.id, to_json(app)), AppResponse(app=app))


@serves(Apps.list)
async def list_(context: Context, *, page: Page | None = None) -> Said[AppListResponse]:
    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        return await rows.apps.page(context.database, cursor, several, back=back)

    return Said(await page_of(context, "apps", page, near))


@serves(Apps.get)
async def get(context: Context) -> Said[AppResponse]:
    found = await rows.apps.find(context.database, context.app_id)
    if found is None:
        raise AppNotFound
    return Said(b'{"app":%b}' % found)


def _given(settings: AppSettings) -> dict[str, Any]:
    return {name: value for name, value in asdict(settings).items() if value is not None}
