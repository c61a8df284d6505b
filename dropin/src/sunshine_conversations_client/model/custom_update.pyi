# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class CustomUpdate(Model):
    display_name: str | None
    def __init__(self, display_name: str | None = None, **kwargs: Any) -> None: ...
