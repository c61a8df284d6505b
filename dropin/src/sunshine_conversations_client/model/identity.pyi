# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Identity(Model):
    type: str | None
    value: str | None
    verification: str | None
    def __init__(
        self, type: str | None = None, value: str | None = None, verification: str | None = None, **kwargs: Any
    ) -> None: ...
