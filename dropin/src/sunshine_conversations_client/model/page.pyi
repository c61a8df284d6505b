# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Page(Model):
    after: str | None
    before: str | None
    size: int | None
    def __init__(
        self, after: str | None = None, before: str | None = None, size: int | None = None, **kwargs: Any
    ) -> None: ...
