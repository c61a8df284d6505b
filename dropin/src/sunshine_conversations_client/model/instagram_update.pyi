# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class InstagramUpdate(Model):
    display_name: str | None
    default_responder_id: str | None
    page_access_token: str | None
    story_replies_enabled: bool | None
    story_mentions_enabled: bool | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        display_name: str | None = None,
        default_responder_id: str | None = None,
        page_access_token: str | None = None,
        story_replies_enabled: bool | None = None,
        story_mentions_enabled: bool | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
