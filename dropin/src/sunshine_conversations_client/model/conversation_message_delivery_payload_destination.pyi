# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationMessageDeliveryPayloadDestination(Model):
    type: str | None
    integration_id: str | None
    def __init__(self, type: str | None = None, integration_id: str | None = None, **kwargs: Any) -> None: ...
