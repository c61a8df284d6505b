# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class WebhookSubSchema(Model):
    id: str | None
    version: str | None
    def __init__(self, id: str | None = None, version: str | None = None, **kwargs: Any) -> None: ...
