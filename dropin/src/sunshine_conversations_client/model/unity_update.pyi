# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class UnityUpdate(Model):
    display_name: str | None
    default_responder_id: str | None
    can_user_create_more_conversations: bool | None
    can_user_see_conversation_list: bool | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        display_name: str | None = None,
        default_responder_id: str | None = None,
        can_user_create_more_conversations: bool | None = None,
        can_user_see_conversation_list: bool | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
