# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationMessageDeliveryPayloadExternalMessagesInner(Model):
    id: Any
    def __init__(self, id: Any = None, **kwargs: Any) -> None: ...
