# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .app import App

class AppResponse(Model):
    app: App | None
    def __init__(self, app: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
