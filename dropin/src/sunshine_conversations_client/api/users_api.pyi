# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.user_list_response import UserListResponse
from ..model.user_response import UserResponse

class UsersApi(Api):
    def create_user(self, app_id: str, user_create_body: Model | dict[str, Any], **kwargs: Any) -> UserResponse: ...
    def create_user_with_http_info(
        self, app_id: str, user_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[UserResponse]: ...
    def create_user_without_preload_content(
        self, app_id: str, user_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_users(
        self, app_id: str, filter: Model | dict[str, Any], *, brand_id: str | None = None, **kwargs: Any
    ) -> UserListResponse: ...
    def list_users_with_http_info(
        self, app_id: str, filter: Model | dict[str, Any], *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[UserListResponse]: ...
    def list_users_without_preload_content(
        self, app_id: str, filter: Model | dict[str, Any], *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def get_user(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> UserResponse: ...
    def get_user_with_http_info(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[UserResponse]: ...
    def get_user_without_preload_content(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def update_user(
        self,
        app_id: str,
        user_id_or_external_id: str,
        user_update_body: Model | dict[str, Any],
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> UserResponse: ...
    def update_user_with_http_info(
        self,
        app_id: str,
        user_id_or_external_id: str,
        user_update_body: Model | dict[str, Any],
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> ApiResponse[UserResponse]: ...
    def update_user_without_preload_content(
        self,
        app_id: str,
        user_id_or_external_id: str,
        user_update_body: Model | dict[str, Any],
        *,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def delete_user(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> Any: ...
    def delete_user_with_http_info(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_user_without_preload_content(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_user_personal_information(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> UserResponse: ...
    def delete_user_personal_information_with_http_info(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> ApiResponse[UserResponse]: ...
    def delete_user_personal_information_without_preload_content(
        self, app_id: str, user_id_or_external_id: str, *, brand_id: str | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def sync_user(
        self, app_id: str, zendesk_id: str, sync_user_body: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> UserResponse: ...
    def sync_user_with_http_info(
        self, app_id: str, zendesk_id: str, sync_user_body: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> ApiResponse[UserResponse]: ...
    def sync_user_without_preload_content(
        self, app_id: str, zendesk_id: str, sync_user_body: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
