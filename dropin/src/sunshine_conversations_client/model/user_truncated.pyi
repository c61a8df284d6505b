# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class UserTruncated(Model):
    id: Any
    external_id: Any
    authenticated: bool | None
    zendesk_id: Any
    def __init__(
        self,
        id: Any = None,
        external_id: Any = None,
        authenticated: bool | None = None,
        zendesk_id: Any = None,
        **kwargs: Any,
    ) -> None: ...
