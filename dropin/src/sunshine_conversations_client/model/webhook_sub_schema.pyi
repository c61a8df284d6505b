# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class WebhookSubSchema(Model):
    id: Any
    version: Any
    def __init__(self, id: Any = None, version: Any = None, **kwargs: Any) -> None: ...
