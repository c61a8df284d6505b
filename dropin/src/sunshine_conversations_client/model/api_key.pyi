# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ApiKey(Model):
    id: str | None
    display_name: str | None
    secret: str | None
    def __init__(
        self, id: str | None = None, display_name: str | None = None, secret: str | None = None, **kwargs: Any
    ) -> None: ...
