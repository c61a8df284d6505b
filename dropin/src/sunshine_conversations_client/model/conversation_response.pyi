# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation import Conversation

class ConversationResponse(Model):
    conversation: Conversation | None
    def __init__(self, conversation: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
