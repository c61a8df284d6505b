# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_message_delivery_failure_event_all_of_payload import (
    ConversationMessageDeliveryFailureEventAllOfPayload,
)

class ConversationMessageDeliveryFailureEvent(Model):
    id: str | None
    type: str
    created_at: str | None
    payload: ConversationMessageDeliveryFailureEventAllOfPayload | None
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        created_at: str | None = None,
        payload: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
