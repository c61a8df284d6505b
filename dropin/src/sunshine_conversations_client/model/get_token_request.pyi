# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class GetTokenRequest(Model):
    code: str
    grant_type: str
    client_id: str
    client_secret: str
    redirect_uri: str | None
    def __init__(
        self,
        code: str | None = None,
        grant_type: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        **kwargs: Any,
    ) -> None: ...
