# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_message_delivery_payload_destination import ConversationMessageDeliveryPayloadDestination
from .conversation_message_delivery_payload_external_messages_inner import (
    ConversationMessageDeliveryPayloadExternalMessagesInner,
)
from .conversation_message_delivery_payload_message import ConversationMessageDeliveryPayloadMessage
from .conversation_truncated import ConversationTruncated
from .user import User

class ConversationMessageDeliveryPayload(Model):
    user: User | None
    conversation: ConversationTruncated | None
    message: ConversationMessageDeliveryPayloadMessage | None
    destination: ConversationMessageDeliveryPayloadDestination | None
    external_messages: list[ConversationMessageDeliveryPayloadExternalMessagesInner] | None
    is_final_event: bool | None
    def __init__(
        self,
        user: Model | dict[str, Any] | None = None,
        conversation: Model | dict[str, Any] | None = None,
        message: Model | dict[str, Any] | None = None,
        destination: Model | dict[str, Any] | None = None,
        external_messages: list[Model | dict[str, Any]] | None = None,
        is_final_event: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
