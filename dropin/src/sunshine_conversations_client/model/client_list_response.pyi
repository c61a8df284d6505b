# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client import Client
from .links import Links
from .meta import Meta

class ClientListResponse(Model):
    clients: list[Client] | None
    meta: Meta | None
    links: Links | None
    def __init__(
        self,
        clients: list[Model | dict[str, Any]] | None = None,
        meta: Model | dict[str, Any] | None = None,
        links: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
