# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .app_key import AppKey

class AppKeyResponse(Model):
    key: AppKey | None
    def __init__(self, key: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
