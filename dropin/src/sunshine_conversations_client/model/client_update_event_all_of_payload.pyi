# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client import Client
from .conversation_truncated import ConversationTruncated
from .user_truncated import UserTruncated

class ClientUpdateEventAllOfPayload(Model):
    conversation: ConversationTruncated | None
    user: UserTruncated | None
    client: Client | None
    reason: str | None
    def __init__(
        self,
        conversation: Model | dict[str, Any] | None = None,
        user: Model | dict[str, Any] | None = None,
        client: Model | dict[str, Any] | None = None,
        reason: str | None = None,
        **kwargs: Any,
    ) -> None: ...
