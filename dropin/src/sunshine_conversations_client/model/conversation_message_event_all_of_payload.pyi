# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated
from .message_webhook import MessageWebhook

class ConversationMessageEventAllOfPayload(Model):
    conversation: ConversationTruncated | None
    message: MessageWebhook | None
    recent_notifications: list[MessageWebhook] | None
    def __init__(
        self,
        conversation: Model | dict[str, Any] | None = None,
        message: Model | dict[str, Any] | None = None,
        recent_notifications: list[Model | dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None: ...
