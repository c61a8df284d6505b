# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class GetToken200Response(Model):
    access_token: str | None
    token_type: str | None
    def __init__(self, access_token: str | None = None, token_type: str | None = None, **kwargs: Any) -> None: ...
