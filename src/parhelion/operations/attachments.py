"""Attachments."""

from __future__ import annotations

from ..wire import (
    Access,
    AttachmentDeleteBody,
    AttachmentNotFound,
    AttachmentResponse,
    ConversationNotFound,
    PayloadTooLarge,
    Purpose,
    UnsupportedMediaType,
)
from ._callers import C_co, Resource
from ._operation import POST, UPLOAD, AsyncFile

PATH = "/v2/apps/{app_id}/attachments"


class Attachments(Resource[C_co]):
    """Files that messages show."""

    @UPLOAD("UploadAttachment", PATH, status=201, errors=(ConversationNotFound, PayloadTooLarge, UnsupportedMediaType))
    def upload(
        self,
        source: AsyncFile,
        access: Access = "public",
        for_: Purpose | None = None,
        conversation_id: str | None = None,
    ) -> AttachmentResponse:
        """Upload a file; its `media_url` can then be shown by image, file, carousel and list messages.

        `source` is a path, bytes, an open file or an iterable of bytes (the async client also takes an async one),
        and is streamed. With `for_="message"` the file goes when the last message that shows it goes, or its
        conversation or user; without, it stays until it is deleted.

        Limits: 50 MB. Both the name's extension and the file's first bytes must be of an accepted kind.

        Errors: `BadRequest`, `ConversationNotFound`, `PayloadTooLarge`, `UnsupportedMediaType`.

            attachment = client.attachments.upload("sun.png", for_="message").attachment
            print(attachment.media_url, attachment.media_type)

        Source: UploadAttachment in the API's specification, 17.12.1, and its guide on validating files.
        """
        ...

    @POST("DeleteAttachment", PATH + "/remove", errors=(AttachmentNotFound,))
    def delete(self, body: AttachmentDeleteBody) -> None:
        """Delete an uploaded file, named by the `media_url` that its upload answered.

        Errors: `BadRequest` for an address that is not this server's, `AttachmentNotFound`.

            client.attachments.delete(AttachmentDeleteBody(media_url=attachment.media_url))

        Source: DeleteAttachment in the API's specification, 17.12.1.
        """
        ...
