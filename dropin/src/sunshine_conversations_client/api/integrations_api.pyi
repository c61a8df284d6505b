# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.integration_list_response import IntegrationListResponse
from ..model.integration_response import IntegrationResponse

class IntegrationsApi(Api):
    def create_integration(
        self, app_id: str, integration: Model | dict[str, Any], **kwargs: Any
    ) -> IntegrationResponse: ...
    def create_integration_with_http_info(
        self, app_id: str, integration: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[IntegrationResponse]: ...
    def create_integration_without_preload_content(
        self, app_id: str, integration: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_integrations(
        self,
        app_id: str,
        page: Model | dict[str, Any] | None = None,
        filter: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> IntegrationListResponse: ...
    def list_integrations_with_http_info(
        self,
        app_id: str,
        page: Model | dict[str, Any] | None = None,
        filter: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> ApiResponse[IntegrationListResponse]: ...
    def list_integrations_without_preload_content(
        self,
        app_id: str,
        page: Model | dict[str, Any] | None = None,
        filter: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def get_integration(self, app_id: str, integration_id: str, **kwargs: Any) -> IntegrationResponse: ...
    def get_integration_with_http_info(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> ApiResponse[IntegrationResponse]: ...
    def get_integration_without_preload_content(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def update_integration(
        self, app_id: str, integration_id: str, integration_update: Model | dict[str, Any], **kwargs: Any
    ) -> IntegrationResponse: ...
    def update_integration_with_http_info(
        self, app_id: str, integration_id: str, integration_update: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[IntegrationResponse]: ...
    def update_integration_without_preload_content(
        self, app_id: str, integration_id: str, integration_update: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_integration(self, app_id: str, integration_id: str, **kwargs: Any) -> Any: ...
    def delete_integration_with_http_info(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_integration_without_preload_content(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
