# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .app_key import AppKey

class AppKeyListResponse(Model):
    keys: list[AppKey] | None
    def __init__(self, keys: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...
