# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.client_list_response import ClientListResponse
from ..model.client_response import ClientResponse

class ClientsApi(Api):
    def create_client(
        self,
        app_id: str,
        user_id_or_external_id: str,
        client_create: Model | dict[str, Any],
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> ClientResponse: ...
    def create_client_with_http_info(
        self,
        app_id: str,
        user_id_or_external_id: str,
        client_create: Model | dict[str, Any],
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> ApiResponse[ClientResponse]: ...
    def create_client_without_preload_content(
        self,
        app_id: str,
        user_id_or_external_id: str,
        client_create: Model | dict[str, Any],
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def list_clients(
        self,
        app_id: str,
        user_id_or_external_id: str,
        page: Model | dict[str, Any] | None = None,
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> ClientListResponse: ...
    def list_clients_with_http_info(
        self,
        app_id: str,
        user_id_or_external_id: str,
        page: Model | dict[str, Any] | None = None,
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> ApiResponse[ClientListResponse]: ...
    def list_clients_without_preload_content(
        self,
        app_id: str,
        user_id_or_external_id: str,
        page: Model | dict[str, Any] | None = None,
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def remove_client(
        self, app_id: str, user_id_or_external_id: str, client_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> Any: ...
    def remove_client_with_http_info(
        self, app_id: str, user_id_or_external_id: str, client_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def remove_client_without_preload_content(
        self, app_id: str, user_id_or_external_id: str, client_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
