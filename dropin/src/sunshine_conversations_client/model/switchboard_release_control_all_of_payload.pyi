# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated

class SwitchboardReleaseControlAllOfPayload(Model):
    conversation: ConversationTruncated | None
    metadata: Any
    reason: str | None
    def __init__(
        self,
        conversation: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        reason: str | None = None,
        **kwargs: Any,
    ) -> None: ...
