# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse

class ActivitiesApi(Api):
    def post_activity(
        self, app_id: str, conversation_id: str, activity_post: Model | dict[str, Any], **kwargs: Any
    ) -> Any: ...
    def post_activity_with_http_info(
        self, app_id: str, conversation_id: str, activity_post: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def post_activity_without_preload_content(
        self, app_id: str, conversation_id: str, activity_post: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
