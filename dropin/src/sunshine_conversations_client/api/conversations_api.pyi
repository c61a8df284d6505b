# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.conversation_list_response import ConversationListResponse
from ..model.conversation_response import ConversationResponse
from ..model.conversion_events_response import ConversionEventsResponse

class ConversationsApi(Api):
    def create_conversation(
        self, app_id: str, conversation_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> ConversationResponse: ...
    def create_conversation_with_http_info(
        self, app_id: str, conversation_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[ConversationResponse]: ...
    def create_conversation_without_preload_content(
        self, app_id: str, conversation_create_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_conversations(
        self, app_id: str, filter: Model | dict[str, Any], page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> ConversationListResponse: ...
    def list_conversations_with_http_info(
        self, app_id: str, filter: Model | dict[str, Any], page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> ApiResponse[ConversationListResponse]: ...
    def list_conversations_without_preload_content(
        self, app_id: str, filter: Model | dict[str, Any], page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def get_conversation(self, app_id: str, conversation_id: str, **kwargs: Any) -> ConversationResponse: ...
    def get_conversation_with_http_info(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> ApiResponse[ConversationResponse]: ...
    def get_conversation_without_preload_content(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def update_conversation(
        self, app_id: str, conversation_id: str, conversation_update_body: Model | dict[str, Any], **kwargs: Any
    ) -> ConversationResponse: ...
    def update_conversation_with_http_info(
        self, app_id: str, conversation_id: str, conversation_update_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[ConversationResponse]: ...
    def update_conversation_without_preload_content(
        self, app_id: str, conversation_id: str, conversation_update_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def delete_conversation(self, app_id: str, conversation_id: str, **kwargs: Any) -> Any: ...
    def delete_conversation_with_http_info(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_conversation_without_preload_content(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def download_message_ref(
        self, app_id: str, conversation_id: str, download_message_ref_body: Model | dict[str, Any], **kwargs: Any
    ) -> Any: ...
    def download_message_ref_with_http_info(
        self, app_id: str, conversation_id: str, download_message_ref_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def download_message_ref_without_preload_content(
        self, app_id: str, conversation_id: str, download_message_ref_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def post_conversion_events(
        self, app_id: str, conversation_id: str, conversion_events_body: Model | dict[str, Any], **kwargs: Any
    ) -> ConversionEventsResponse: ...
    def post_conversion_events_with_http_info(
        self, app_id: str, conversation_id: str, conversion_events_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[ConversionEventsResponse]: ...
    def post_conversion_events_without_preload_content(
        self, app_id: str, conversation_id: str, conversion_events_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
