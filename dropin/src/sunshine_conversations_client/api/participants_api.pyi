# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.participant_list_response import ParticipantListResponse
from ..model.participant_response import ParticipantResponse

class ParticipantsApi(Api):
    def join_conversation(
        self, app_id: str, conversation_id: str, participant_join_body: Model | dict[str, Any], **kwargs: Any
    ) -> ParticipantResponse: ...
    def join_conversation_with_http_info(
        self, app_id: str, conversation_id: str, participant_join_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[ParticipantResponse]: ...
    def join_conversation_without_preload_content(
        self, app_id: str, conversation_id: str, participant_join_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def list_participants(
        self, app_id: str, conversation_id: str, page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> ParticipantListResponse: ...
    def list_participants_with_http_info(
        self, app_id: str, conversation_id: str, page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> ApiResponse[ParticipantListResponse]: ...
    def list_participants_without_preload_content(
        self, app_id: str, conversation_id: str, page: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> BaseHTTPResponse: ...
    def leave_conversation(
        self, app_id: str, conversation_id: str, participant_leave_body: Model | dict[str, Any], **kwargs: Any
    ) -> Any: ...
    def leave_conversation_with_http_info(
        self, app_id: str, conversation_id: str, participant_leave_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def leave_conversation_without_preload_content(
        self, app_id: str, conversation_id: str, participant_leave_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
