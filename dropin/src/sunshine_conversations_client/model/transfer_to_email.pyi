# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class TransferToEmail(Model):
    type: str
    data: Any
    def __init__(self, type: str | None = None, data: Any = None, **kwargs: Any) -> None: ...
