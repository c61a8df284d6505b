# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated

class SwitchboardAcceptControlFailureAllOfPayload(Model):
    error: Any
    conversation: ConversationTruncated | None
    metadata: Any
    def __init__(
        self, error: Any = None, conversation: Model | dict[str, Any] | None = None, metadata: Any = None, **kwargs: Any
    ) -> None: ...
