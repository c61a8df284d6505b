# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated
from .user_truncated import UserTruncated

class ConversationLeaveEventAllOfPayload(Model):
    conversation: ConversationTruncated | None
    user: UserTruncated | None
    def __init__(
        self,
        conversation: Model | dict[str, Any] | None = None,
        user: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
