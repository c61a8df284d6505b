"""Postbacks: what pressing a button of a message tells the business."""

from __future__ import annotations

from ._wire import Wire
from .message import Author


class PostbackPost(Wire, kw_only=True):
    """A button that was pressed: by whom, under which message, and what it carries."""

    author: Author
    message_id: str
    payload: str
