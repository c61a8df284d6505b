# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse

class SwitchboardActionsApi(Api):
    def pass_control(
        self, app_id: str, conversation_id: str, pass_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> Any: ...
    def pass_control_with_http_info(
        self, app_id: str, conversation_id: str, pass_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def pass_control_without_preload_content(
        self, app_id: str, conversation_id: str, pass_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def offer_control(
        self, app_id: str, conversation_id: str, offer_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> Any: ...
    def offer_control_with_http_info(
        self, app_id: str, conversation_id: str, offer_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def offer_control_without_preload_content(
        self, app_id: str, conversation_id: str, offer_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def accept_control(
        self, app_id: str, conversation_id: str, accept_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> Any: ...
    def accept_control_with_http_info(
        self, app_id: str, conversation_id: str, accept_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def accept_control_without_preload_content(
        self, app_id: str, conversation_id: str, accept_control_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def release_control(
        self,
        app_id: str,
        conversation_id: str,
        release_control_body: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any: ...
    def release_control_with_http_info(
        self,
        app_id: str,
        conversation_id: str,
        release_control_body: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> ApiResponse[Any]: ...
    def release_control_without_preload_content(
        self,
        app_id: str,
        conversation_id: str,
        release_control_body: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
