# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.app_response import AppResponse
from ..model.get_token200_response import GetToken200Response

class OAuthEndpointsApi(Api):
    def authorize(
        self,
        client_id: str,
        response_type: str | None = None,
        state: str | None = None,
        redirect_uri: str | None = None,
        **kwargs: Any,
    ) -> str: ...
    def authorize_with_http_info(
        self,
        client_id: str,
        response_type: str | None = None,
        state: str | None = None,
        redirect_uri: str | None = None,
        **kwargs: Any,
    ) -> ApiResponse[str]: ...
    def authorize_without_preload_content(
        self,
        client_id: str,
        response_type: str | None = None,
        state: str | None = None,
        redirect_uri: str | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def get_token(self, get_token_request: Model | dict[str, Any], **kwargs: Any) -> GetToken200Response: ...
    def get_token_with_http_info(
        self, get_token_request: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[GetToken200Response]: ...
    def get_token_without_preload_content(
        self, get_token_request: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def revoke_access(self, **kwargs: Any) -> Any: ...
    def revoke_access_with_http_info(self, **kwargs: Any) -> ApiResponse[Any]: ...
    def revoke_access_without_preload_content(self, **kwargs: Any) -> BaseHTTPResponse: ...
    def get_token_info(self, **kwargs: Any) -> AppResponse: ...
    def get_token_info_with_http_info(self, **kwargs: Any) -> ApiResponse[AppResponse]: ...
    def get_token_info_without_preload_content(self, **kwargs: Any) -> BaseHTTPResponse: ...
