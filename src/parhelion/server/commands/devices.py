"""Devices. No SDK speaks to this server, so they come with data that is brought in, and are only read."""

from __future__ import annotations

from ...operations import Devices
from ...wire import DeviceListResponse, DeviceNotFound, DeviceResponse
from .. import rows
from . import users
from ._serves import Context, Said, serves


@serves(Devices.list)
async def list_(
    context: Context, user_id_or_external_id: str, *, brand_id: str | None = None
) -> Said[DeviceListResponse]:
    user, _, _ = await users.named(context, user_id_or_external_id, brand_id)
    return Said(b'{"devices":[%b]}' % b",".join(await rows.devices.every(context.database, context.app_id, user)))


@serves(Devices.get)
async def get(
    context: Context, user_id_or_external_id: str, device_id: str, *, brand_id: str | None = None
) -> Said[DeviceResponse]:
    user, _, _ = await users.named(context, user_id_or_external_id, brand_id)
    found = await rows.devices.find(context.database, context.app_id, user, device_id)
    if found is None:
        raise DeviceNotFound
    return Said(b'{"device":%b}' % found)
