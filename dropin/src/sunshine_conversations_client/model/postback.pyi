# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Postback(Model):
    type: str
    text: str
    payload: str
    metadata: Any
    def __init__(
        self,
        type: str | None = None,
        text: str | None = None,
        payload: str | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> None: ...
