# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AcceptControlBody(Model):
    metadata: Any
    def __init__(self, metadata: Any = None, **kwargs: Any) -> None: ...
