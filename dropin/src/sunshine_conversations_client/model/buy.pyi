# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Buy(Model):
    type: str
    text: str
    amount: int
    currency: str | None
    metadata: Any
    def __init__(
        self,
        type: str | None = None,
        text: str | None = None,
        amount: int | None = None,
        currency: str | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> None: ...
