# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Links(Model):
    prev: str | None
    next: str | None
    def __init__(self, prev: str | None = None, next: str | None = None, **kwargs: Any) -> None: ...
