# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .field import Field

class PrechatCapture(Model):
    avatar_url: str | None
    enabled: bool | None
    enable_email_linking: bool | None
    fields: list[Field] | None
    def __init__(
        self,
        avatar_url: str | None = None,
        enabled: bool | None = None,
        enable_email_linking: bool | None = None,
        fields: list[Model | dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None: ...
