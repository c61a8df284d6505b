# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class EventSubSchema(Model):
    id: str | None
    type: Any
    created_at: str | None
    def __init__(
        self, id: str | None = None, type: Any = None, created_at: str | None = None, **kwargs: Any
    ) -> None: ...
