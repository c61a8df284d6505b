# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.integration_api_key_list_response import IntegrationApiKeyListResponse
from ..model.integration_api_key_response import IntegrationApiKeyResponse

class CustomIntegrationApiKeysApi(Api):
    def create_custom_integration_key(
        self, app_id: str, integration_id: str, integration_api_key: Model | dict[str, Any], **kwargs: Any
    ) -> IntegrationApiKeyResponse: ...
    def create_custom_integration_key_with_http_info(
        self, app_id: str, integration_id: str, integration_api_key: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[IntegrationApiKeyResponse]: ...
    def create_custom_integration_key_without_preload_content(
        self, app_id: str, integration_id: str, integration_api_key: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_custom_integration_keys(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> IntegrationApiKeyListResponse: ...
    def list_custom_integration_keys_with_http_info(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> ApiResponse[IntegrationApiKeyListResponse]: ...
    def list_custom_integration_keys_without_preload_content(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def get_custom_integration_key(
        self, app_id: str, integration_id: str, key_id: str, **kwargs: Any
    ) -> IntegrationApiKeyResponse: ...
    def get_custom_integration_key_with_http_info(
        self, app_id: str, integration_id: str, key_id: str, **kwargs: Any
    ) -> ApiResponse[IntegrationApiKeyResponse]: ...
    def get_custom_integration_key_without_preload_content(
        self, app_id: str, integration_id: str, key_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_custom_integration_key(self, app_id: str, integration_id: str, key_id: str, **kwargs: Any) -> Any: ...
    def delete_custom_integration_key_with_http_info(
        self, app_id: str, integration_id: str, key_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_custom_integration_key_without_preload_content(
        self, app_id: str, integration_id: str, key_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
