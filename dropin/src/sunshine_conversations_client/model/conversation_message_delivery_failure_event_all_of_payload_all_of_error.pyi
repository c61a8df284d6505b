# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationMessageDeliveryFailureEventAllOfPayloadAllOfError(Model):
    code: str | None
    message: str | None
    def __init__(self, code: str | None = None, message: str | None = None, **kwargs: Any) -> None: ...
