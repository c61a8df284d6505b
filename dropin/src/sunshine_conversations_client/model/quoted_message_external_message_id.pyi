# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class QuotedMessageExternalMessageId(Model):
    type: str
    external_message_id: str | None
    def __init__(self, type: str | None = None, external_message_id: str | None = None, **kwargs: Any) -> None: ...
