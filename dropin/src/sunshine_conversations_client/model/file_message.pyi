# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class FileMessage(Model):
    type: str
    media_url: str
    media_size: int | None
    media_type: str | None
    alt_text: str | None
    text: str | None
    attachment_id: str | None
    html_text: str | None
    markdown_text: str | None
    block_chat_input: bool | None
    def __init__(
        self,
        type: str | None = None,
        media_url: str | None = None,
        media_size: int | None = None,
        media_type: str | None = None,
        alt_text: str | None = None,
        text: str | None = None,
        attachment_id: str | None = None,
        html_text: str | None = None,
        markdown_text: str | None = None,
        block_chat_input: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
