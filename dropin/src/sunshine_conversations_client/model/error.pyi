# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Error(Model):
    code: str | None
    title: str | None
    def __init__(self, code: str | None = None, title: str | None = None, **kwargs: Any) -> None: ...
