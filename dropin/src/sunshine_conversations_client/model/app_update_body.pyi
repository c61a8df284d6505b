# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .app_settings import AppSettings

class AppUpdateBody(Model):
    display_name: str | None
    settings: AppSettings | None
    metadata: Any
    def __init__(
        self,
        display_name: str | None = None,
        settings: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> None: ...
