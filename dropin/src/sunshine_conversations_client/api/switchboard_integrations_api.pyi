# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.switchboard_integration_list_response import SwitchboardIntegrationListResponse
from ..model.switchboard_integration_response import SwitchboardIntegrationResponse

class SwitchboardIntegrationsApi(Api):
    def create_switchboard_integration(
        self,
        app_id: str,
        switchboard_id: str,
        switchboard_integration_create_body: Model | dict[str, Any],
        **kwargs: Any,
    ) -> SwitchboardIntegrationResponse: ...
    def create_switchboard_integration_with_http_info(
        self,
        app_id: str,
        switchboard_id: str,
        switchboard_integration_create_body: Model | dict[str, Any],
        **kwargs: Any,
    ) -> ApiResponse[SwitchboardIntegrationResponse]: ...
    def create_switchboard_integration_without_preload_content(
        self,
        app_id: str,
        switchboard_id: str,
        switchboard_integration_create_body: Model | dict[str, Any],
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def list_switchboard_integrations(
        self, app_id: str, switchboard_id: str, **kwargs: Any
    ) -> SwitchboardIntegrationListResponse: ...
    def list_switchboard_integrations_with_http_info(
        self, app_id: str, switchboard_id: str, **kwargs: Any
    ) -> ApiResponse[SwitchboardIntegrationListResponse]: ...
    def list_switchboard_integrations_without_preload_content(
        self, app_id: str, switchboard_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def update_switchboard_integration(
        self,
        app_id: str,
        switchboard_id: str,
        switchboard_integration_id: str,
        switchboard_integration_update_body: Model | dict[str, Any],
        **kwargs: Any,
    ) -> SwitchboardIntegrationResponse: ...
    def update_switchboard_integration_with_http_info(
        self,
        app_id: str,
        switchboard_id: str,
        switchboard_integration_id: str,
        switchboard_integration_update_body: Model | dict[str, Any],
        **kwargs: Any,
    ) -> ApiResponse[SwitchboardIntegrationResponse]: ...
    def update_switchboard_integration_without_preload_content(
        self,
        app_id: str,
        switchboard_id: str,
        switchboard_integration_id: str,
        switchboard_integration_update_body: Model | dict[str, Any],
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def delete_switchboard_integration(
        self, app_id: str, switchboard_id: str, switchboard_integration_id: str, **kwargs: Any
    ) -> Any: ...
    def delete_switchboard_integration_with_http_info(
        self, app_id: str, switchboard_id: str, switchboard_integration_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_switchboard_integration_without_preload_content(
        self, app_id: str, switchboard_id: str, switchboard_integration_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
