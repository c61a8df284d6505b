# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated

class ConversationRemoveEventAllOfPayload(Model):
    conversation: ConversationTruncated | None
    def __init__(self, conversation: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
