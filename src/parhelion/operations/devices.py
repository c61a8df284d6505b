"""Devices."""

from __future__ import annotations

from ..wire import DeviceListResponse, DeviceNotFound, DeviceResponse, UserNotFound
from ._callers import C_co, Resource
from ._operation import GET

PATH = "/v2/apps/{app_id}/users/{user_id_or_external_id}/devices"


class Devices(Resource[C_co]):
    """The phones and browsers on which a user meets the SDKs."""

    @GET("ListDevices", PATH, errors=(UserNotFound,))
    def list(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> DeviceListResponse:
        """All devices of a user, the most recently seen one first.

        No SDK speaks to this project's server: its users have the devices that were brought in with them.

        Errors: `UserNotFound`.

            for device in client.devices.list("ada").devices:
                print(device.type, device.last_seen)

        Source: ListDevices in the API's specification, 17.12.1.
        """
        ...

    @GET("GetDevice", PATH + "/{device_id}", errors=(UserNotFound, DeviceNotFound))
    def get(self, user_id_or_external_id: str, device_id: str, *, brand_id: str | None = None) -> DeviceResponse:
        """One device of a user.

        Errors: `UserNotFound`, `DeviceNotFound`.

            print(client.devices.get("ada", device_id).device.status)

        Source: GetDevice in the API's specification, 17.12.1.
        """
        ...
