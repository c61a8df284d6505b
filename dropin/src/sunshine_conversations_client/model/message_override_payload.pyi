# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class MessageOverridePayload(Model):
    payload: Any
    def __init__(self, payload: Any = None, **kwargs: Any) -> None: ...
