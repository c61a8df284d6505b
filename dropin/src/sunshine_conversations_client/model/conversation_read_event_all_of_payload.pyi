# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .activity import Activity
from .conversation_truncated import ConversationTruncated

class ConversationReadEventAllOfPayload(Model):
    conversation: ConversationTruncated | None
    activity: Activity | None
    def __init__(
        self,
        conversation: Model | dict[str, Any] | None = None,
        activity: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
