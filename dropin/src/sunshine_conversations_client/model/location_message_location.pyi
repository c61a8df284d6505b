# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class LocationMessageLocation(Model):
    address: str | None
    name: str | None
    def __init__(self, address: str | None = None, name: str | None = None, **kwargs: Any) -> None: ...
