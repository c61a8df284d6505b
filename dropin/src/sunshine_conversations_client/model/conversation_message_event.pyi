# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_message_event_all_of_payload import ConversationMessageEventAllOfPayload

class ConversationMessageEvent(Model):
    id: Any
    type: Any
    created_at: Any
    payload: ConversationMessageEventAllOfPayload | None
    def __init__(
        self,
        id: Any = None,
        type: Any = None,
        created_at: Any = None,
        payload: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
