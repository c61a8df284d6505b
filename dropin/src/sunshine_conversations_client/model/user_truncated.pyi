# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class UserTruncated(Model):
    id: str | None
    external_id: str | None
    authenticated: bool | None
    zendesk_id: str | None
    brand_id: str | None
    def __init__(
        self,
        id: str | None = None,
        external_id: str | None = None,
        authenticated: bool | None = None,
        zendesk_id: str | None = None,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...
