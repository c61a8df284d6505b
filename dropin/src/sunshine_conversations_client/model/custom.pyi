# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .integration import Integration
from .webhook import Webhook

class Custom(Integration):
    type: str
    webhooks: list[Webhook]
    id: str | None
    status: str | None
    display_name: str | None
    def __init__(
        self,
        type: str | None = None,
        webhooks: list[Model | dict[str, Any]] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        **kwargs: Any,
    ) -> None: ...
