# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversationMessageDeliveryFailureEventAllOfPayloadAllOfError(Model):
    code: Any
    message: Any
    def __init__(self, code: Any = None, message: Any = None, **kwargs: Any) -> None: ...
