# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client_association import ClientAssociation

class Participant(Model):
    id: str | None
    user_id: str | None
    unread_count: int | None
    client_associations: list[ClientAssociation] | None
    user_external_id: str | None
    last_read: str | None
    def __init__(
        self,
        id: str | None = None,
        user_id: str | None = None,
        unread_count: int | None = None,
        client_associations: list[Model | dict[str, Any]] | None = None,
        user_external_id: str | None = None,
        last_read: str | None = None,
        **kwargs: Any,
    ) -> None: ...
