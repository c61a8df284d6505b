# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class SyncUserBody(Model):
    surviving_zendesk_id: str | None
    def __init__(self, surviving_zendesk_id: str | None = None, **kwargs: Any) -> None: ...
