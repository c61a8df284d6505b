"""Switchboards. An app has one, or none."""

from __future__ import annotations

from msgspec import UNSET

from ...operations import Switchboards
from ...wire import (
    AppNotFound,
    BadRequest,
    Switchboard,
    SwitchboardIntegrationNotFound,
    SwitchboardListResponse,
    SwitchboardNotFound,
    SwitchboardResponse,
    SwitchboardUpdateBody,
)
from .. import rows
from ..ports import Refused
from ._serves import EMPTY, Context, Said, changing, serves


@serves(Switchboards.create)
async def create(context: Context) -> Said[SwitchboardResponse]:
    made = Switchboard(id=context.engines.ids.next(), enabled=False)
    try:
        write = rows.switchboards.create(context.app_id, made.id)
        return await context.write(write, SwitchboardResponse(switchboard=made), f"switchboard/{made.id}")
    except Refused:
        if await rows.apps.find(context.database, context.app_id) is None:
            raise AppNotFound from None
        raise BadRequest("Only one switchboard can be created per app") from None


@serves(Switchboards.list)
async def list_(context: Context) -> SwitchboardListResponse:
    found = await _of_app(context)
    return SwitchboardListResponse(switchboards=[] if found is None else [found])


@serves(Switchboards.update)
async def update(context: Context, switchboard_id: str, body: SwitchboardUpdateBody) -> Said[SwitchboardResponse]:
    async def change(was: Switchboard) -> Said[SwitchboardResponse]:
        enabled = was.enabled if body.enabled is UNSET else body.enabled
        default = was.default_switchboard_integration_id
        if body.default_switchboard_integration_id is not UNSET:
            default = body.default_switchboard_integration_id
            if not default:
                raise SwitchboardIntegrationNotFound
        if enabled and default is None:
            raise SwitchboardIntegrationNotFound(
                "Enabled switchboard must have an associated default switchboardIntegration"
            )
        write = rows.switchboards.update(
            context.app_id,
            was.id,
            int(was.enabled),
            was.default_switchboard_integration_id or "",
            int(enabled),
            default or "",
        )
        changed = Switchboard(id=was.id, enabled=enabled, default_switchboard_integration_id=default)
        return await context.write(write, SwitchboardResponse(switchboard=changed), f"switchboard/{was.id}")

    try:
        return await changing(lambda: named(context, switchboard_id), change)
    except Refused:  # the default is none of this switchboard
        raise SwitchboardIntegrationNotFound from None


@serves(Switchboards.delete)
async def delete(context: Context, switchboard_id: str) -> None:
    try:
        write = rows.switchboards.delete(context.app_id, switchboard_id)
        await context.commit(write, EMPTY, f"switchboard/{switchboard_id}")
    except Refused:
        raise SwitchboardNotFound from None


async def named(context: Context, switchboard_id: str) -> Switchboard:
    """The app's switchboard of this id, or a refusal."""
    found = await _of_app(context)
    if found is None or found.id != switchboard_id:
        raise SwitchboardNotFound
    return found


async def _of_app(context: Context) -> Switchboard | None:
    row = await rows.switchboards.of_app(context.database, context.app_id)
    if row is None:
        return None
    return Switchboard(id=row[0], enabled=bool(row[1]), default_switchboard_integration_id=row[2] or None)
