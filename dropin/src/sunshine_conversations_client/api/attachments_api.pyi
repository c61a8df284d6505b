# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from urllib3 import BaseHTTPResponse

from .._apis import Api
from .._model import Model
from ..api_response import ApiResponse
from ..model.attachment_response import AttachmentResponse

class AttachmentsApi(Api):
    def upload_attachment(
        self,
        app_id: str,
        access: str,
        source: Any,
        _for: str | None = None,
        conversation_id: str | None = None,
        **kwargs: Any,
    ) -> AttachmentResponse: ...
    def upload_attachment_with_http_info(
        self,
        app_id: str,
        access: str,
        source: Any,
        _for: str | None = None,
        conversation_id: str | None = None,
        **kwargs: Any,
    ) -> ApiResponse[AttachmentResponse]: ...
    def upload_attachment_without_preload_content(
        self,
        app_id: str,
        access: str,
        source: Any,
        _for: str | None = None,
        conversation_id: str | None = None,
        **kwargs: Any,
    ) -> BaseHTTPResponse: ...
    def delete_attachment(self, app_id: str, attachment_delete_body: Model | dict[str, Any], **kwargs: Any) -> Any: ...
    def delete_attachment_with_http_info(
        self, app_id: str, attachment_delete_body: Model | dict[str, Any], **kwargs: Any
    ) -> ApiResponse[Any]: ...
    def delete_attachment_without_preload_content(
        self, app_id: str, attachment_delete_body: Model | dict[str, Any], **kwargs: Any
    ) -> BaseHTTPResponse: ...
