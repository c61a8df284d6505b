# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client import Client

class ClientResponse(Model):
    client: Client | None
    def __init__(self, client: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
