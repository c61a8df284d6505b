# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class PostbackWebhook(Model):
    payload: str | None
    metadata: Any
    def __init__(self, payload: str | None = None, metadata: Any = None, **kwargs: Any) -> None: ...
