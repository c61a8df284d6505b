# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.message_list_response import MessageListResponse
from ..model.message_post_response import MessagePostResponse

class MessagesApi(Api):
    def post_message(
        self, app_id: str, conversation_id: str, message_post: Model | dict[str, Any], **kwargs: Any
    ) -> MessagePostResponse: ...
    def post_message_with_http_info(
        self, app_id: str, conversation_id: str, message_post: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[MessagePostResponse]: ...
    def post_message_without_preload_content(
        self, app_id: str, conversation_id: str, message_post: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_messages(
        self, app_id: str, conversation_id: str, page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> MessageListResponse: ...
    def list_messages_with_http_info(
        self, app_id: str, conversation_id: str, page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> ApiResponse[MessageListResponse]: ...
    def list_messages_without_preload_content(
        self, app_id: str, conversation_id: str, page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_all_messages(self, app_id: str, conversation_id: str, **kwargs: Any) -> Any: ...
    def delete_all_messages_with_http_info(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_all_messages_without_preload_content(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_message(self, app_id: str, conversation_id: str, message_id: str, **kwargs: Any) -> Any: ...
    def delete_message_with_http_info(
        self, app_id: str, conversation_id: str, message_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_message_without_preload_content(
        self, app_id: str, conversation_id: str, message_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
