# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.app_key_response import AppKeyResponse

class AppKeysApi(Api):
    def create_app_key(
        self, app_id: str, app_key_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> AppKeyResponse: ...
    def create_app_key_with_http_info(
        self, app_id: str, app_key_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[AppKeyResponse]: ...
    def create_app_key_without_preload_content(
        self, app_id: str, app_key_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
