# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from ..api_response import ApiResponse
from ..model.device_list_response import DeviceListResponse
from ..model.device_response import DeviceResponse

class DevicesApi(Api):
    def list_devices(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> DeviceListResponse: ...
    def list_devices_with_http_info(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[DeviceListResponse]: ...
    def list_devices_without_preload_content(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def get_device(
        self, app_id: str, user_id_or_external_id: str, device_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> DeviceResponse: ...
    def get_device_with_http_info(
        self, app_id: str, user_id_or_external_id: str, device_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[DeviceResponse]: ...
    def get_device_without_preload_content(
        self, app_id: str, user_id_or_external_id: str, device_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
