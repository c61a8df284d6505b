# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .error import Error

class ErrorResponse(Model):
    errors: list[Error] | None
    def __init__(self, errors: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...
