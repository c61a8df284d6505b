# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Device(Model):
    id: str | None
    type: str | None
    guid: str | None
    client_id: str | None
    status: str | None
    integration_id: str | None
    last_seen: str | None
    push_notification_token: str | None
    info: Any
    app_version: str | None
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        guid: str | None = None,
        client_id: str | None = None,
        status: str | None = None,
        integration_id: str | None = None,
        last_seen: str | None = None,
        push_notification_token: str | None = None,
        info: Any = None,
        app_version: str | None = None,
        **kwargs: Any,
    ) -> None: ...
