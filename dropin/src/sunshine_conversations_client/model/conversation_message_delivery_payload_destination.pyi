# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationMessageDeliveryPayloadDestination(Model):
    type: Any
    integration_id: Any
    def __init__(self, type: Any = None, integration_id: Any = None, **kwargs: Any) -> None: ...
