# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class PostbackWebhook(Model):
    payload: Any
    metadata: Any
    def __init__(self, payload: Any = None, metadata: Any = None, **kwargs: Any) -> None: ...
