# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .app_settings import AppSettings

class App(Model):
    id: str | None
    display_name: str | None
    settings: AppSettings | None
    metadata: Any
    subdomain: str | None
    def __init__(
        self,
        id: str | None = None,
        display_name: str | None = None,
        settings: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        subdomain: str | None = None,
        **kwargs: Any,
    ) -> None: ...
