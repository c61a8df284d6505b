# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .integration import Integration
from .links import Links
from .meta import Meta

class IntegrationListResponse(Model):
    integrations: list[Integration] | None
    meta: Meta | None
    links: Links | None
    def __init__(
        self,
        integrations: list[Model | dict[str, Any]] | None = None,
        meta: Model | dict[str, Any] | None = None,
        links: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
