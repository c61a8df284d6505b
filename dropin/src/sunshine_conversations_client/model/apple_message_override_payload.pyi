# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AppleMessageOverridePayload(Model):
    payload: Any
    with_capabilities: list[str] | None
    def __init__(self, payload: Any = None, with_capabilities: list[str] | None = None, **kwargs: Any) -> None: ...
