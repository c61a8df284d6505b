# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class IntegrationApiKey(Model):
    display_name: str
    def __init__(self, display_name: str | None = None, **kwargs: Any) -> None: ...
