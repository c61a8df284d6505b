# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ClientAssociation(Model):
    type: str | None
    client_id: str | None
    def __init__(self, type: str | None = None, client_id: str | None = None, **kwargs: Any) -> None: ...
