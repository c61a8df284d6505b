# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.webhook_list_response import WebhookListResponse
from ..model.webhook_response import WebhookResponse

class WebhooksApi(Api):
    def create_webhook(
        self, app_id: str, integration_id: str, webhook_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> WebhookResponse: ...
    def create_webhook_with_http_info(
        self, app_id: str, integration_id: str, webhook_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[WebhookResponse]: ...
    def create_webhook_without_preload_content(
        self, app_id: str, integration_id: str, webhook_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_webhooks(self, app_id: str, integration_id: str, **kwargs: Any) -> WebhookListResponse: ...
    def list_webhooks_with_http_info(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> ApiResponse[WebhookListResponse]: ...
    def list_webhooks_without_preload_content(
        self, app_id: str, integration_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def get_webhook(self, app_id: str, integration_id: str, webhook_id: str, **kwargs: Any) -> WebhookResponse: ...
    def get_webhook_with_http_info(
        self, app_id: str, integration_id: str, webhook_id: str, **kwargs: Any
    ) -> ApiResponse[WebhookResponse]: ...
    def get_webhook_without_preload_content(
        self, app_id: str, integration_id: str, webhook_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def update_webhook(
        self, app_id: str, integration_id: str, webhook_id: str, webhook_body: Model | dict[str, Any], **kwargs: Any
    ) -> WebhookResponse: ...
    def update_webhook_with_http_info(
        self, app_id: str, integration_id: str, webhook_id: str, webhook_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[WebhookResponse]: ...
    def update_webhook_without_preload_content(
        self, app_id: str, integration_id: str, webhook_id: str, webhook_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_webhook(self, app_id: str, integration_id: str, webhook_id: str, **kwargs: Any) -> Any: ...
    def delete_webhook_with_http_info(
        self, app_id: str, integration_id: str, webhook_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_webhook_without_preload_content(
        self, app_id: str, integration_id: str, webhook_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
