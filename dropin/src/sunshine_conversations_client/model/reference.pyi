# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Reference(Model):
    uri: str | None
    title: str | None
    description: str | None
    def __init__(
        self, uri: str | None = None, title: str | None = None, description: str | None = None, **kwargs: Any
    ) -> None: ...
