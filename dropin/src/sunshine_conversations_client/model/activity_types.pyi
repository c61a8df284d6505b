# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ActivityTypes(Model):
    type: Any
    def __init__(self, type: str | None = None, **kwargs: Any) -> None: ...
