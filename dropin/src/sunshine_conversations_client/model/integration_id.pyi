# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class IntegrationId(Model):
    integration_id: str
    def __init__(self, integration_id: str | None = None, **kwargs: Any) -> None: ...
