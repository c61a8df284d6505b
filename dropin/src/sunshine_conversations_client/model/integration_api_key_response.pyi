# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .api_key import ApiKey

class IntegrationApiKeyResponse(Model):
    key: ApiKey | None
    def __init__(self, key: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
