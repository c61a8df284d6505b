# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Webhook(Model):
    id: str | None
    version: str | None
    target: str
    triggers: list[str]
    secret: str | None
    include_full_user: bool | None
    include_full_source: bool | None
    def __init__(
        self,
        id: str | None = None,
        version: str | None = None,
        target: str | None = None,
        triggers: list[str] | None = None,
        secret: str | None = None,
        include_full_user: bool | None = None,
        include_full_source: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
