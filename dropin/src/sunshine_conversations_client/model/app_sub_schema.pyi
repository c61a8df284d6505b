# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AppSubSchema(Model):
    id: str | None
    def __init__(self, id: str | None = None, **kwargs: Any) -> None: ...
