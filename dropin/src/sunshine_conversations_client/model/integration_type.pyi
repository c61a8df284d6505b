# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class IntegrationType(Model):
    integration_type: str
    def __init__(self, integration_type: str | None = None, **kwargs: Any) -> None: ...
