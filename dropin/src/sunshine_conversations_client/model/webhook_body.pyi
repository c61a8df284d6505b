# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class WebhookBody(Model):
    target: str | None
    triggers: list[str] | None
    include_full_user: bool | None
    include_full_source: bool | None
    def __init__(
        self,
        target: str | None = None,
        triggers: list[str] | None = None,
        include_full_user: bool | None = None,
        include_full_source: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
