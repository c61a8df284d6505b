# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Client(Model):
    id: str | None
    type: str | None
    status: str | None
    integration_id: str | None
    external_id: str | None
    last_seen: str | None
    linked_at: str | None
    display_name: str | None
    avatar_url: str | None
    info: Any
    raw: Any
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        status: str | None = None,
        integration_id: str | None = None,
        external_id: str | None = None,
        last_seen: str | None = None,
        linked_at: str | None = None,
        display_name: str | None = None,
        avatar_url: str | None = None,
        info: Any = None,
        raw: Any = None,
        **kwargs: Any,
    ) -> None: ...
