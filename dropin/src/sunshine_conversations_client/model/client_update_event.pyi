# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client_update_event_all_of_payload import ClientUpdateEventAllOfPayload

class ClientUpdateEvent(Model):
    id: str | None
    type: str
    created_at: str | None
    payload: ClientUpdateEventAllOfPayload | None
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        created_at: str | None = None,
        payload: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
