"""Attachments: a file given, an address answered."""

from __future__ import annotations

from typing import Literal

from ._wire import Uri, Wire

Access = Literal["public"]
Purpose = Literal["message"]


class Attachment(Wire, kw_only=True):
    """An uploaded file: where it can be fetched, and what it is."""

    media_url: str
    media_type: str


class AttachmentResponse(Wire, kw_only=True):
    """The answer to an upload."""

    attachment: Attachment


class AttachmentDeleteBody(Wire, kw_only=True):
    """Which upload to delete, by the `mediaUrl` that was answered."""

    media_url: Uri
