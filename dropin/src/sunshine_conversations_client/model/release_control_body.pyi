# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ReleaseControlBody(Model):
    metadata: Any
    reason: Any
    def __init__(self, metadata: Any = None, reason: Any = None, **kwargs: Any) -> None: ...
