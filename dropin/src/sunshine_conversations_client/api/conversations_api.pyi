# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.conversation_response import ConversationResponse

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
    def get_conversation(self, app_id: str, conversation_id: str, **kwargs: Any) -> ConversationResponse: ...
    def get_conversation_with_http_info(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> ApiResponse[ConversationResponse]: ...
    def get_conversation_without_preload_content(
        self, app_id: str, conversation_id: str, **kwargs: Any
    ) -> BaseHTTPResponse: ...
