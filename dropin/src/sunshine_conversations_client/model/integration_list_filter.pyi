# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class IntegrationListFilter(Model):
    types: str | None
    def __init__(self, types: str | None = None, **kwargs: Any) -> None: ...
